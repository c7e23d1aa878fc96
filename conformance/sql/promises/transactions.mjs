// sql.transaction: several queries as one transaction.
import assert from 'node:assert/strict'
import { isZero, OPEN_TRANSACTIONS } from '../../lib/activity.mjs'
import { refused } from '../refusal.mjs'
import { same } from '../same.mjs'
import { until } from '../../lib/until.mjs'

const LEVELS = ['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable']

/** Queries for the properties of the current transaction. */
const self = (sql) => [
  sql`show transaction_isolation`,
  sql`show transaction_read_only`,
  sql`show transaction_deferrable`,
]

export default {
  'a list of queries': same(({ sql }) =>
    sql.transaction([
      sql`insert into item values (${10}, ${1}) returning id`,
      sql`update item set n = n + 1 where id = ${10} returning n`,
      sql.query('select count(*)::int as n from item where id >= $1', [10]),
      sql`delete from item where id = 1`,
    ]),
  ),

  'a function that returns the list': same(({ sql }) =>
    sql.transaction((txn) => [
      txn`insert into item values (11) returning *`,
      txn.query('select id from item order by id', []),
    ]),
  ),

  'no queries': same(({ sql }) => sql.transaction([])),

  'one query': same(({ sql }) => sql.transaction([sql`select ${1}::int as one`])),

  'full results and rows as arrays, for all and for one': same(async ({ sql, neon, full }) => {
    const all = await sql.transaction([sql`select 1 as a`, sql`insert into item values (12)`], {
      fullResults: true,
      arrayMode: true,
    })
    const one = await sql.transaction([
      sql.query('select 1 as a, 2 as a', [], { arrayMode: true }),
      sql.query('select 1 as a', [], { arrayMode: false }),
    ])
    const preset = await neon({ arrayMode: true, fullResults: true }).transaction((txn) => [txn`select 1 as a`])
    return [await Promise.all(all.map(full)), one, await Promise.all(preset.map(full))]
  }),

  'parsers of a single query': same(({ sql }) => {
    const types = { getTypeParser: (oid) => (text) => `${oid}:${text}` }
    return sql.transaction([sql.query('select 1 as a', [], { types }), sql.query('select 1 as a')])
  }),

  'templates within templates': same(({ sql }) => {
    const where = sql`where id = ${2}`
    return sql.transaction([sql`select id from item ${where}`, sql`select name from author ${where}`])
  }),

  'isolation levels': same(async ({ sql }) => {
    const told = []
    for (const isolationLevel of LEVELS) told.push(await sql.transaction(self(sql), { isolationLevel }))
    return told
  }),

  'the default isolation level': same(({ sql }) => sql.transaction(self(sql))),

  'read only and deferrable': same(async ({ sql, neon }) => {
    const told = []
    for (const readOnly of [true, false]) {
      for (const deferrable of [true, false]) {
        told.push(await sql.transaction(self(sql), { isolationLevel: 'Serializable', readOnly, deferrable }))
      }
    }
    told.push(await neon({ readOnly: true, isolationLevel: 'RepeatableRead' }).transaction(self(sql)))
    return told
  }),

  'a read-only transaction cannot write': same(async ({ sql, failure }) => [
    await failure('25006', () =>
      sql.transaction([sql`select 1`, sql`insert into item values (13)`], { readOnly: true }),
    ),
    await failure('25006', () => sql.transaction([sql`create table scratch.t ()`], { readOnly: true })),
    await sql.transaction([sql`select count(*) from item`], { readOnly: true }),
  ]),

  'the options of a transaction do not affect the next one': same(async ({ sql }) => [
    await sql.transaction(self(sql), { isolationLevel: 'Serializable', readOnly: true, deferrable: true }),
    await sql.transaction(self(sql)),
    await sql`select current_setting('transaction_isolation') as i, current_setting('transaction_read_only') as r`,
    await sql.transaction([sql`set transaction isolation level serializable`, sql`show transaction_isolation`]),
    await sql`show transaction_isolation`,
  ]),

  'an error in the middle rolls back everything': same(async ({ sql, failure }) => [
    await failure('23505', () =>
      sql.transaction([
        sql`insert into item values (14)`,
        sql`insert into item values (1)`,
        sql`insert into item values (15)`,
      ]),
    ),
    await failure('42P01', () => sql.transaction([sql`update item set n = 99`, sql`select * from nowhere`])),
    await failure('42601', () => sql.transaction([sql`create table scratch.t ()`, sql`selec`])),
    await failure('22012', () => sql.transaction([sql`select 1/0`])),
    await sql`select count(*) from item`,
  ]),

  'an error at commit rolls back everything': same(async ({ sql, setUp, failure }) => {
    await setUp(`create table scratch.child (item_id int references item deferrable initially deferred);
      create table scratch.once (id int unique deferrable initially deferred)`)
    return [
      await failure('23503', () =>
        sql.transaction([sql`insert into scratch.child values (99)`, sql`insert into item values (16)`]),
      ),
      await failure('23505', () => sql.transaction([sql`insert into scratch.once values (1), (1)`])),
      await sql.transaction([sql`insert into scratch.child values (17)`, sql`insert into item values (17)`]),
    ]
  }),

  'savepoints': same(({ sql }) =>
    sql.transaction([
      sql`savepoint a`,
      sql`insert into item values (18)`,
      sql`rollback to a`,
      sql`insert into item values (19)`,
      sql`release a`,
      sql`select id from item where id > 3`,
    ]),
  ),

  'the transaction time is constant, and all queries see one snapshot': same(async ({ sql }) => {
    const [[a], [b]] = await sql.transaction([
      sql`select now() as t, pg_current_xact_id()::text as x`,
      sql`select now() as t, pg_current_xact_id()::text as x`,
    ])
    return [a.t.getTime() === b.t.getTime(), a.x === b.x]
  }),

  'later queries see objects created by earlier ones': same(({ sql }) =>
    sql.transaction([
      sql`create table scratch.t (id int generated always as identity, x mood)`,
      sql`insert into scratch.t (x) values ('ok'), (null) returning *`,
      sql`create temp table fleeting on commit drop as select * from scratch.t`,
      sql`select * from fleeting order by id`,
    ]),
  ),

  'many queries in one transaction': same(async ({ sql }) => {
    const results = await sql.transaction(
      Array.from({ length: 500 }, (_, i) => sql`insert into item values (${1000 + i}, ${i}) returning n`),
    )
    return results.flat().map(({ n }) => n)
  }),

  'one of two conflicting serializable transactions fails': async ({ candidate: { sql } }) => {
    const increment = () =>
      sql.transaction(
        [sql`select n from item where id = 1`, sql`select pg_sleep(0.05)`, sql`update item set n = n + 1 where id = 1`],
        { isolationLevel: 'Serializable' },
      )
    const results = await Promise.allSettled(Array.from({ length: 4 }, increment))
    const failed = results.filter(({ status }) => status === 'rejected')
    for (const { reason } of failed) assert.equal(reason.code, '40001', reason.message)
    const [{ n }] = await sql`select n from item where id = 1`
    assert.equal(n, results.length - failed.length)
  },

  'an unknown isolation level is rejected': async (stage) => {
    for (const level of [
      'serializable',
      'READ COMMITTED',
      'Snapshot',
      '',
      'Read Committed',
      'Serializable; drop table item',
    ]) {
      const headers = { 'neon-batch-isolation-level': level }
      const { body } = await refused(stage, { queries: [{ query: 'insert into item values (20)' }] }, 400, { headers })
      assert.match(body.message, /Neon-Batch-Isolation-Level: it must be ReadUncommitted/)
    }
    assert.equal(await stage.added(), 0)
  },

  'a transaction ended by its own queries leaves no open transaction and no wrong result': async (stage) => {
    for (const end of ['commit', 'rollback', 'abort', 'end']) {
      await stage.post({ queries: [{ query: 'insert into item values (21)' }, { query: end }, { query: 'select 1' }] })
      await stage.sql('delete from item where id = 21')
      assert.deepEqual((await stage.query('select 1 as one')).rows, [{ one: 1 }])
    }
    await until('no transaction is open', () => isZero(stage, OPEN_TRANSACTIONS))
  },

  'a transaction rolled back by its own queries is not reported as committed': async (stage) => {
    const { status } = await stage.post({ queries: [{ query: 'insert into item values (22)' }, { query: 'rollback' }] })
    // It is either rejected, or the result shows the ROLLBACK that the app requested; in both cases nothing is written.
    assert.ok([200, 400].includes(status))
    assert.equal(await stage.added(), 0)
  },
}
