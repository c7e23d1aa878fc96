// Statements of every kind: their results and their effects.
import assert from 'node:assert/strict'
import { refused } from '../refusal.mjs'
import { same } from '../same.mjs'

/** Runs statements in sequence and returns the full results. */
const run =
  (...texts) =>
  async ({ sql, full }) => {
    const results = []
    for (const text of texts) results.push(await full(sql.query(text, [], { fullResults: true })))
    return results
  }

export default {
  'INSERT, with and without RETURNING': same(
    run(
      'insert into item values (10, 1)',
      'insert into item select i, i from generate_series(11, 20) i',
      'insert into item values (21), (22) returning id, n, label',
      'insert into item select 1 where false',
      `insert into author (name) values ('x') returning id, created_at`,
    ),
  ),

  'INSERT ON CONFLICT': same(
    run(
      'insert into item values (1, 5) on conflict do nothing',
      'insert into item values (1, 5), (10, 5) on conflict (id) do update set n = excluded.n returning id, n, xmax <> 0 as updated',
      'insert into item values (1, 6) on conflict (id) do update set n = excluded.n where false returning id',
    ),
  ),

  UPDATE: same(
    run(
      'update item set n = n + 1',
      'update item set n = 0 where false',
      `update item i set label = a.name from author a where a.id = i.id returning i.id, a.name`,
    ),
  ),

  DELETE: same(
    run('delete from item where id = 1', 'delete from item where false', 'delete from author returning id, name'),
  ),

  MERGE: same(
    run(
      `merge into item i using (values (1, 100), (50, 500)) v (id, n) on i.id = v.id
         when matched then update set n = v.n when not matched then insert (id, n) values (v.id, v.n)`,
      'merge into item i using (values (2)) v (id) on i.id = v.id when matched then delete',
    ),
  ),

  'WITH that writes': same(
    run(
      'with gone as (delete from item where id < 3 returning *) select id, n from gone order by id',
      'with fresh as (insert into item values (10), (11) returning id) update item set n = 9 where id in (select id - 8 from fresh)',
      'with a as (insert into item values (30) returning id) insert into item select id + 1 from a returning id',
      'with a as (select 1 as x) insert into item select x + 40 from a',
    ),
  ),

  'SELECT in its other forms': same(
    run(
      'values (1, $$a$$), (2, null)',
      'table item',
      'select id from item union all select 9 order by id desc limit 2 offset 1',
      'with recursive r (n) as (select 1 union all select n + 1 from r where n < 5) select * from r',
      'select id from item order by id for update',
      'select * from generate_series(1, 3) with ordinality',
      'select id, row_number() over (order by id desc) as rank from item order by id',
      'select grouping(label), label, count(*) from item group by rollup (label) order by 1, 2',
      '(select 1) intersect (select 1)',
    ),
  ),

  'creating, changing and dropping tables': same(
    run(
      'create table scratch.t (id int primary key, x text)',
      'create table scratch.copy as select id, n from item',
      'select id, n into scratch.other from item',
      'create table if not exists scratch.t (id int)',
      'create index on scratch.t (x)',
      'alter table scratch.t add y int default 5',
      `insert into scratch.t values (1, 'a') returning *`,
      'alter table scratch.t drop x',
      'select * from scratch.t',
      'alter table scratch.t rename y to z',
      'select * from scratch.t',
      `comment on table scratch.t is 'x'`,
      'truncate scratch.copy',
      'drop table scratch.copy, scratch.other',
      'drop table if exists scratch.none',
    ),
  ),

  'creating and dropping other objects': same(
    run(
      'create schema scratch_2',
      'drop schema scratch_2',
      'create view scratch.v as select id from item',
      'create or replace function scratch.f(a int) returns int language sql as $$ select a + 1; select a + 2 $$',
      'select scratch.f(1)',
      `create type scratch.kind as enum ('a', 'b')`,
      `select 'b'::scratch.kind as k, array['a'::scratch.kind] as l`,
      `alter type scratch.kind add value 'c'`,
      `select enum_range(null::scratch.kind) as k`,
      'create materialized view scratch.m as select count(*) from item',
      'refresh materialized view scratch.m',
      'create sequence scratch.s',
      `select nextval('scratch.s')`,
      'create procedure scratch.p(inout a int) language plpgsql as $$ begin a := a * 2; end $$',
      'call scratch.p(21)',
      'drop procedure scratch.p',
    ),
  ),

  'statements that cannot run in a transaction': same(
    run(
      'create table scratch.t (id int primary key, x int)',
      'create index concurrently t_x on scratch.t (x)',
      'vacuum scratch.t',
      'vacuum analyze scratch.t',
      'reindex index concurrently scratch.t_x',
      'drop index concurrently scratch.t_x',
      'call add_item_and_commit(77)',
      'do $$ begin insert into item values (78); commit; insert into item values (79); rollback; end $$',
    ),
  ),

  'blocks, explanations and settings': same(
    run(
      'do $$ begin insert into item values (10); end $$',
      'explain (costs off) select i from generate_series(1, 3) i order by i',
      'explain (costs off, format json) select 1',
      'show server_version_num',
      'show timezone',
      `set work_mem = '8MB'`,
      'reset work_mem',
      `set local work_mem = '8MB'`,
      'discard all',
      'analyze item',
      'notify nobody, $$hello$$',
      'listen somebody',
      'unlisten *',
      'checkpoint',
      'load $$plpgsql$$',
    ),
  ),

  'transaction control statements on their own': same(
    run('begin', 'start transaction read only', 'commit', 'end', 'rollback', 'abort'),
  ),

  'statements that require a transaction are rejected outside of one': same(async ({ sql, failure }) => [
    await failure('25P01', () => sql`savepoint a`),
    await failure('25P01', () => sql`release a`),
    await failure('25P01', () => sql`rollback to a`),
    await failure('25P01', () => sql`lock table item`),
    await failure('25P01', () => sql`declare c cursor for select 1`),
    await failure('34000', () => sql`fetch 1 from c`),
  ]),

  'prepared statements and statements that use them': same(async ({ sql, full, failure }) => [
    await full(sql.query('prepare p as select 1', [], { fullResults: true })),
    await failure('26000', () => sql`execute none`),
    await failure('26000', () => sql`deallocate none`),
    await full(sql.query('deallocate all', [], { fullResults: true })),
  ]),

  'cursors within a transaction': same(({ sql }) =>
    sql.transaction([
      sql`declare c cursor for select id from item order by id`,
      sql`fetch 2 from c`,
      sql`move 1 in c`,
      sql`fetch all from c`,
      sql`close c`,
    ]),
  ),

  'notices do not affect results': same(async ({ sql, setUp, full }) => {
    await setUp(`create function scratch.chatty() returns int language plpgsql as
      $$ begin raise notice 'one'; raise warning 'two'; raise info 'three'; return 3; end $$`)
    return [
      await full(sql.query('select scratch.chatty() as n', [], { fullResults: true })),
      await full(sql.query('drop table if exists scratch.none', [], { fullResults: true })),
    ]
  }),

  'a rule that rewrites a statement': same(async ({ sql, setUp, full }) => {
    await setUp(`create view scratch.v as select id from item;
      create rule r as on insert to scratch.v do instead insert into item values (new.id) returning id`)
    return [
      await full(sql.query('insert into scratch.v values (70)', [], { fullResults: true })),
      await full(sql.query('insert into scratch.v values (71) returning id', [], { fullResults: true })),
    ]
  }),

  'COPY is rejected with a clear error, and the next query works': async (stage) => {
    const attempts = [
      'copy item from stdin',
      'copy item to stdout',
      'copy (select * from item) to stdout with csv',
      'COPY item FROM STDIN WITH (FORMAT binary)',
      '/* hidden */ copy item (id) from stdin',
    ]
    for (const query of attempts) {
      for (const body of [{ query }, { queries: [{ query: 'select 1' }, { query }, { query: 'select 2' }] }]) {
        const { body: refusal } = await refused(stage, body, 400)
        assert.match(refusal.message, /copy/i, query)
      }
      for (let i = 0; i < 6; i++) assert.deepEqual((await stage.query('select 1 as one')).rows, [{ one: 1 }], query)
    }
    assert.equal(await stage.added(), 0)
  },

  'a query that terminates its own connection fails, and the next one works': async (stage) => {
    await refused(stage, 'select pg_terminate_backend(pg_backend_pid())')
    for (let i = 0; i < 6; i++) assert.deepEqual((await stage.query('select 1 as one')).rows, [{ one: 1 }])
  },
}
