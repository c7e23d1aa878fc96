// Statements that are executed every time, whatever their strategy.
import assert from 'node:assert/strict'

const strategy = { ttl: 3600, swr: 3600, tags: ['any'] }

/** Statements whose result depends on more than rows of tables, or that do more than read, by the reason. */
const STATEMENTS = {
  writes: [
    'insert into item values (50 + (select count(*)::int from item)) returning id',
    `update item set n = n + 1 where id = 1 returning n`,
    'delete from item where id = (select max(id) from item) returning id',
    `merge into item i using (values (1)) v (id) on i.id = v.id when matched then update set n = i.n + 1`,
    'truncate guarded',
    'create table if not exists scratch.made (id int)',
    'select count(*)::int as n into temp fleeting from item',
  ],
  'writes within WITH': [
    'with w as (insert into item select count(*) + 60 from item returning id) select id from w',
    'with w as (update item set n = n + 1 where id = 1 returning n) select n from w',
    'with a as (select 1), w as (delete from item where id > 1000 returning id) select count(*) from item',
    'select * from item where id in (select 1) and exists (with x as (select 1) select * from x) for update',
  ],
  locks: [
    'select id from item for update',
    'select id from item for no key update',
    'select id from item for share nowait',
    'select id from item for key share of item skip locked',
    'select * from (select id from item for update) x',
    'with a as (select id from item for share) select * from a',
    '/* for show */ select id from item where id = 1 FOR/**/UPDATE',
  ],
  'the time': [
    'select now()',
    'select NOW () as t',
    'select pg_catalog.now()',
    'select "now"()',
    'select current_timestamp',
    'select current_date',
    'select current_time(3)',
    'select localtimestamp, localtime',
    'select transaction_timestamp()',
    'select statement_timestamp()',
    'select clock_timestamp()',
    'select timeofday()',
    'select count(*) from book where published < now() - interval $$1 day$$',
    `select 'now'::timestamptz`,
    `select timestamp 'now'`,
    `select date 'today', date 'yesterday', 'tomorrow'::date`,
    `select cast('today' as date)`,
    `select count(*) from book where published < 'now'`,
    `select $$today$$::date`,
    `select E'n\\157w'::timestamptz`,
    `select ('no' || 'w')::timestamptz`,
    `select age(timestamp '2000-01-01')`,
    'select extract(epoch from now())',
  ],
  chance: [
    'select random()',
    'select random(1, 1000000)',
    'select gen_random_uuid()',
    'select id from item order by random()',
    'select * from item tablesample bernoulli (50)',
    'select random_normal()',
    'select uuidv7()',
  ],
  sequences: [
    `select nextval('ticket')`,
    `select setval('ticket', 5000)`,
    `select nextval('ticket'::regclass) from item`,
  ],
  'the session and who asks': [
    'select current_user',
    'select user',
    'select session_user',
    'select current_role',
    'select current_catalog',
    'select current_schema',
    'select current_schema(), current_schemas(true)',
    'select current_database()',
    `select current_setting('work_mem')`,
    `select set_config('app.user', 'x', true)`,
    'select pg_backend_pid()',
    'select inet_client_addr(), inet_server_port()',
    'select txid_current()',
    'select pg_current_xact_id()',
    'select pg_current_snapshot()',
    `select has_table_privilege('item', 'select')`,
    'select pg_is_in_recovery()',
  ],
  'what PostgreSQL says of itself': [
    'select count(*) from pg_class',
    'select count(*) from pg_catalog.pg_stat_activity',
    'select * from pg_settings where name = $$work_mem$$',
    'select table_name from information_schema.tables where table_name = $$item$$',
    'select count(*) from information_schema.columns',
    'select * from pg_locks limit 1',
    'select pg_table_size($$item$$)',
    'select pg_get_viewdef($$plain_view$$)',
    `select obj_description('item'::regclass)`,
  ],
  'functions of the app that are not immutable': [
    'select volatile_count()',
    'select stable_titles()',
    'select undeclared_count()',
    'select public.volatile_count()',
    'select "volatile_count"()',
    'select * from volatile_count() x',
    'select id from item where volatile_count() > 0 order by id',
    'select id from item order by volatile_count(), id',
    'select add_item(60 + (select count(*)::int from item))',
    'select count(*) from item i, lateral volatile_count() v',
  ],
  'functions with an effect': [
    `select pg_notify('x', 'y')`,
    'select pg_advisory_xact_lock(1)',
    'select pg_sleep(0)',
    'select pg_cancel_backend(0)',
    'select lo_creat(-1)',
  ],
  'views over any of these': [
    'select id from volatile_view where r >= 0 order by id',
    'select r from volatile_view',
    'select count(*) from nested_volatile_view',
    'select moment from clock_view',
    'select role from role_view',
  ],
  'row-level security': [
    'select id from guarded order by id',
    'select * from guarded_view order by id',
    'select count(*) from item where id in (select id from guarded)',
  ],
  'what is no query': [
    'explain select id from item',
    'explain analyze select id from item',
    'show timezone',
    'set work_mem = $$8MB$$',
    'do $$ begin perform 1; end $$',
    'call add_item_and_commit((random() * 1e9)::int)',
    'begin',
    'listen news',
    'vacuum item',
    'analyze item',
  ],
}

/** Changes everything that these statements read, so that a cached result is detected. */
async function change(stage, round) {
  await stage.sql('insert into item values ($1, $2)', [500 + round, round])
  await stage.sql('insert into guarded values ($1, $2)', [500 + round, 'nobody'])
}

/** Runs a query twice with a change in between; returns what was wrong. */
async function twice(stage, query, options) {
  const answers = []
  for (let round = 0; round < 2; round++) {
    answers.push(await stage.post({ query, cacheStrategy: strategy }, options))
    await change(stage, round)
  }
  await stage.reset()
  const statuses = answers.map(({ headers, status }) =>
    status === 200 ? headers.get('accelerate-cache-status') : `${status}`,
  )
  return statuses.every((status) => status === 'none') ? [] : [`${statuses.join(', ')}: ${query}`]
}

/** Runs each query twice; returns those that were cached. */
async function cached(stage, queries) {
  const wrong = []
  for (const query of queries) {
    for (let round = 0; round < 2; round++) {
      const { status, headers, text } = await stage.post({ query, cacheStrategy: strategy })
      assert.equal(status, 200, `${query}: ${text}`)
      const told = headers.get('accelerate-cache-status')
      if (told !== 'none') wrong.push(`${told}: ${query}`)
    }
  }
  return wrong
}

export default {
  ...Object.fromEntries(
    Object.entries(STATEMENTS).map(([why, statements]) => [
      why,
      async (stage) => {
        const wrong = []
        for (const query of statements) {
          const options = why === 'row-level security' ? { key: 'guest' } : {}
          wrong.push(...(await twice(stage, query, options)))
        }
        assert.deepEqual(wrong, [])
      },
    ]),
  ),

  'counts of volatile expressions are computed each time': async (stage) => {
    const read = async () =>
      (await stage.query({ query: 'select volatile_count()::int as n', cacheStrategy: strategy })).rows[0].n
    assert.equal(await read(), 3)
    await stage.sql('insert into item values (50)')
    assert.equal(await read(), 4)
  },

  'an aggregate and a default argument over a volatile function': async (stage) => {
    await stage.sql(`
      create function scratch.noisy(a int, b int) returns int language plpgsql volatile
        as $$ begin return a + b + (select count(*) from item); end $$;
      create aggregate scratch.total (int) (sfunc = scratch.noisy, stype = int, initcond = '0');
      create function scratch.with_default(a int default (random() * 1000)::int) returns int language sql immutable
        as 'select a'`)
    const queries = [
      'select scratch.noisy(1, 2) as n',
      'select scratch.total(n) from item',
      'select scratch.with_default() as n',
    ]
    assert.deepEqual(await cached(stage, queries), [])
  },

  'a table hidden by another one through the search path': async (stage) => {
    const read = async () => {
      const answer = await stage.post({ query: 'select count(*)::int as n from item', cacheStrategy: strategy })
      return [answer.headers.get('accelerate-cache-status'), answer.body.rows[0].n]
    }
    assert.deepEqual(await read(), ['miss', 3])
    const queries = [
      { query: 'create temp table item (id int)' },
      { query: 'select count(*)::int as n from item', cacheStrategy: strategy },
    ]
    const { results } = await stage.query({ queries })
    assert.deepEqual(results[1].rows, [{ n: 0 }])
    assert.deepEqual(await read(), ['ttl', 3])
  },

  'a row type that contains the time, in a text built by the statement': async (stage) => {
    const query = `select ('("' || 'now' || '")')::scratch.moment as m`
    await stage.sql('create type scratch.moment as (t timestamptz)')
    for (let round = 0; round < 2; round++) {
      const answer = await stage.post({ query, cacheStrategy: strategy })
      assert.deepEqual([answer.status, answer.headers.get('accelerate-cache-status')], [200, 'none'], answer.text)
    }
  },

  'a parameter with the value now': async (stage) => {
    for (const query of [
      'select $1::timestamptz as t',
      'select count(*) from book where published < $1',
      'select $1::date as t',
    ]) {
      for (let round = 0; round < 2; round++) {
        const answer = await stage.post({ query, params: ['now'], cacheStrategy: strategy })
        assert.deepEqual([answer.status, answer.headers.get('accelerate-cache-status')], [200, 'none'], query)
      }
    }
  },
}
