// No request sees session state left behind by another.
import assert from 'node:assert/strict'
import { ADVISORY_LOCKS, isZero, OPEN_TRANSACTIONS } from '../../lib/activity.mjs'
import { until } from '../../lib/until.mjs'

/** More than the number of connections in the pool, so that each connection is used. */
const PROBES = 12

/** Runs `before`, then `probe` on many connections; returns the result of `probe`, which must be the same for all. */
async function seenAfter(stage, before, probe) {
  for (const query of [before].flat()) await stage.post(query)
  const alone = await stage.query(probe)
  const together = await Promise.all(Array.from({ length: PROBES }, () => stage.query(probe)))
  for (const { rows } of together) assert.deepEqual(rows, alone.rows, `${JSON.stringify(before)}: ${probe}`)
  return alone.rows
}

const settings = `select current_setting('work_mem') as work_mem, current_setting('timezone') as zone,
  current_setting('search_path') as path, coalesce(current_setting('app.user', true), '') as app, current_user::text as role,
  current_setting('statement_timeout') as timeout, current_setting('default_transaction_read_only') as read_only,
  current_setting('datestyle') as dates, current_setting('intervalstyle') as intervals, current_setting('bytea_output') as bytes,
  current_setting('extra_float_digits') as digits, current_setting('session_replication_role') as triggers`

/** Statements that change session state. */
const CHANGES = {
  SET: `set work_mem = '8MB'`,
  'SET of an own name': `set app.user = 'x'`,
  'SET TIME ZONE': `set time zone 'Asia/Tokyo'`,
  'SET search_path': 'set search_path = pg_catalog',
  'SET ROLE': 'set role hasten_guest',
  'SET SESSION AUTHORIZATION': 'set session authorization hasten_guest',
  'SET DateStyle': `set datestyle = 'German'`,
  'SET IntervalStyle': `set intervalstyle = 'iso_8601'`,
  'SET bytea_output': `set bytea_output = 'escape'`,
  'SET extra_float_digits': 'set extra_float_digits = -5',
  'SET SESSION CHARACTERISTICS': 'set session characteristics as transaction read only',
  'SET session_replication_role': 'set session_replication_role = replica',
  'SET behind a comment': `/* hello */ -- there\n set work_mem = '9MB'`,
  set_config: `select set_config('work_mem', '8MB', false)`,
  'set_config within a larger query': `with a as (select set_config('app.user', 'y', false) as x) select id, x from item, a`,
  'a DO block': `do $$ begin perform set_config('app.user', 'z', false); execute 'set work_mem to ''7MB'''; end $$`,
  'UPDATE pg_settings': `update pg_settings set setting = '8192' where name = 'work_mem'`,
}

export default {
  ...Object.fromEntries(
    Object.entries(CHANGES).map(([name, change]) => [
      `settings changed by ${name} are reset, also after a batch`,
      async (stage) => {
        const { rows: before } = await stage.query(settings)
        assert.deepEqual(await seenAfter(stage, change, settings), before)
        assert.deepEqual(
          await seenAfter(stage, { queries: [{ query: change }, { query: 'select 1' }] }, settings),
          before,
        )
      },
    ]),
  ),

  'settings changed within a batch apply only to that batch': async (stage) => {
    const { results } = await stage.query({
      queries: [
        { query: `set work_mem = '8MB'` },
        { query: 'show work_mem' },
        { query: `set local work_mem = '16MB'` },
        { query: 'show work_mem' },
      ],
    })
    assert.deepEqual([results[1].rows, results[3].rows], [[{ work_mem: '8MB' }], [{ work_mem: '16MB' }]])
    const [{ work_mem: after }] = (await stage.query('show work_mem')).rows
    assert.notEqual(after, '8MB')
  },

  'an open transaction is rolled back': async (stage) => {
    await seenAfter(stage, ['begin', 'insert into item values (50)', 'garbage ('], 'select 1 as one')
    // The INSERT was a separate request, and so a separate transaction.
    assert.equal(await stage.added(), 1)
    await seenAfter(
      stage,
      { queries: [{ query: 'commit' }, { query: 'begin' }, { query: 'insert into item values (51)' }] },
      'select 1 as one',
    )
    await until('no transaction is open', () => isZero(stage, OPEN_TRANSACTIONS))
  },

  'temporary tables are dropped': async (stage) => {
    const probe = `select count(*)::int as n from pg_class where relname = 'fleeting'`
    for (const make of [
      'create temp table fleeting (id int)',
      'create table pg_temp.fleeting as select 1 as id',
      'select 1 as id into temp fleeting',
    ]) {
      assert.deepEqual(await seenAfter(stage, make, probe), [{ n: 0 }], make)
      assert.deepEqual(
        await seenAfter(stage, { queries: [{ query: make }, { query: 'insert into fleeting values (1)' }] }, probe),
        [{ n: 0 }],
        make,
      )
    }
  },

  'a temporary table does not hide a table of the same name': async (stage) => {
    await stage.query({
      queries: [
        { query: 'create temp table item (id int, n text)' },
        { query: `insert into item values (1, 'temporary')` },
      ],
    })
    assert.deepEqual(
      await seenAfter(stage, 'create temp view book as select 1 as id', 'select n from item where id = 1'),
      [{ n: 0 }],
    )
    await seenAfter(stage, 'create temp table item (id int)', 'select title from book order by id')
  },

  'prepared statements are deallocated': async (stage) => {
    const probe = `select count(*)::int as n from pg_prepared_statements where name = 'mine'`
    assert.deepEqual(await seenAfter(stage, 'prepare mine as select 1', probe), [{ n: 0 }])
  },

  'DEALLOCATE ALL and DISCARD ALL do not affect other requests': async (stage) => {
    const probe = { query: 'select id from item where id = $1', params: [2] }
    for (const query of [
      'deallocate all',
      'discard all',
      'discard plans',
      'discard temp',
      'discard sequences',
      'reset all',
    ]) {
      for (let i = 0; i < PROBES; i++) await stage.query(probe)
      await stage.query(query)
      const answers = await Promise.all(Array.from({ length: PROBES }, () => stage.query(probe)))
      for (const { rows } of answers) assert.deepEqual(rows, [{ id: 2 }], query)
    }
  },

  'advisory locks are released': async (stage) => {
    for (const take of [
      'select pg_advisory_lock(4711)',
      'select pg_try_advisory_lock_shared(1, 2)',
      'do $$ begin perform pg_advisory_lock(4712); end $$',
    ]) {
      await seenAfter(stage, take, 'select 1 as one')
      await seenAfter(stage, { queries: [{ query: take }] }, 'select 1 as one')
      await until(`the lock of ${take} is given back`, () => isZero(stage, ADVISORY_LOCKS))
    }
  },

  'subscriptions are removed': async (stage) => {
    assert.deepEqual(await seenAfter(stage, 'listen news', 'select count(*)::int as n from pg_listening_channels()'), [
      { n: 0 },
    ])
    await stage.query(`select pg_notify('news', 'x')`)
    assert.deepEqual((await stage.query('select 1 as one')).rows, [{ one: 1 }])
  },

  'cursors WITH HOLD are closed': async (stage) => {
    const hold = 'declare kept cursor with hold for select 1'
    assert.deepEqual(
      await seenAfter(
        stage,
        { queries: [{ query: hold }] },
        `select count(*)::int as n from pg_cursors where name = 'kept'`,
      ),
      [{ n: 0 }],
    )
  },

  'an error leaves no state behind': async (stage) => {
    await seenAfter(
      stage,
      ['select 1/0', 'syntax error', { queries: [{ query: 'select 1' }, { query: 'select 1/0' }] }],
      'select 1 as one',
    )
  },

  'a table changed by another session is seen in its current form': async (stage) => {
    await stage.sql('create table scratch.t (a int); insert into scratch.t values (1)')
    const all = { query: 'select * from scratch.t where a = $1', params: [1] }
    for (let i = 0; i < PROBES; i++) assert.deepEqual((await stage.query(all)).rows, [{ a: 1 }])
    await stage.sql(`alter table scratch.t add b text default 'new'`)
    for (let i = 0; i < PROBES; i++) assert.deepEqual((await stage.query(all)).rows, [{ a: 1, b: 'new' }])
    await stage.sql('alter table scratch.t alter a type text')
    for (let i = 0; i < PROBES; i++) assert.deepEqual((await stage.query(all)).rows, [{ a: '1', b: 'new' }])
    await stage.sql('drop table scratch.t; create table scratch.t (a bigint); insert into scratch.t values (1)')
    for (let i = 0; i < PROBES; i++) assert.deepEqual((await stage.query(all)).rows, [{ a: '1' }])
  },
}
