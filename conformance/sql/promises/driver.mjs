// The driver's templates, queries, options and results.
import assert from 'node:assert/strict'
import { DEPARTURES } from '../departures.mjs'
import { refused } from '../refusal.mjs'
import { same } from '../same.mjs'

export default {
  'a template': same(({ sql }) => sql`select 1 as one, 'two' as two, null as three`),

  'a template with values': same(
    ({ sql }) => sql`select id, name from author where id > ${1} and name <> ${'x'} order by id`,
  ),

  'templates within templates': same(({ sql }) => {
    const where = (id) => sql`where id = ${id} or name = ${'Ada'}`
    return sql`select id, ${'x'}::text as x from author ${where(2)} order by id limit ${5}`
  }),

  'raw parts of a template': same(
    ({ sql }) => sql`select ${sql.unsafe('id, name')} from ${sql.unsafe('author')} where id = ${1}`,
  ),

  'a query with placeholders': same(({ sql }) => sql.query('select $1::int + $2::int as sum, $3 as text', [1, 2, 'x'])),

  'a query without parameters': same(({ sql }) => sql.query('select id from author order by id')),

  'placeholders that are repeated and in any order': same(async ({ sql }) => [
    await sql.query('select $2::text as b, $1::text as a, $2::text || $1 as ba', ['a', 'b']),
    await sql.query('select $1::int as x where $1 = 1 or $1 is null', [1]),
    await sql.query('select id from item where ($1::text is null or label = $1) order by id', [null]),
    await sql.query('select $11 || $1 || $10 as kaj, $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9 as rest', [
      ...'abcdefghijk',
    ]),
  ]),

  'an omitted placeholder has no type': same(({ sql, failure }) =>
    failure('42P18', () => sql.query('select $2::int', [1, 2])),
  ),

  'too few parameters': same(
    ({ sql, failure }) => failure('08P01', () => sql.query('select $1::int, $2::int', [1])),
    DEPARTURES.noSourcePlace,
  ),

  'too many parameters': same(({ sql, failure }) =>
    Promise.all(
      ['select $1::int', 'select 1', "select '$1'"].map((query) => failure('08P01', () => sql.query(query, [1, 2]))),
    ),
    DEPARTURES.noSourcePlace,
  ),

  'rows as arrays': same(async ({ sql, neon }) => [
    await sql.query('select id, name, born from author order by id', [], { arrayMode: true }),
    await neon({ arrayMode: true })`select id, name from author order by id`,
    await neon({ arrayMode: true }).query('select id from author order by id', [], { arrayMode: false }),
  ]),

  'full results': same(({ sql, full }) =>
    full(sql.query('select id, name, born, meta, created_at from author order by id', [], { fullResults: true })),
  ),

  'full results with rows as arrays': same(({ neon, full }) =>
    full(neon({ arrayMode: true, fullResults: true })`select *, ctid from book order by id`),
  ),

  'fields of expressions, views, modifiers and types of the app': same(({ sql, full }) =>
    full(
      sql.query(
        `select 1 as a, 'x'::varchar(7) as b, 1.5::numeric(12, 3) as c, now()::timestamp(2) is null as d, '{}'::int[] as e,
           v.n as f, b.price, b.title, 'ok'::mood as g, 5::positive as h, row('a', 1, 'z')::place as i, array['ok'::mood] as j,
           b, 'x'::char(4) as k, interval '1' day as l, b'101'::bit(3) as m, 'x' as n, null as o, b.author_id::oid as p
         from plain_view v join book b on b.id = v.id order by b.id`,
        [],
        { fullResults: true },
      ),
    ),
  ),

  'names of fields as PostgreSQL returns them': same(({ sql, full }) =>
    full(
      sql.query(
        `select 1, 2 as "Mixed Case", 3 as "with ""quotes""", 4 as "漢字 ö", count(*), now() is null, 6 as "a.b",
           7 as "back\\slash", 8 as "line\nbreak", 9 as "constructor", 10 as "toString" from item`,
        [],
        { fullResults: true },
      ),
    ),
  ),

  'columns with the same name': same(async ({ sql, full }) => [
    await sql`select 1 as a, 2 as b, 3 as a`,
    await sql.query('select 1 as a, 2 as b, 3 as a', [], { arrayMode: true }),
    await full(
      sql.query('select a.id, b.id, a.* from author a, book b where a.id = 1 and b.id = 2', [], { fullResults: true }),
    ),
  ]),

  'column names that are numbers have the order of object keys': same(
    ({ sql }) => sql`select 'x' as b, 'y' as "2", 'z' as "1", 'w' as a`,
  ),

  'no columns': same(async ({ sql, full }) => [
    await full(sql.query('select from item', [], { fullResults: true })),
    await full(sql.query('select', [], { fullResults: true })),
    await sql.query('select from item', [], { arrayMode: true }),
  ]),

  'no rows': same(async ({ sql, full }) => [
    await sql`select id, name from author where false`,
    await full(sql.query('select id, name from author where false', [], { fullResults: true })),
  ]),

  'many rows and many columns': same(async ({ sql }) => [
    await sql`select i, i::text as t, i % 2 = 0 as b from generate_series(1, 10000) i`,
    await sql.query(`select ${Array.from({ length: 1600 }, (_, i) => `${i} as c${i}`).join(', ')}`),
  ]),

  'parsers of the app': same(async ({ sql }) => {
    const types = { getTypeParser: (oid, format) => (text) => `${oid} ${format ?? 'text'} ${typeof text} ${text}` }
    return [
      await sql.query(`select 1 as a, true as b, '{1,2}'::int[] as c, null as d, now() is null as e`, [], { types }),
      await sql.query(`select 1.5 as a, '\\x00ff'::bytea as b`, [], { types, arrayMode: true }),
    ]
  }),

  'an empty query': same(
    async ({ sql, full }) => [
      await full(sql.query('', [], { fullResults: true })),
      await full(sql.query('  \n ', [], { fullResults: true })),
      await full(sql.query('-- nothing', [], { fullResults: true })),
      await full(sql.query(';', [], { fullResults: true })),
      await sql.query(''),
    ],
    DEPARTURES.emptyCommand,
  ),

  'one statement with a semicolon, and several, which are rejected': same(async ({ sql, failure }) => [
    await sql.query('select 1 as a;'),
    await sql.query(' ; '),
    await sql.query('select 1 as a; -- and no more'),
    await failure('42601', () => sql.query('select 1; select 2')),
    await failure('42601', () => sql.query('select 1; insert into item values (9)', [])),
    await failure('42601', () => sql`insert into item values (${9}); select 1`),
    await failure('42601', () => sql.query('begin; insert into item values (9); commit')),
  ]),

  'comments, quotes and operators that look like placeholders': same(async ({ sql }) => [
    await sql.query(`select 'it''s $1' as a, $1::int as b, "name" as c from author where id = 1 -- $2`, [7]),
    await sql.query('/* $1 /* nested ? */ -- */ select $$ $1 ? $$ as a, $tag$ $$ $2 $tag$ as b'),
    await sql.query(
      `select E'\\'$1\\'' as a, U&'d\\0061t\\+000061' as b, '\\' as c, B'101' as d, x'ff' as e, N'x' as f`,
    ),
    await sql.query(
      `select meta ? 'rank' as a, meta ?| array['navy', 'x'] as b, meta ?& $1::text[] as c from author order by id`,
      [['tags', 'rank']],
    ),
    await sql.query(
      `select meta @? '$.tags[*] ? (@ == "math")' as a, meta @@ '$.rank == 1' as b from author order by id`,
    ),
    await sql.query(
      `select 'a' ~ '^[a?]$' as a, 1 <> 2 as b, @ -5 as c, |/ 16 as d, array[1] && array[$1::int] as e`,
      [1],
    ),
    await sql.query('select 1 as "$1", $1::text as "?"', ['x']),
    await sql`select 'a:b' as a, ':name' as b, '{"a": 1}'::jsonb -> 'a' as c, '${sql.unsafe('x')}' as d`,
  ]),

  'texts of every kind': same(async ({ sql }) => {
    const texts = [
      '',
      ' ',
      "it's",
      '"',
      '\\',
      '\\n',
      '\n\r\t\b\f\v',
      '\u0001\u001f\u007f',
      'ä漢字🎉👩‍👩‍👧',
      '\u2028\u2029\ufeff\uffff',
      'null',
      'NULL',
      '{}',
      '\\x00',
    ]
    return [
      await sql`select ${texts}::text[] as all`,
      ...(await Promise.all(texts.map((text) => sql`select ${text}::text as text, length(${text}) as n`))),
    ]
  }),

  'unpaired surrogates and NUL, which PostgreSQL does not support, are rejected': async (stage) => {
    for (const text of ['a\0b', 'a\ud800b', '\udc00']) {
      const attempts = [
        { query: 'select $1::text', params: [text] },
        { query: 'select $1::text[]', params: [[text]] },
        { query: `select '${text}'` },
        { queries: [{ query: 'insert into item values (50)' }, { query: 'select $1::text', params: [text] }] },
      ]
      for (const body of attempts) await refused(stage, body, 400)
    }
    assert.equal(await stage.added(), 0)
  },

  'a long statement and a long value': same(async ({ sql }) => {
    const list = Array.from({ length: 20_000 }, (_, i) => i).join(', ')
    const [{ n }] = await sql.query(`select count(*)::int as n from item where id in (${list})`)
    const text = 'ö"\\'.repeat(30_000)
    return [n, await sql`select md5(${text}::text) as md5, ${text}::text = ${text} as equal, ${text}::text as text`]
  }),

  'the maximum number of parameters, and one more': same(async ({ sql }) => {
    const query = (n) =>
      sql.query(`select ${Array.from({ length: n }, (_, i) => `$${i + 1}::int`).join('+')} as sum`, Array(n).fill(1))
    const [{ sum }] = await sql.query(
      `select count(*) as sum from unnest(array[${Array.from({ length: 65_535 }, (_, i) => `$${i + 1}`).join()}]) x`,
      Array(65_535).fill('1'),
    )
    const [few] = await query(500)
    return [sum, few]
  }),

  'more parameters than the protocol supports are rejected': async ({ candidate }) => {
    const text = `select 1 where '1' in (${Array.from({ length: 65_536 }, (_, i) => `$${i + 1}`).join()})`
    await assert.rejects(candidate.sql.query(text, Array(65_536).fill('1')), { name: 'NeonDbError' })
    assert.deepEqual(await candidate.sql`select 1 as one`, [{ one: 1 }])
  },

  'many concurrent queries': same(async ({ sql }) =>
    Promise.all(
      Array.from(
        { length: 100 },
        (_, i) => sql`select ${i}::int as i, ${`text ${i}`}::text as t, pg_sleep(0.001)::text as s`,
      ),
    ),
  ),
}
