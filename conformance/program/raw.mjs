// Raw SQL: results of every PostgreSQL type, parameters, statements of all kinds.
import assert from 'node:assert/strict'
import { op } from '../lib/operations.mjs'

/** For errors that do not come from PostgreSQL, references report N/A and Hasten 0A000: docs/differences.md. */
function withCode(result) {
  if (result instanceof Error) {
    result.message = result.message.replace('Code: `N/A`', 'Code: `0A000`')
    if (result.meta?.code === 'N/A') result.meta.code = '0A000'
  }
  return result
}

/** Runs one SELECT per expression, so that a failed expression does not hide the others. */
const selects =
  (expressions) =>
  async ({ prisma, outcome }) => {
    const results = []
    for (const expression of expressions)
      results.push([expression, withCode(await outcome(() => prisma.$queryRawUnsafe(`select ${expression} as v`)))])
    return results
  }

export default [
  op(
    'integers',
    selects([
      '1::int2',
      '-32768::int2',
      '2147483647',
      '(-2147483648)::int4',
      '9223372036854775807::int8',
      '(-9223372036854775808)::int8',
      'null::int4',
      'count(*)',
    ]),
  ),
  op(
    'floats',
    selects([
      '1.5::float4',
      '0.1::float4',
      "'NaN'::float4",
      '16777216::float4',
      '0.1::float8',
      "'NaN'::float8",
      "'Infinity'::float8",
      "'-Infinity'::float8",
      "'-0'::float8",
      '1e308::float8',
      "'5e-324'::float8",
      '1e21::float8',
      '123456789012345680::float8',
    ]),
  ),
  op(
    'numerics',
    selects([
      '1.10',
      '63.000000000000000000000000000000',
      '1e-30::numeric',
      '123456789012345678901234567890.123456789',
      "'NaN'::numeric",
      "'Infinity'::numeric",
      '0.00',
      '-0.0',
      '1e400::numeric',
    ]),
  ),
  op('money', selects(["'1.50'::money", "'0'::money"])),
  op(
    'texts',
    selects([
      "''",
      "'text'",
      "'a'::char(5)",
      "'b'::varchar",
      '\'x\'::"char"',
      "'n'::name",
      "U&'\\+01F600'",
      'chr(1) || chr(127)',
      "'unknown'",
      "repeat('é', 3)",
      'null::text',
    ]),
  ),
  op('booleans', selects(['true', 'false', 'null::bool', '1 = 1'])),
  op(
    'dates and times',
    selects([
      "'2024-02-29'::date",
      "'0001-01-01'::date",
      "'12:34:56.789'::time",
      "'12:34:56.123456'::time",
      "'2024-05-06 07:08:09.123456'::timestamp",
      "'2024-05-06 07:08:09'::timestamp",
      "'2024-05-06 07:08:09.5+02'::timestamptz",
      "'0001-01-01 00:00:00'::timestamp",
      "'9999-12-31 23:59:59.999999'::timestamptz",
    ]),
  ),
  op(
    'dates and times that JavaScript has not',
    selects([
      "'infinity'::timestamp",
      "'-infinity'::timestamptz",
      "'infinity'::date",
      "'0044-03-15 BC'::date",
      "'0044-03-15 12:00:00 BC'::timestamp",
      "'10000-01-01'::date",
      "'24:00:00'::time",
    ]),
  ),
  op(
    'json',
    selects([
      '\'{"b":1,"a":[1,null,"x"]}\'::jsonb',
      '\'{"b":1,   "a":2}\'::json',
      "'null'::jsonb",
      "'1'::json",
      '\'"text"\'::jsonb',
      "'[]'::json",
      'null::jsonb',
      '\'{"n":12345678901234567890,"f":0.1,"e":1e30}\'::jsonb',
      "json_build_object('d', '2024-01-01'::date)",
    ]),
  ),
  op('bytes', selects(["'\\x'::bytea", "'\\x00ff'::bytea", "decode(repeat('ab', 1000), 'hex')", 'null::bytea'])),
  op(
    'uuid, bit, inet, xml',
    selects([
      "'F47AC10B-58CC-4372-A567-0E02B2C3D479'::uuid",
      "B'1010'",
      "B'101'::varbit",
      "'10.0.0.1/8'::inet",
      "'10.0.0.0/8'::cidr",
      "'::1'::inet",
      "xmlparse(content '<a/>')",
    ]),
  ),
  op(
    'arrays',
    selects([
      'array[1,2,null]',
      'array[]::int[]',
      "'{}'::text[]",
      "array['a','b\"c','d,e','NULL',null,'']",
      'array[1.5::float8]',
      'array[0.1::float4, null]',
      'array[9007199254740993::int8]',
      'array[true,false,null]',
      "array['2024-01-01'::date]",
      "array['2024-01-01 00:00:00.123'::timestamp]",
      "array['2024-01-01 00:00:00+02'::timestamptz]",
      "array['12:00:00'::time]",
      "array['{\"a\":1}'::jsonb, 'null']",
      'array[\'{"a":  1}\'::json]',
      "array['\\x01'::bytea]",
      "array['f47ac10b-58cc-4372-a567-0e02b2c3d479'::uuid]",
      'array[1.10::numeric]',
      'array[\'RED\'::"Color"]',
      "array['x'::varchar]",
      "array['y'::char(3)]",
      "array['10.0.0.1'::inet]",
      "array[B'10']",
      'array[1::int2]',
      "array['1.5'::money]",
    ]),
  ),
  op('arrays of several dimensions and other bounds', selects(["array[['a','b'],[null,'d']]", "'[2:3]={1,2}'::int[]"])),
  op('times with an offset', async ({ prisma }) => prisma.$queryRaw`select '12:34:56.5+05:30'::timetz as v`, {
    expectDifference: 'the official executor and the engines drop the offset, which makes it another time',
    expect: ({ error, value }) => {
      if (error) throw error
      assert.deepEqual(value[0].v, new Date('1970-01-01T07:04:56.500Z'))
    },
  }),
  op(
    'oids and lists of lists',
    async ({ prisma }) => {
      const rows =
        await prisma.$queryRaw`select 4294967295::oid as oid, array[1::oid] as oids, array[[1,2],[3,4]] as ints,
      array[[true],[false]] as flags, ${[
        [1, 2],
        [3, 4],
      ]}::int[] as parameter`
      return rows[0]
    },
    {
      flawed: { client6: 'the query compiler panics and is lost' },
      expectDifference: 'the official executor answers 500 for oids and for lists of lists of numbers or booleans',
      expect: ({ error, value }) => {
        if (error) throw error
        const expected = {
          oid: 4294967295n,
          oids: [1n],
          ints: [
            [1, 2],
            [3, 4],
          ],
          flags: [[true], [false]],
          parameter: [
            [1, 2],
            [3, 4],
          ],
        }
        assert.deepStrictEqual({ ...value }, expected)
      },
    },
  ),
  op(
    'types that the protocol does not know',
    selects([
      "'(1,2)'::point",
      "'1 day'::interval",
      'int4range(1,5)',
      "'a b'::tsvector",
      "'08:00:2b:01:02:03'::macaddr",
      "row(1,'a')",
      "'pg_class'::regclass",
      "'1/0'::pg_lsn",
      "array['1 day'::interval]",
      "'<(0,0),1>'::circle",
      "'int4'::regtype",
      'pg_sleep(0)',
    ]),
  ),
  op('types of the user', async ({ prisma, sql }) => {
    await sql(
      `create domain positive as int check (value > 0); create type pair as (a int, b text); create table raw_types (p positive, c "Color", q pair)`,
    )
    try {
      return [
        await prisma.$executeRawUnsafe(`insert into raw_types values (1, 'RED', row(1, 'x,"y'))`),
        await prisma.$queryRaw`select p, c, q from raw_types`,
        await prisma.$queryRaw`select 'citext'::citext as c`,
      ]
    } finally {
      await sql('drop table raw_types; drop type pair; drop domain positive')
    }
  }),
  op('all rows of all types of a model', async ({ prisma }) => [
    await prisma.$queryRaw`select * from "Scalar" where id <> 5 order by id`,
    await prisma.$queryRaw`select * from "Comment" order by id`,
  ]),
  op(
    'parameters of every type',
    async ({ prisma, Prisma }) =>
      prisma.$queryRaw`select ${1}::int as i, ${2n ** 62n}::bigint as b, ${1.5}::float8 as f, ${new Prisma.Decimal('1.10')}::numeric as d, ${'text'} as s, ${true}::bool as t, ${new Date('2024-05-06T07:08:09.123Z')}::timestamptz as ts, ${Buffer.from([0, 255])}::bytea as y, ${{ a: [1, 'x'] }}::jsonb as j, ${null}::text as n, ${[1, 2]}::int[] as l, ${['a', 'b"', null]}::text[] as ls`,
  ),
  op('parameters whose type PostgreSQL has to infer', async ({ prisma }) => [
    await prisma.$queryRaw`select * from "User" where id = ${1}`,
    await prisma.$queryRaw`select id from "User" where name = ${'Ada'} order by id limit ${1}`,
    await prisma.$queryRaw`select id from "Post" where "createdAt" > ${new Date('2024-01-05T00:00:00Z')} order by id`,
    await prisma.$queryRaw`select id from "Post" where rating = ${4.5} order by id`,
    await prisma.$queryRaw`select id from "User" where id = any(${[1, 3]}) order by id`,
    await prisma.$queryRaw`select id from "Comment" where big = ${9007199254740993n}`,
    await prisma.$queryRaw`select id from "Comment" where bytes = ${Buffer.from([1])}`,
  ]),
  op('lists as parameters', async ({ prisma }) => [
    await prisma.$queryRaw`select ${['a', 'b"c', 'd,e', 'NULL', null, '', '\\', '{}']}::text[] as v`,
    await prisma.$queryRaw`select ${[]}::int[] as v`,
    await prisma.$queryRaw`select ${[true, false]}::bool[] as v`,
    await prisma.$queryRaw`select ${[1n, 2n]}::bigint[] as v`,
    await prisma.$queryRaw`select ${[new Date(0), new Date('2024-01-01T00:00:00Z')]}::timestamp[] as v`,
    await prisma.$queryRaw`select ${[{ a: 1 }, { b: 'x"' }]}::jsonb[] as v`,
    await prisma.$queryRaw`select ${[Buffer.from([1, 255])]}::bytea[] as v`,
  ]),
  op('repeated and out of order parameters', async ({ prisma }) => [
    await prisma.$queryRawUnsafe('select $2::text as b, $1::text as a, $2::text || $1::text as c', 'one', 'two'),
    await prisma.$queryRawUnsafe(
      'select id from "User" where ($1::text is null or name = $1) and id > $2 order by id',
      'Ada',
      0,
    ),
    await prisma.$queryRawUnsafe('select id from "User" where ($1::text is null or name = $1) order by id', null),
    await prisma.$queryRawUnsafe('select id from "User" where name = $1 or $1 is null order by id', 'Bob'),
    await prisma.$queryRawUnsafe(
      'select $10::int as ten, $1::int as one, $2::int, $3::int, $4::int, $5::int, $6::int, $7::int, $8::int, $9::int',
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
    ),
    await prisma.$queryRawUnsafe('select $1::int + $1::int as twice, $1::int as once', 21),
  ]),
  op('a parameter of undecidable type', async ({ prisma, outcome }) => [
    await outcome(() =>
      prisma.$queryRawUnsafe('select id from "User" where $1 is null or name = $1 order by id', 'Bob'),
    ),
    await outcome(() => prisma.$queryRaw`select ${null} as n`),
    await outcome(() => prisma.$queryRaw`select ${1} as one, ${'x'} as x`),
    await outcome(() => prisma.$queryRaw`select ${1} + ${2} as three`),
    await outcome(() => prisma.$queryRaw`select jsonb_build_object('a', ${1})`),
    await outcome(() => prisma.$queryRaw`select coalesce(${null}, ${'x'}) as v`),
  ]),
  op('JSON operators with question marks', async ({ prisma }) => [
    await prisma.$queryRaw`select '{"a":1,"b":2}'::jsonb ? 'a' as one, '{"a":1}'::jsonb ?| array['x','a'] as any, '{"a":1}'::jsonb ?& array['x','a'] as every`,
    await prisma.$queryRaw`select id from "Scalar" where json ? ${'a'} order by id`,
    await prisma.$queryRaw`select id from "Scalar" where json ?| ${['a', 'zz']} and json ?& ${['b']} order by id`,
    await prisma.$queryRawUnsafe(
      `select '??' as q, '{"a":[1]}'::jsonb @? '$.a[*] ? (@ > 0)' as path, '{"a":1}'::jsonb #> '{a}' as hash`,
    ),
  ]),
  op('dollars, quotes and comments in SQL', async ({ prisma }) => [
    await prisma.$queryRawUnsafe(
      `select $$dollar $1 quoted$$ as a, $tag$ $$ '?' $tag$ as b, 'it''s $1 ?' as c, E'\\'$2\\\\' as d, "x$1y" from (select 5 as "x$1y") t /* comment $1 ? ' */ where 1 = $1 -- $3 '?`,
      1,
    ),
    await prisma.$queryRaw`select 1 as a -- a comment at the end`,
    await prisma.$queryRawUnsafe(`/* leading */ select /* nested /* comment */ $9 */ $1::int as v`, 4),
    await prisma.$queryRawUnsafe('select 1 as a;'),
    await prisma.$queryRawUnsafe('select U&\'d\\0061t\' as u, $1::text as "$1"', 'p'),
  ]),
  op('Prisma.sql, join, raw, empty', async ({ prisma, Prisma }) => {
    const filter = Prisma.sql`id in (${Prisma.join([1, 2, 5])})`
    return [
      await prisma.$queryRaw`select id, name from "User" where ${filter} ${Prisma.empty} order by ${Prisma.raw('"name" desc, id')}`,
      await prisma.$queryRaw(Prisma.sql`select ${1}::int as a ${Prisma.raw(', 2 as b')}`),
      await prisma.$executeRaw`insert into "Bulk" (id, n) values ${Prisma.join([Prisma.sql`(${500}, ${1})`, Prisma.sql`(${501}, ${2})`])}`,
      await prisma.$queryRaw`select * from "Bulk" where ${Prisma.join([Prisma.sql`id >= ${499}`, Prisma.sql`n = ${2}`], ' and ')}`,
    ]
  }),
  op('tagged templates with wrong values', async ({ prisma, outcome }) => [
    await outcome(() => prisma.$queryRawUnsafe('select $1::int as v')),
    await outcome(() => prisma.$queryRaw`select ${'abc'}::int as v`),
    await outcome(() => prisma.$queryRaw`select ${'2024-13-45'}::timestamp as v`),
  ]),
  op('executeRaw counts', async ({ prisma }) => [
    await prisma.$executeRaw`update "User" set age = 1`,
    await prisma.$executeRaw`update "User" set age = 1 where id = ${-1}`,
    await prisma.$executeRaw`delete from "Comment" where id < ${4}`,
    await prisma.$executeRaw`insert into "Bulk" (id, n) select i, i from generate_series(200, 210) i`,
    await prisma.$executeRaw`select 1 union select 2`,
    await prisma.$executeRawUnsafe('update "Bulk" set n = $1 where id = $2', 9, 1),
  ]),
  op('statements without rows', async ({ prisma }) => [
    await prisma.$queryRaw`select 1 as a where false`,
    await prisma.$queryRaw`update "User" set age = 2 where id = 1`,
    await prisma.$queryRaw`update "User" set age = 3 where id = 2 returning id, age`,
    await prisma.$queryRaw`select`,
    await prisma.$queryRawUnsafe('insert into "Bulk" (id, n) values (900, 1)'),
  ]),
  op('DDL', async ({ prisma }) => [
    await prisma.$executeRaw`create table raw_ddl (id int primary key, t text default 'd')`,
    await prisma.$executeRaw`insert into raw_ddl (id) values (1), (2)`,
    await prisma.$queryRaw`select * from raw_ddl order by id`,
    await prisma.$executeRaw`alter table raw_ddl add column more int default 5`,
    await prisma.$queryRaw`select * from raw_ddl order by id`,
    await prisma.$executeRaw`alter table raw_ddl alter column more type text`,
    await prisma.$queryRaw`select * from raw_ddl order by id`,
    await prisma.$executeRaw`truncate raw_ddl`,
    await prisma.$executeRaw`drop table raw_ddl`,
  ]),
  op('a table changed under a cached query', async ({ prisma, sql }) => {
    const results = []
    await sql('create table raw_changed (id int, v int); insert into raw_changed values (1, 2)')
    const read = () => prisma.$queryRawUnsafe('select * from raw_changed')
    for (let i = 0; i < 8; i++) results.push(await read())
    await sql("alter table raw_changed add column w text default 'new'")
    results.push(await read(), await read())
    await sql('alter table raw_changed alter column v type text')
    results.push(await read())
    await sql('drop table raw_changed; create table raw_changed (other bool); insert into raw_changed values (true)')
    results.push(await read())
    await sql('drop table raw_changed')
    return results
  }),
  op('two columns of one name', ({ prisma }) => prisma.$queryRaw`select 1 as a, 2 as a, 'x' as b, 3 as "A"`),
  op('columns without and with strange names', ({ prisma }) =>
    prisma.$queryRaw`select 1, 2 + 3, 'a', now() is null, 1 as "quoted ""name""", 2 as "ключ 😀", 3 as "__proto__x", 4 as "constructor", 5 as ""`.catch(
      (error) => error,
    ),
  ),
  op('several statements in one', async ({ prisma, outcome }) => [
    await outcome(() =>
      prisma.$executeRawUnsafe('update "User" set age = 5 where id = 1; update "User" set age = 6 where id = 2'),
    ),
    await outcome(() => prisma.$queryRawUnsafe('select $1::int as a; select 2', 1)),
    await prisma.user.findMany({ where: { id: { in: [1, 2] } }, select: { age: true }, orderBy: { id: 'asc' } }),
  ]),
  op('several queries in one', ({ prisma }) => prisma.$queryRawUnsafe('select 1 as a; select 2 as b'), {
    expectDifference: 'the official executor answers 500 for them; Hasten answers the rows of the last, as psql does',
    expect: ({ error, value }) => {
      if (error) throw error
      assert.deepStrictEqual(value, [{ b: 2 }])
    },
  }),
  op(
    'more parameters than the SQL names',
    ({ prisma, outcome }) => outcome(() => prisma.$queryRawUnsafe('select 1 as v', 'too many')),
    {
      expectDifference: 'PostgreSQL refuses it either way; its words depend on how the statement is prepared',
      expect: ({ error, value }) => {
        if (error) throw error
        assert.equal(value.code, 'P2010')
      },
    },
  ),
  op('errors of the server', async ({ prisma, attempt }) => [
    await attempt('P2010', () => prisma.$queryRaw`selec 1`),
    await attempt('P2010', () => prisma.$queryRaw`select * from no_such_table`),
    await attempt('P2010', () => prisma.$queryRaw`select no_such_column from "User"`),
    await attempt('P2010', () => prisma.$queryRaw`select 1/0`),
    await attempt('P2010', () => prisma.$executeRaw`insert into "User" (id, email) values (1, 'z')`),
    await attempt('P2010', () => prisma.$executeRaw`insert into "User" (email) values (null)`),
    await attempt('P2010', () => prisma.$executeRaw`insert into "Post" (title, "authorId") values ('x', 999)`),
    await attempt('P2010', () => prisma.$queryRaw`select 'x'::int`),
    await attempt('P2010', () => prisma.$queryRaw`select 99999999999::int`),
    await attempt('P2010', () =>
      prisma.$queryRawUnsafe(
        `do $$ begin raise exception 'own text' using hint = 'h', detail = 'd', errcode = 'HS002'; end $$`,
      ),
    ),
    await attempt('P2010', () => prisma.$queryRaw`select "quoted "" name"`),
    await attempt('P2010', () => prisma.$executeRaw`insert into "Native" (id, varchar) values (1, 'too long for it')`),
    await attempt('P2010', () => prisma.$queryRaw`select pg_terminate_backend('x')`),
    await attempt('P2010', () => prisma.$queryRaw`select * from "User" u, "Post" p where id = 1`),
  ]),
  op('empty statements', async ({ prisma, outcome }) => [
    await outcome(() => prisma.$queryRawUnsafe('')),
    await outcome(() => prisma.$queryRawUnsafe(';')),
    await outcome(() => prisma.$executeRawUnsafe('-- only a comment')),
    await outcome(() => prisma.$executeRawUnsafe('')),
  ]),
  op(
    'session state does not leak',
    async ({ prisma }) => {
      await prisma.$executeRaw`set statement_timeout = 54321`
      await prisma.$executeRaw`set hasten.leak = 'seen'`
      await prisma.$queryRaw`select pg_advisory_lock(4712)::text`
      const rows = (
        await Promise.all(
          Array.from(
            { length: 10 },
            () => prisma.$queryRaw`select current_setting('statement_timeout') as timeout, current_setting('hasten.leak', true) as leak,
      (select count(*)::int from pg_locks where locktype = 'advisory' and objid = 4712 and database = (select oid from pg_database where datname = current_database())) as locks`,
          ),
        )
      ).flat()
      return {
        timeout: rows.some((row) => row.timeout === '54321ms'),
        setting: rows.some((row) => row.leak === 'seen'),
        lock: rows.some((row) => row.locks > 0),
      }
    },
    {
      expectDifference:
        'the official executor hands connections with changed settings to the next request; Hasten resets them',
      expect: ({ value, error }) => {
        if (error) throw error
        if (value.timeout || value.setting || value.lock)
          throw new Error(`session state of one request was seen by another: ${JSON.stringify(value)}`)
      },
    },
  ),
  op('set local is gone after the statement', async ({ prisma }) => [
    await prisma.$executeRaw`set local statement_timeout = 777`,
    await prisma.$queryRaw`select set_config('statement_timeout', '888', true)`,
    await prisma.$queryRaw`select current_setting('statement_timeout') <> '888ms' as gone`,
  ]),
  op('notices are not errors', async ({ prisma }) => [
    await prisma.$executeRawUnsafe(`do $$ begin raise notice 'n'; raise warning 'w'; end $$`),
    await prisma.guarded.create({ data: { id: 2, note: 'notice', must: 'x' } }),
  ]),
  op('a CTE that writes', async ({ prisma }) => [
    await prisma.$queryRaw`with gone as (delete from "Comment" where "postId" = ${6} returning id, text) select * from gone order by id`,
    await prisma.comment.count(),
  ]),
  op('EXPLAIN and SHOW', async ({ prisma }) => [
    await prisma.$queryRaw`explain (costs off) select 1`,
    await prisma.$queryRaw`show server_encoding`,
    await prisma.$queryRaw`values (1, 'a'), (2, 'b')`,
    await prisma.$queryRaw`table "Team"`,
  ]),
  op('COPY, LISTEN and BEGIN', async ({ prisma, outcome }) => [
    await outcome(() => prisma.$executeRaw`listen channel`),
    await outcome(() => prisma.$executeRaw`unlisten *`),
    await outcome(() => prisma.$queryRaw`select pg_notify('channel', 'x') is null as sent`),
  ]),
  op('advisory locks and temporary tables in one statement', async ({ prisma }) => [
    await prisma.$queryRaw`select pg_try_advisory_xact_lock(4711) as got`,
    await prisma.$executeRawUnsafe('create temporary table raw_temp on commit drop as select 1 as a'),
  ]),
]
