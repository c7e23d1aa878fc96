// Database errors: every field that PostgreSQL sets, as `pg` shows it.
import { same } from '../same.mjs'

/** The SQLSTATE and a statement that fails with it, by the cause. */
const FAILURES = {
  'a syntax error': ['42601', 'selec 1'],
  'a syntax error on a later line': ['42601', 'select 1,\n\n  from where'],
  'a syntax error after letters of several bytes': ['42601', `select '漢字🎉' as "ö" fromm item, x`],
  'a syntax error at the end': ['42601', 'select ('],
  'an unterminated text': ['42601', `select 'x`],
  'an unknown table': ['42P01', 'select * from nowhere'],
  'an unknown column': ['42703', 'select 1, nam from author'],
  'an unknown column with a hint': ['42703', 'select author.nane from author'],
  'an unknown function': ['42883', 'select no_such(1)'],
  'an unknown operator': ['42883', `select 1 + true`],
  'an unknown type': ['42704', 'select 1::no_such'],
  'an unknown schema': ['3F000', 'create table nowhere.t ()'],
  'an ambiguous column': ['42702', 'select id from author, book'],
  'a missing GROUP BY': ['42803', 'select name, count(*) from author'],
  'a wrong cast': ['42846', `select now()::int`],
  'a table that there is': ['42P07', 'create table author ()'],
  'a unique constraint': ['23505', `insert into author (name, email) values ('x', 'ada@example.org')`],
  'a primary key': ['23505', 'insert into item values (1)'],
  'a check constraint': ['23514', 'update book set price = -1 where id = 1'],
  'a check of a domain': ['23514', 'select (-1)::positive'],
  'a not-null constraint': ['23502', 'insert into author (name) values (null)'],
  'a foreign key': ['23503', `insert into book (author_id, title) values (99, 'x')`],
  'a foreign key that is referenced': ['23503', 'delete from users where id = 1'],
  'a text that is too long': ['22001', `update book set title = repeat('x', 41)`],
  'a number that is too large': ['22003', 'update item set n = 2147483647 + 1'],
  'a numeric that is too large': ['22003', 'update book set price = 1e10'],
  'a division by zero': ['22012', 'select 1 / n from item order by id'],
  'a text that is no number': ['22P02', `select 'one'::int`],
  'a text that is no date': ['22008', `select '2024-02-30'::date`],
  'a text that is no JSON': ['22P02', `select '{"a": nope}'::jsonb`],
  'a text that is no value of an enum': ['22P02', `select 'glad'::mood`],
  'a subquery of several rows': ['21000', 'select (select id from item)'],
  'an error within a function': ['22012', 'select fail_inside(1)'],
  'an unknown role': ['22023', 'set role nobody_at_all'],
  'a setting that there is not': ['42704', 'set no_such_setting = 1'],
  'a value that a setting does not take': ['22023', `set work_mem = 'much'`],
  'a regular expression': ['2201B', `select 'a' ~ '('`],
  'a limit': ['2201W', 'select 1 limit -1'],
  'arrays of different dimensions': ['2202E', 'select array[1, 2] || array[[[1]]]'],
}

/** The objects to create first, the SQLSTATE and a statement. */
const FAILURES_OF_FUNCTIONS = {
  'RAISE with all that it can say': [
    `create function scratch.f() returns int language plpgsql as $$ begin
       raise exception 'message % and 漢', 1 using errcode = 'UE001', detail = 'the detail', hint = 'the hint',
         column = 'a_column', constraint = 'a_constraint', datatype = 'a_type', table = 'a_table', schema = 'a_schema';
     end $$`,
    'UE001',
    'select scratch.f()',
  ],
  'RAISE with a plain message': [
    `create function scratch.f() returns int language plpgsql as $$ begin raise exception 'no'; end $$`,
    'P0001',
    'select scratch.f()',
  ],
  'a syntax error within EXECUTE': [
    `create function scratch.f() returns int language plpgsql as $$ begin execute 'selec 1, ö'; return 1; end $$`,
    '42601',
    'select scratch.f()',
  ],
  'an unknown column within a query of a function': [
    `create function scratch.f() returns int language plpgsql as $$ declare r int; begin
       select nope into r from item; return r; end $$`,
    '42703',
    'select scratch.f()',
  ],
  'an error several calls deep': [
    `create function scratch.a() returns int language plpgsql as $$ begin return 1 / 0; end $$;
     create function scratch.b() returns int language plpgsql as $$ begin return scratch.a(); end $$;
     create function scratch.c() returns int language sql as $$ select scratch.b() $$`,
    '22012',
    'select scratch.c() + 1',
  ],
  'an error of a trigger': [
    `create table scratch.t (id int);
     create function scratch.f() returns trigger language plpgsql as $$ begin raise check_violation using message = 'not today'; end $$;
     create trigger t before insert on scratch.t for each row execute function scratch.f()`,
    '23514',
    'insert into scratch.t values (1)',
  ],
  'a failed assertion': [
    `create function scratch.f() returns int language plpgsql as $$ begin assert false, 'as said'; end $$`,
    'P0004',
    'select scratch.f()',
  ],
  'no row where one must be': [
    `create function scratch.f() returns int language plpgsql as $$ declare r int; begin
       select id into strict r from item where false; return r; end $$`,
    'P0002',
    'select scratch.f()',
  ],
  'an exclusion constraint': [
    `create table scratch.t (during int4range, exclude using gist (during with &&)); insert into scratch.t values ('[1,5)')`,
    '23P01',
    `insert into scratch.t values ('[4,9)')`,
  ],
  'a not-null column of a partition': [
    `create table scratch.t (id int not null, x text not null) partition by list (id);
     create table scratch.t1 partition of scratch.t for values in (1)`,
    '23502',
    'insert into scratch.t values (1, null)',
  ],
  'a row without a partition': [
    'create table scratch.t (id int) partition by list (id)',
    '23514',
    'insert into scratch.t values (7)',
  ],
  'a view that hides rows': [
    'create view scratch.v as select * from item where n > 10 with check option',
    '44000',
    'insert into scratch.v values (60, 1)',
  ],
  'dependents that stand against a drop': ['create view scratch.v as select * from item', '2BP01', 'drop table item'],
}

export default {
  ...Object.fromEntries(
    Object.entries(FAILURES).map(([name, [code, text]]) => [
      name,
      same(async ({ sql, failure }) => [
        await failure(code, () => sql.query(text)),
        await failure(code, () => sql.transaction([sql`select 1`, sql.query(text)])),
      ]),
    ]),
  ),

  ...Object.fromEntries(
    Object.entries(FAILURES_OF_FUNCTIONS).map(([name, [setUpText, code, text]]) => [
      name,
      same(async ({ sql, setUp, failure }) => {
        await setUp(setUpText)
        return [
          await failure(code, () => sql.query(text)),
          await failure(code, () => sql.transaction([sql`select 1`, sql.query(text)])),
        ]
      }),
    ]),
  ),

  'positions are in characters, also with parameters and comments': same(async ({ sql, failure }) => [
    await failure('42703', () => sql`/* ö */ select ${1}::int, '漢', nope from item`),
    await failure('42883', () => sql`select ${'x'}::text, 🎉()`).catch(() =>
      failure('42601', () => sql`select ${'x'}::text, 🎉 ()`),
    ),
    await failure('42P01', () => sql`select ${'x'}::text from author, nowhere where id = ${1}`),
  ]),

  'an error that comes after rows': same(({ sql, failure }) =>
    failure('22012', () => sql`select 10 / (5000 - i) from generate_series(1, 10000) i`),
  ),

  'a deferred error': same(async ({ sql, setUp, failure }) => {
    await setUp('create table scratch.t (id int unique deferrable initially deferred)')
    return failure('23505', () => sql`insert into scratch.t values (1), (1)`)
  }),

  'a statement that exceeds the timeout that it set itself': same(async ({ sql, failure }) => {
    const { code, message, severity } = await failure('57014', () =>
      sql.transaction([sql`set local statement_timeout = 20`, sql`select pg_sleep(20)`]),
    )
    return { code, message, severity }
  }),
}
