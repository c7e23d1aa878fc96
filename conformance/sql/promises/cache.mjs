// The effect of a cacheStrategy on statements that only read.
import assert from 'node:assert/strict'
import { refused } from '../refusal.mjs'
import { until } from '../../lib/until.mjs'

const HOUR = 3600
const count = 'select count(*)::int as n from item'
const cached = (query, strategy = { ttl: HOUR }) => ({
  ...(typeof query === 'string' ? { query } : query),
  cacheStrategy: strategy,
})

const statusOf = ({ headers }) => headers.get('accelerate-cache-status')

/** Sends a query; returns `[cache status, rows]`. */
async function ask(stage, body, options) {
  const answer = await stage.post(body, options)
  assert.equal(answer.status, 200, answer.text)
  return [statusOf(answer), answer.body.rows]
}

const n = (value) => [{ n: value }]

/** Adds a row without using the server. */
const add = (stage, id) => stage.sql('insert into item values ($1)', [id])

/** Runs each read twice; returns those that were not first a miss and then a hit. */
async function notCached(stage, reads) {
  const wrong = []
  for (const query of reads) {
    const [first, second] = [await stage.post(cached(query)), await stage.post(cached(query))]
    assert.equal(first.status, 200, `${query}: ${first.text}`)
    assert.equal(second.text, first.text)
    if (statusOf(first) !== 'miss' || statusOf(second) !== 'ttl')
      wrong.push(`${statusOf(first)} (${first.headers.get('hasten-not-cached')}), ${statusOf(second)}: ${query}`)
  }
  return wrong
}

/** Returns how often PostgreSQL has run SELECTs on a table. */
async function callsOn(stage, table) {
  const [{ calls }] = await stage.sql(
    `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
     where query like 'select%' and query not like '%pg_stat_statements%' and position($1 in query) > 0
       and dbid = (select oid from pg_database where datname = current_database())`,
    [table],
  )
  return calls
}

export default {
  'the second request is a hit, even if the data has changed': async (stage) => {
    assert.deepEqual(await ask(stage, cached(count)), ['miss', n(3)])
    await add(stage, 50)
    for (let i = 0; i < 3; i++) assert.deepEqual(await ask(stage, cached(count)), ['ttl', n(3)])
  },

  'without a strategy, every request reads the database': async (stage) => {
    await ask(stage, cached(count))
    await add(stage, 50)
    const [status, rows] = await ask(stage, { query: count })
    assert.ok(status === null || status === 'none', status)
    assert.deepEqual(rows, n(4))
    for (const strategy of [{}, { ttl: 0 }, { ttl: 0, swr: 0 }, null]) {
      const [without, fresh] = await ask(stage, cached(count, strategy))
      assert.ok(without === null || without === 'none', `${JSON.stringify(strategy)}: ${without}`)
      assert.deepEqual(fresh, n(4))
    }
  },

  'a hit returns the same response, byte for byte': async (stage) => {
    const body = cached({ query: 'select *, $1::text as x from author order by id', params: ['ö'] })
    const [first, second] = [await stage.post(body), await stage.post(body)]
    assert.deepEqual([statusOf(first), statusOf(second)], ['miss', 'ttl'])
    assert.equal(second.text, first.text)
  },

  'a strategy in headers, as the extension for Prisma sends it': async (stage) => {
    const headers = { 'cache-control': 'max-age=60,stale-while-revalidate=60', 'accelerate-cache-tags': 'a,b' }
    assert.deepEqual(await ask(stage, { query: count }, { headers }), ['miss', n(3)])
    await add(stage, 50)
    assert.deepEqual(await ask(stage, { query: count }, { headers }), ['ttl', n(3)])
    await stage.invalidate({ tags: ['b'] })
    assert.deepEqual(await ask(stage, { query: count }, { headers }), ['miss', n(4)])
    assert.equal(
      (await ask(stage, { query: count }, { headers: { 'cache-control': 'no-cache' } }))[0] ?? 'none',
      'none',
    )
  },

  'an app with the driver sets the headers in its fetchOptions': async (stage) => {
    const { sql } = stage.candidate
    const headers = {
      'neon-connection-string': stage.urlFor('app'),
      'neon-raw-text-output': 'true',
      'neon-array-mode': 'true',
      'cache-control': 'max-age=60',
    }
    const read = () => sql.query(count, [], { fetchOptions: { headers } })
    assert.deepEqual(await read(), n(3))
    await add(stage, 50)
    assert.deepEqual(await read(), n(3))
    assert.deepEqual(await sql.query(count), n(4))
  },

  'only swr: a stale response, and a refresh': async (stage) => {
    const body = cached(count, { swr: HOUR })
    assert.deepEqual(await ask(stage, body), ['miss', n(3)])
    await add(stage, 50)
    assert.deepEqual(await ask(stage, body), ['swr', n(3)])
    await until('the refresh is there', async () => {
      const [status, rows] = await ask(stage, body)
      assert.equal(status, 'swr')
      return rows[0].n === 4
    })
  },

  'only ttl: after it has expired, the database is read again': async (stage) => {
    const body = cached(count, { ttl: 1 })
    assert.deepEqual(await ask(stage, body), ['miss', n(3)])
    await add(stage, 50)
    await until('the ttl is over', async () => {
      const [status, rows] = await ask(stage, body)
      assert.deepEqual([status, rows], status === 'ttl' ? ['ttl', n(3)] : ['miss', n(4)])
      return status === 'miss'
    })
  },

  'invalidating a tag removes the entries with that tag': async (stage) => {
    const tagged = (tag, query = count) => cached(query, { ttl: HOUR, tags: [tag] })
    const other = 'select max(id) as n from item'
    await ask(stage, tagged('one'))
    await ask(stage, tagged('two', other))
    await add(stage, 50)
    await stage.invalidate({ tags: ['one'] })
    assert.deepEqual(await ask(stage, tagged('one')), ['miss', n(4)])
    assert.deepEqual(await ask(stage, tagged('two', other)), ['ttl', n(3)])
    await stage.invalidate({ tags: 'all' })
    assert.deepEqual(await ask(stage, tagged('two', other)), ['miss', n(50)])
  },

  'a schema invalidation removes all entries': async (stage) => {
    await stage.sql('create table scratch.t (a int); insert into scratch.t values (1)')
    const body = cached('select * from scratch.t')
    assert.deepEqual(await ask(stage, body), ['miss', [{ a: 1 }]])
    await stage.sql(`alter table scratch.t add b text default 'new'`)
    assert.deepEqual(await ask(stage, body), ['ttl', [{ a: 1 }]])
    await stage.migrated()
    assert.deepEqual(await ask(stage, body), ['miss', [{ a: 1, b: 'new' }]])
    assert.deepEqual(await ask(stage, body), ['ttl', [{ a: 1, b: 'new' }]])
  },

  'after a schema invalidation, the properties of a function are checked again': async (stage) => {
    const body = cached('select scratch.f() as n')
    await stage.sql('create function scratch.f() returns bigint language sql immutable as $$ select 1::bigint $$')
    assert.equal((await ask(stage, body))[0], 'miss')
    await stage.sql(
      'create or replace function scratch.f() returns bigint language sql volatile as $$ select count(*) from item $$',
    )
    await stage.migrated()
    assert.deepEqual(await ask(stage, body), ['none', [{ n: '3' }]])
    await add(stage, 50)
    assert.deepEqual(await ask(stage, body), ['none', [{ n: '4' }]])
    await stage.sql(
      'create or replace function scratch.f() returns bigint language sql immutable as $$ select 2::bigint $$',
    )
    await stage.migrated()
    assert.deepEqual(await ask(stage, body), ['miss', [{ n: '2' }]])
  },

  'after a schema invalidation, the properties of a view are checked again': async (stage) => {
    const body = cached('select count(*)::int as n from scratch.v')
    await stage.sql('create view scratch.v as select id from item')
    assert.equal((await ask(stage, body))[0], 'miss')
    await stage.sql('create or replace view scratch.v as select id from item where random() >= 0')
    await stage.migrated()
    await ask(stage, body)
    await add(stage, 50)
    assert.deepEqual(await ask(stage, body), ['none', n(4)])
  },

  'different texts, parameters and row formats have different entries': async (stage) => {
    const bodies = [
      cached('select id from item where id = 1'),
      cached('select id from item where id = 2'),
      cached({ query: 'select id from item where id = $1', params: [1] }),
      cached({ query: 'select id from item where id = $1', params: [2] }),
      cached({ query: 'select id from item where id = $1', params: ['3'] }),
      cached({ query: 'select $1::text as x', params: [null] }),
      cached({ query: 'select $1::text as x', params: ['null'] }),
      cached({ query: 'select $1::text as x', params: [''] }),
      cached({ query: 'select $1::text || $2 as x', params: ['a', 'bc'] }),
      cached({ query: 'select $1::text || $2 as x', params: ['ab', 'c'] }),
    ]
    const first = []
    for (const body of bodies) first.push(await ask(stage, body))
    assert.deepEqual(
      first.map(([status]) => status),
      bodies.map(() => 'miss'),
    )
    for (const [i, body] of bodies.entries()) assert.deepEqual(await ask(stage, body), ['ttl', first[i][1]])
    const [array, raw] = ['neon-array-mode', 'neon-raw-text-output'].map((name) => ({ headers: { [name]: 'true' } }))
    assert.deepEqual((await ask(stage, bodies[0], array))[1], [[1]])
    assert.deepEqual((await ask(stage, bodies[0], raw))[1], [{ id: '1' }])
    assert.deepEqual((await ask(stage, { ...bodies[0], arrayMode: true }))[1], [[1]])
    assert.deepEqual((await ask(stage, bodies[0]))[1], [{ id: 1 }])
  },

  'all keys of a database share entries': async (stage) => {
    assert.equal((await ask(stage, cached(count)))[0], 'miss')
    assert.equal((await ask(stage, cached(count), { key: 'other' }))[0], 'ttl')
  },

  'a read key also shares entries, but gets only data that it may read': async (stage) => {
    const [first] = await ask(stage, cached(count), { key: 'reader' })
    assert.equal(first, 'miss')
    assert.equal((await ask(stage, cached(count), { key: 'reader' }))[0], 'ttl')
  },

  'if configured, each key has its own entries': async (stage) => {
    const query = `select count(*)::int as n from item where id <> ${process.pid}`
    assert.equal((await ask(stage, cached(query), { key: 'unshared' }))[0], 'miss')
    assert.equal((await ask(stage, cached(query), { key: 'otherUnshared' }))[0], 'miss')
    assert.equal((await ask(stage, cached(query), { key: 'unshared' }))[0], 'ttl')
  },

  'databases do not share entries': async (stage) => {
    const query = 'select id, owner from guarded order by id'
    const [, all] = await ask(stage, cached(query))
    const [status, own] = await ask(stage, cached(query), { key: 'guest' })
    assert.notEqual(status, 'ttl')
    assert.deepEqual([all.length, own.length], [2, 1])
  },

  'errors are not stored': async (stage) => {
    const body = cached('select * from scratch.late')
    await refused(stage, body, 400)
    await stage.sql('create table scratch.late (a int); insert into scratch.late values (1)')
    assert.deepEqual((await ask(stage, body))[1], [{ a: 1 }])
  },

  'concurrent identical requests cause one read': async (stage) => {
    await stage.sql(`create extension if not exists pg_stat_statements schema public;
      create table scratch.together as select 1 as id`)
    const before = await callsOn(stage, 'scratch.together')
    const body = cached('select count(*)::int as n from scratch.together cross join generate_series(1, 200000)')
    const answers = await Promise.all(Array.from({ length: 20 }, () => stage.post(body)))
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
    for (const answer of answers) assert.ok(['miss', 'ttl'].includes(statusOf(answer)), statusOf(answer))
    assert.equal((await callsOn(stage, 'scratch.together')) - before, 1)
  },

  'a transaction is not cached': async (stage) => {
    const headers = { 'cache-control': 'max-age=60' }
    for (let i = 0; i < 2; i++) {
      const answer = await stage.post({ queries: [cached(count)] }, { headers })
      assert.equal(answer.status, 200)
      assert.ok([null, 'none'].includes(statusOf(answer)), statusOf(answer))
      assert.deepEqual(answer.body.results[0].rows, n(3 + i))
      await add(stage, 50 + i)
    }
    await refused(stage, { queries: [{ query: count }], cacheStrategy: { ttl: HOUR } }, 400)
  },

  'an invalid strategy is rejected': async (stage) => {
    const strategies = [
      { ttl: -1 },
      { ttl: 1.5 },
      { ttl: '60' },
      { swr: 'x' },
      { ttl: 60, tags: 'one' },
      { ttl: 60, tags: ['with-hyphen'] },
      { ttl: 60, tags: [''] },
      { ttl: 60, tags: ['x'.repeat(65)] },
      { ttl: 60, tags: ['a', 'b', 'c', 'd', 'e', 'f'] },
      { ttl: 60, tags: [1] },
      'ttl',
      60,
      [],
    ]
    for (const strategy of strategies) {
      const { body } = await refused(stage, cached(count, strategy), 400)
      assert.match(body.message, /cache|ttl|swr|tag/i, JSON.stringify(strategy))
    }
  },

  'other headers of hits and misses': async (stage) => {
    const answers = [await stage.post(cached(count)), await stage.post(cached(count))]
    for (const { headers } of answers) {
      assert.ok(Math.abs(Date.parse(headers.get('last-modified')) - Date.now()) < 60_000)
      assert.match(headers.get('cf-ray') ?? '', /./)
    }
    assert.equal(answers[0].headers.get('last-modified'), answers[1].headers.get('last-modified'))
  },

  'reads of every form are cached': async (stage) => {
    const reads = [
      'select 1 as one',
      'SELECT id FROM item ORDER BY id DESC LIMIT 2 OFFSET 1',
      'select distinct on (author_id) author_id, title from book order by author_id, id',
      'select a.name, b.title from author a left join book b on b.author_id = a.id order by 1, 2',
      'select label, count(*), sum(n), avg(n), array_agg(id order by id) from item group by label having count(*) > 0 order by 1',
      'select id, row_number() over (order by n desc), lag(n) over w from item window w as (order by id) order by id',
      'with a as (select id from item) select count(*) from a',
      'with recursive r as (select 1 as i union all select i + 1 from r where i < 5) select * from r',
      'values (1), (2)',
      'table item',
      'select id from item union select id from author order by id',
      'select * from (select id, (select max(n) from item i where i.id <= o.id) as m from item o) x where exists (select from author) order by id',
      'select * from item, lateral (select count(*) from book where author_id = item.id) b order by item.id',
      'select * from plain_view order by id',
      'select upper(name), length(name), coalesce(email, $$-$$), name || $$!$$, substring(name from 1 for 2), name ilike $$a%$$ from author order by id',
      'select case when n > 10 then $$many$$ else $$few$$ end, n between 1 and 25, n in (20, 30), n is distinct from 20 from item order by id',
      `select meta->'tags'->>0, meta #>> '{tags,0}', meta ? 'rank', jsonb_array_length(meta->'tags') from author where meta is not null order by id`,
      'select id, tags[1], cardinality(tags), $$engine$$ = any(tags), unnest(tags) from book order by id',
      `select '2024-01-01'::date + 1, date '2024-02-01' - date '2024-01-01', interval '1 day' * 2`,
      'select immutable_double(n) from item order by id',
      `select 'ok'::mood, 5::positive, row(1, 2), array[1, 2], '{1}'::int[]`,
      'select count(*) filter (where n > 10), percentile_cont(0.5) within group (order by n) from item',
      `select string_agg(name, ', ' order by id) from author`,
      '/* a comment */ select 1 as one -- and another',
      '(select id from item where id = 1)',
      'select round(price, 1), abs(-1), greatest(1, 2), nullif(1, 2), 7 % 2 from book order by id',
    ]
    assert.deepEqual(await notCached(stage, reads), [])
  },

  'names and texts that look like uncacheable constructs are cached': async (stage) => {
    const reads = [
      `select "n" as "random()", 'insert into' as x from item where label = 'current_user' or id > 0 order by id`,
      `select id as now, n as "user", label as "for update" from item order by id -- for update`,
      `select $$ select random() $$ as text, 'a;b' as b /* ; delete from item */`,
      'select i.id as update, i.n as delete from item i order by i.id',
    ]
    assert.deepEqual(await notCached(stage, reads), [])
  },

  'relations as JSON, as drizzle and Kysely query them, are cached': async (stage) => {
    const reads = [
      `select json_agg(json_build_object('id', id, 'name', name)), jsonb_object_agg(id, name) from author`,
      `select coalesce(json_agg(agg), '[]') as books from (select title, price from book where author_id = 2 order by id) as agg`,
      `select "users"."id", "users_posts"."data" as "posts" from "users" "users" left join lateral (
         select coalesce(json_agg(json_build_array("users_posts"."id", "users_posts"."title")), '[]'::json) as "data"
         from "posts" "users_posts" where "users_posts"."author_id" = "users"."id") "users_posts" on true order by "users"."id"`,
      `select to_json(obj) as item from (select * from item where id = 1) as obj`,
      `select row_to_json(i), to_jsonb(i) from item i order by id`,
      `select concat(name, '!'), concat_ws(', ', name, email), format('%s', name) from author order by id`,
    ]
    assert.deepEqual(await notCached(stage, reads), [])
  },
}
