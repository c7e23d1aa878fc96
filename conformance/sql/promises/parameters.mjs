// JavaScript values as parameters of the driver.
import { same } from '../same.mjs'

export default {
  'null and undefined are NULL': same(
    ({ sql }) => sql`select ${null}::text is null as a, ${undefined}::int as b, coalesce(${null}, ${'x'}) as c`,
  ),

  booleans: same(
    ({ sql }) => sql`select ${true}::bool as a, ${false}::bool as b, ${true}::text as c, not ${true} as d`,
  ),

  numbers: same(({ sql }) => {
    const numbers = [
      0,
      -0,
      1,
      -1,
      1.5,
      1e21,
      1e-7,
      2 ** 31 - 1,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_VALUE,
      5e-324,
      NaN,
      Infinity,
      -Infinity,
    ]
    return Promise.all(
      numbers.map((n) => sql`select ${n}::float8 as f, ${n}::text as t, ${n}::numeric::text as n`.then((rows) => rows)),
    )
  }),

  'a number where PostgreSQL expects an integer': same(async ({ sql, failure }) => [
    await sql`select ${7}::int as a, ${7}::int8 as b, ${7}::numeric as c, n from item where id = ${1}`,
    await failure('22P02', () => sql`select n from item where id = ${1.5}`),
    await failure('22003', () => sql`select n from item where id = ${2 ** 31}`),
    await failure('22P02', () => sql`select n from item where id = ${'one'}`),
  ]),

  'big integers': same(
    ({ sql }) => sql`select ${1n}::int as a, ${9223372036854775807n}::int8 as b, ${-(2n ** 100n)}::numeric as c`,
  ),

  dates: same(({ sql }) => {
    const dates = [
      '2024-02-29T12:34:56.789Z',
      '1970-01-01T00:00:00.000Z',
      '0099-12-31T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
      '-000044-03-15T12:00:00Z',
    ]
    return Promise.all(
      dates.map(
        (date) =>
          sql`select ${new Date(date)}::timestamptz as a, ${new Date(date)}::timestamptz::text as b, ${new Date(date)}::date as c`,
      ),
    )
  }),

  bytes: same(async ({ sql }) => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    return [
      await sql`select ${all} as a, length(${all}) as b, ${Buffer.alloc(0)} as c`,
      await sql`select ${new Uint8Array([1, 2, 255])} as a, ${new Uint8Array(all.buffer, all.byteOffset, 3)} as b`,
      await sql.query('select $1::bytea as a, $2::bytea as b', [all, new Uint8Array([0, 92, 39])]),
      await sql.query('select md5($1::bytea) as a', [Buffer.alloc(300_000, 'ab')]),
    ]
  }),

  'objects as JSON': same(async ({ sql }) => {
    const value = { a: 1, b: [null, 'x', { c: '"\\\n' }], d: { e: {} }, f: 1e100, g: '漢', h: true, i: undefined }
    return [
      await sql`select ${value}::jsonb as a, ${value}::json as b, ${value}::jsonb -> 'b' -> 2 ->> 'c' as c`,
      await sql.query('insert into author (name, meta) values ($1, $2) returning meta', ['x', value]),
      await sql`select ${JSON.stringify([1, [2]])}::jsonb as a, ${'null'}::jsonb as b, ${'"x"'}::jsonb as c`,
    ]
  }),

  'an object that defines its parameter value': same(({ sql }) => {
    const money = { toPostgres: () => '12.50' }
    const nested = { toPostgres: (prepare) => prepare(new Date(0)) }
    const json = { toJSON: () => ({ kind: 'json' }) }
    return sql`select ${money}::numeric as a, ${nested}::timestamptz as b, ${json}::jsonb as c`
  }),

  lists: same(async ({ sql }) => [
    await sql`select ${[1, 2, 3]}::int[] as a, ${[]}::int[] as b, ${['a', 'b']}::text[] as c, ${[true, false]}::bool[] as d`,
    await sql`select id from item where id = any(${[1, 3, 99]}) order by id`,
    await sql`select ${[1.5, -2, 1e30]}::float8[] as a, ${[1n, 2n ** 62n]}::int8[] as b`,
    await sql`select ${[new Date(0), new Date(86_400_000)]}::timestamptz[] as a`,
    await sql`select ${[Buffer.from('a\\"'), Buffer.alloc(0)]}::bytea[] as a`,
    await sql`select ${[{ a: 1 }, { b: '"' }]}::jsonb[] as a`,
  ]),

  'lists with nulls and with characters of the array syntax': same(
    ({ sql }) =>
      sql`select ${[null, 'null', 'NULL', '', '"', '\\', '{', '}', ',', ' x ', "'", '\n', '漢']}::text[] as a, ${[null, 1, undefined]}::int[] as b`,
  ),

  'lists of lists': same(
    ({ sql }) =>
      sql`select ${[
        [1, 2],
        [3, 4],
      ]}::int[] as a, ${[[['a', null]], [['"', '\\']]]}::text[] as b, ${[[], []]}::text[] as c`,
  ),

  'nested lists of unequal length cause an error of PostgreSQL': same(({ sql, failure }) =>
    failure('22P02', () => sql`select ${[[1], [2, 3]]}::int[]`),
  ),

  'values without a cast have the type inferred from the statement': same(async ({ sql }) => [
    await sql`insert into author (name, email, born, meta) values (${'n'}, ${null}, ${'2000-01-31'}, ${{ x: [1] }}) returning *`,
    await sql`update book set price = ${'1.10'}, tags = ${['x y', 'z']}, published = ${'2001-02-03 04:05:06'} where id = ${1} returning *`,
    await sql`select ${'a'} || ${'b'} as a, ${1} + 1 as b, coalesce(${null}, ${'x'}) as c, ${5} = any(array[5]) as d`,
  ]),

  'a parameter without an inferable type is text': same(({ sql, full }) =>
    full(sql.query('select $1 as a, $2 as b', ['x', 5], { fullResults: true })),
  ),

  'a value that is invalid for its type': same(async ({ sql, failure }) => [
    await failure('22P02', () => sql`select ${'x'}::int`),
    await failure('22P02', () => sql`select ${'{'}::jsonb`),
    await failure('22007', () => sql`select ${'yesterdayish'}::date`),
    await failure('22P02', () => sql`select ${'nope'}::mood`),
    await failure('23514', () => sql`select ${-1}::positive`),
  ]),
}
