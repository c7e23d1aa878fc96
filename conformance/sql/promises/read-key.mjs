// A key with the scope `read` can only read, whatever its SQL does.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ADVISORY_LOCKS, isZero } from '../../lib/activity.mjs'
import { refused } from '../refusal.mjs'
import { until } from '../../lib/until.mjs'

const key = 'reader'
const INSERT = 'insert into item values (50)'

/** Returns everything that a request could have changed. */
async function state(stage) {
  const [{ ticket }] = await stage.sql('select last_value::text as ticket from ticket')
  return { rows: await stage.candidate.database.dump(), ticket }
}

/** Runs `attempt`, and checks that the database is unchanged. */
async function unchanged(stage, about, attempt) {
  const before = await state(stage)
  const answer = await attempt()
  assert.deepEqual(await state(stage), before, about)
  return answer
}

/** Single statements that write, which PostgreSQL rejects in a read-only transaction. */
const WRITES = [
  INSERT,
  'update item set n = n + 1',
  'delete from item',
  'insert into item values (1) on conflict do nothing',
  'with w as (insert into item values (50) returning id) select * from w',
  'merge into item i using (values (1)) v (id) on i.id = v.id when matched then delete',
  'select add_item(50)',
  'select * from item where add_item(50) > 0',
  `select nextval('ticket')`,
  `select setval('ticket', 1)`,
  'select id from item for update',
  'truncate item',
  'create table scratch.t ()',
  'create temp table fleeting ()',
  'create view scratch.v as select 1',
  'create function scratch.f() returns int language sql as $$ select 1 $$',
  'create index on item (n)',
  'alter table item add x int',
  'drop table item cascade',
  'comment on table item is $$x$$',
  'grant all on item to public',
  'create role another',
  'select * into scratch.t from item',
  'create table scratch.t as select 1',
  'refresh materialized view scratch.none',
  'copy item from stdin',
  `do $$ begin insert into item values (50); end $$`,
  'explain analyze insert into item values (50)',
]

/** Batches that would escape if a read-only transaction were the only protection. */
const ESCAPES = [
  ['set transaction read write', INSERT],
  ['set transaction_read_only = off', INSERT],
  ['set local transaction_read_only to false', INSERT],
  [`select set_config('transaction_read_only', 'off', false)`, INSERT],
  [`select set_config('transaction_read_only', 'off', true)`, INSERT],
  ['set transaction isolation level serializable, read write', INSERT],
  ['reset transaction_read_only', INSERT],
  ['reset all', INSERT],
  ['set session characteristics as transaction read write', 'commit', INSERT],
  ['set default_transaction_read_only = off', 'commit', INSERT],
  ['commit', INSERT],
  ['COMMIT ', INSERT],
  ['/* x */ commit', INSERT],
  ['commit work', INSERT],
  ['commit;', INSERT],
  ['end', INSERT],
  ['end transaction', INSERT],
  ['rollback', INSERT],
  ['abort', INSERT],
  ['commit and chain', INSERT],
  ['commit and no chain', INSERT],
  ['rollback and chain', 'set transaction read write', INSERT],
  ['commit', 'begin read write', INSERT, 'commit'],
  ['rollback', 'start transaction read write', INSERT, 'commit'],
  ['begin read write', INSERT],
  ['savepoint a', 'set transaction read write', INSERT],
  ['savepoint a', 'rollback to a', 'set transaction read write', INSERT],
  [`prepare transaction 'escape'`, INSERT],
  ['prepare p as insert into item values (50)', 'execute p'],
  ['declare c cursor for select add_item(50)', 'fetch all from c'],
  ['declare c cursor with hold for select add_item(50)', 'commit'],
  ['select 1/0', INSERT],
  ['selec', INSERT],
  ['select 1', 'select 1/0', 'rollback', INSERT],
  ['discard all', INSERT],
  ['set role postgres', 'set transaction read write', INSERT],
  ['set session_replication_role = replica', INSERT],
  [`update pg_settings set setting = 'off' where name = 'transaction_read_only'`, INSERT],
  ['select 1', 'set transaction read write', INSERT],
  [`do $$ begin execute 'set transaction read write'; insert into item values (50); end $$`],
  [`do $$ begin perform set_config('transaction_read_only', 'off', true); insert into item values (50); end $$`],
  [`do $$ begin commit; insert into item values (50); commit; end $$`],
  [`do $$ begin rollback; set transaction read write; insert into item values (50); commit; end $$`],
  ['call add_item_and_commit(50)'],
  [
    'create or replace procedure scratch.p() language plpgsql as $$ begin commit; insert into item values (50); end $$',
    'call scratch.p()',
  ],
]

/** Texts of a single query that would escape. */
const TEXTS = [
  `commit; ${INSERT}`,
  `rollback; ${INSERT}; commit`,
  `; commit; ${INSERT}`,
  `set transaction read write; ${INSERT}`,
  `begin read write; ${INSERT}; commit`,
  'set transaction read write',
  'set transaction_read_only = off',
  'set session characteristics as transaction read write',
  'set default_transaction_read_only = off',
  `select set_config('default_transaction_read_only', 'off', false)`,
  'begin read write',
  'start transaction read write',
  'commit',
  'rollback',
  'end',
  'abort',
  'reset all',
  'discard all',
  `prepare p as ${INSERT}`,
  `do $$ begin commit; insert into item values (50); commit; end $$`,
  'call add_item_and_commit(50)',
]

/** Creates a batch of these queries. */
const batch = (texts) => ({ queries: texts.map((query) => ({ query })) })

export default {
  'it can read': async (stage) => {
    const { rows } = await stage.query({ query: 'select name from author where id = $1', params: [1] }, { key })
    assert.deepEqual(rows, [{ name: 'Ada' }])
    const { results } = await stage.query(
      { queries: [{ query: 'select count(*)::int as n from item' }, { query: 'show transaction_read_only' }] },
      { key },
    )
    assert.deepEqual(
      results.map(({ rows: [row] }) => row),
      [{ n: 3 }, { transaction_read_only: 'on' }],
    )
    const alone = await stage.query('show transaction_read_only', { key })
    assert.deepEqual(alone.rows, [{ transaction_read_only: 'on' }])
    assert.equal((await stage.query('explain select 1', { key })).rows.length > 0, true)
    assert.deepEqual((await stage.query('select stable_titles()::int as n', { key })).rows, [{ n: 3 }])
  },

  'it can read with every isolation level': async (stage) => {
    for (const level of ['Serializable', 'RepeatableRead', 'ReadCommitted', 'ReadUncommitted']) {
      for (const readOnly of ['true', 'false']) {
        const headers = {
          'neon-batch-isolation-level': level,
          'neon-batch-read-only': readOnly,
          'neon-batch-deferrable': 'true',
        }
        const { results } = await stage.query(batch(['show transaction_read_only', 'show transaction_isolation']), {
          key,
          headers,
        })
        const expected = level.replace(/(?!^)[A-Z]/g, ' $&').toLowerCase()
        assert.deepEqual(
          results.map(({ rows: [row] }) => Object.values(row)[0]),
          ['on', expected],
        )
      }
    }
  },

  'a statement that writes fails with 25006': async (stage) => {
    const wrong = []
    for (const query of WRITES) {
      for (const body of [{ query }, batch(['select 1', query])]) {
        const { status, body: answer } = await unchanged(stage, query, () =>
          stage.post(body, { key, headers: { 'neon-batch-read-only': 'false' } }),
        )
        if (status !== 400 || answer.code !== '25006')
          wrong.push(`${status} ${answer.code} ${answer.message}: ${JSON.stringify(body)}`)
      }
    }
    // Statements without a read-only form, and missing objects, may fail with another error.
    const tolerated = /copy item from|scratch\.none/
    assert.deepEqual(
      wrong.filter((text) => !tolerated.test(text) || text.startsWith('200')),
      [],
    )
  },

  'no single query can escape': async (stage) => {
    for (const query of TEXTS) {
      await unchanged(stage, query, async () => {
        await stage.post({ query }, { key })
        // Session state that it may have left behind must not help the next request.
        for (let i = 0; i < 6; i++) {
          const { body } = await refused(stage, INSERT, 400, { key })
          assert.equal(body.code, '25006', `${query}, then ${INSERT}: ${body.message}`)
        }
      })
    }
  },

  'no batch can escape': async (stage) => {
    const wrong = []
    for (const texts of ESCAPES) {
      await unchanged(stage, JSON.stringify(texts), async () => {
        const answer = await stage.post(batch(texts), { key, headers: { 'neon-batch-read-only': 'false' } })
        if (answer.status === 200 && texts.includes(INSERT)) wrong.push(JSON.stringify(texts))
        const { body } = await refused(stage, INSERT, 400, { key })
        assert.equal(body.code, '25006', JSON.stringify(texts))
      })
    }
    assert.deepEqual(wrong, [])
    assert.deepEqual(await stage.sql('select gid from pg_prepared_xacts'), [])
  },

  'it cannot access files or programs of the database server': async (stage) => {
    const file = path.join(os.tmpdir(), `hasten-read-key-${process.pid}`)
    for (const query of [
      `copy (select 1) to '${file}'`,
      `copy (select 1) to program 'cat > ${file}'`,
      `select lo_export(lo_from_bytea(0, 'x'), '${file}')`,
      `select pg_catalog.pg_file_write('${file}', 'x', false)`,
      `do $$ begin copy (select 1) to program 'cat > ${file}'; end $$`,
    ]) {
      await refused(stage, query, 400, { key })
      await refused(stage, batch(['select 1', query]), 400, { key })
      const written = fs.existsSync(file)
      fs.rmSync(file, { force: true })
      assert.equal(written, false, query)
    }
  },

  'it does not share session state with other keys': async (stage) => {
    for (let i = 0; i < 8; i++) {
      await stage.query('select 1', { key })
      await stage.query({ queries: [{ query: 'insert into item values ($1)', params: [100 + i] }] })
      await stage.query({ query: 'insert into item values ($1)', params: [200 + i] })
      await refused(stage, INSERT, 400, { key })
    }
    assert.equal(await stage.added(), 16)
    const together = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        stage.post({ query: 'insert into item values ($1)', params: [300 + i] }, { key: i % 2 ? key : 'app' }),
      ),
    )
    assert.deepEqual(
      together.map(({ value }) => value.status),
      Array.from({ length: 20 }, (_, i) => (i % 2 ? 400 : 200)),
    )
    assert.equal(await stage.added(), 26)
  },

  'cached results of another key do not let it write, and errors are not shared': async (stage) => {
    const body = { query: 'select add_item(50)', cacheStrategy: { ttl: 60 } }
    await unchanged(stage, 'a strategy', () => refused(stage, body, 400, { key }))
    const read = { query: 'select count(*)::int as n from item', cacheStrategy: { ttl: 60 } }
    assert.deepEqual((await stage.query(read, { key })).rows, [{ n: 3 }])
    assert.deepEqual((await stage.query(read)).rows, [{ n: 3 }])
  },

  'it holds no locks after a request': async (stage) => {
    await stage.post('select pg_advisory_lock(99)', { key })
    await until('the lock is given back', () => isZero(stage, ADVISORY_LOCKS))
  },
}
