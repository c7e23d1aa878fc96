// JSON values, null kinds and path filters.
import { op } from '../lib/operations.mjs'

const ids = (prisma, where) => prisma.scalar.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })
const nest = (depth) => Array.from({ length: depth }).reduce((inner) => ({ in: [inner] }), 'core')

const VALUES = [
  {},
  [],
  '',
  'text',
  0,
  -0,
  1.5,
  1e21,
  1e-7,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  9007199254740993,
  true,
  false,
  { z: 1, a: 2, 10: 3, 2: 4, '': 5 },
  [null, [null], { a: null }],
  { 'key "with" \\ and \n': "va'lue" },
  '😀 \ud83d\ude00 \u0001 \u2028',
  { $type: 'DateTime', value: '2024-01-01' },
  { $type: 'Json', value: '1' },
  { prisma__type: 'param', prisma__value: { name: 'x' } },
  '2024-01-01T00:00:00.000Z',
  { constructor: 1, toString: 2 },
  Array.from({ length: 5000 }, (_, i) => ({ i })),
]

export default [
  op('round trips', async ({ prisma, sql }) => {
    const results = []
    for (const [index, json] of VALUES.entries()) {
      await prisma.scalar.create({ data: { id: 100 + index, json }, select: { id: true } })
      results.push(await prisma.scalar.findUnique({ where: { id: 100 + index }, select: { json: true } }))
      results.push(await prisma.scalar.count({ where: { json: { equals: json } } }))
    }
    return [results, await sql('select id, json::text from "Scalar" where id >= 100 order by id')]
  }),
  op(
    'a deeply nested value',
    ({ prisma }) => prisma.scalar.create({ data: { id: 100, json: nest(200) }, select: { json: true } }),
    {
      flawed: {
        engine5: 'the engine’s JSON parser does not go that deep',
        engine6: 'the engine’s JSON parser does not go that deep',
        client6: 'the engine’s JSON parser does not go that deep',
      },
    },
  ),
  op('dates, bigints and instances inside JSON', async ({ prisma, Prisma }) =>
    prisma.scalar.create({
      data: {
        id: 100,
        json: {
          date: new Date('2024-01-01T00:00:00Z'),
          decimal: new Prisma.Decimal('1.50'),
          undef: undefined,
          list: [new Date(0)],
        },
      },
      select: { json: true },
    }),
  ),
  op('toJSON of own classes', ({ prisma }) =>
    prisma.scalar.create({
      data: { id: 100, json: { own: { toJSON: () => ({ as: 'told' }) } } },
      select: { json: true },
    }),
  ),
  op('bytes inside JSON', ({ prisma }) =>
    prisma.scalar.create({ data: { id: 100, json: { bytes: new Uint8Array([1, 2, 3]) } }, select: { json: true } }),
  ),
  op(
    'numbers beyond double set by SQL',
    async ({ prisma, sql }) => {
      await sql(
        `update "Scalar" set json = '{"big": 12345678901234567890123, "precise": 0.1000000000000000055511151231257827, "exp": 1e400, "neg": -0, "tiny": 1e-400, "int": 9007199254740993}' where id = 1`,
      )
      return prisma.scalar.findUnique({ where: { id: 1 }, select: { json: true } })
    },
    {
      flawed: {
        engine5: 'the adapter loses the text of JSON that JavaScript cannot hold',
        engine6: 'the adapter loses the text of JSON that JavaScript cannot hold',
      },
    },
  ),
  op('text form of the json type is kept by the server', async ({ prisma, sql }) => {
    await sql(
      `insert into "Native" (id, json) values (1, '  {"b":1,   "a":2, "a":3, "n":1.0}'), (2, '"\\u00e9\\ud83d\\ude00 \\/"'), (3, 'null'), (4, NULL)`,
    )
    return prisma.native.findMany({ select: { id: true, json: true }, orderBy: { id: 'asc' } })
  }),
  op('null kinds on write', async ({ prisma, Prisma, sql }) => {
    await prisma.scalar.create({ data: { id: 100, json: Prisma.JsonNull } })
    await prisma.scalar.create({ data: { id: 101, json: Prisma.DbNull } })
    await prisma.scalar.create({ data: { id: 102 } })
    await prisma.scalar.update({ where: { id: 1 }, data: { json: Prisma.JsonNull } })
    await prisma.scalar.update({ where: { id: 2 }, data: { json: Prisma.DbNull } })
    return [
      await prisma.scalar.findMany({ select: { id: true, json: true }, orderBy: { id: 'asc' } }),
      await sql('select id, json::text from "Scalar" order by id'),
    ]
  }),
  op('null kinds in filters', async ({ prisma, Prisma }) => [
    await ids(prisma, { json: { equals: Prisma.JsonNull } }),
    await ids(prisma, { json: { equals: Prisma.DbNull } }),
    await ids(prisma, { json: { equals: Prisma.AnyNull } }),
    await ids(prisma, { json: { not: Prisma.JsonNull } }),
    await ids(prisma, { json: { not: Prisma.DbNull } }),
    await ids(prisma, { json: { not: Prisma.AnyNull } }),
    await ids(prisma, { json: { path: ['n'], equals: Prisma.JsonNull } }),
    await ids(prisma, { json: { path: ['n'], equals: Prisma.DbNull } }),
    await ids(prisma, { json: { path: ['n'], equals: Prisma.AnyNull } }),
  ]),
  op('null inside JSON', async ({ prisma, Prisma }) =>
    prisma.scalar.create({ data: { id: 100, json: { a: null, b: [null] } }, select: { json: true } }),
  ),
  op('equals and not', async ({ prisma }) => [
    await ids(prisma, { json: { equals: [] } }),
    await ids(prisma, { json: { equals: { a: 1 } } }),
    await ids(prisma, { json: { not: [] } }),
    await ids(prisma, { json: { equals: { t: true, n: null, s: 'str', b: { c: [1, 2, 3] }, a: 1 } } }),
  ]),
  op('path equals', async ({ prisma }) => [
    await ids(prisma, { json: { path: ['a'], equals: 1 } }),
    await ids(prisma, { json: { path: ['a'], equals: '1' } }),
    await ids(prisma, { json: { path: ['b', 'c'], equals: [1, 2, 3] } }),
    await ids(prisma, { json: { path: ['b', 'c', '1'], equals: 2 } }),
    await ids(prisma, { json: { path: ['b', 'c', '-1'], equals: 3 } }),
    await ids(prisma, { json: { path: ['t'], equals: true } }),
    await ids(prisma, { json: { path: [], equals: [] } }),
    await ids(prisma, { json: { path: ['a'], not: 1 } }),
    await ids(prisma, { NOT: { json: { path: ['a'], equals: 1 } } }),
    await ids(prisma, { json: { path: ['no', 'such'], equals: 1 } }),
  ]),
  op('path comparisons', async ({ prisma }) => [
    await ids(prisma, { json: { path: ['a'], gt: 1 } }),
    await ids(prisma, { json: { path: ['a'], gte: 1 } }),
    await ids(prisma, { json: { path: ['a'], lt: 2 } }),
    await ids(prisma, { json: { path: ['a'], lte: 1.5 } }),
    await ids(prisma, { json: { path: ['s'], gt: 'a' } }),
    await ids(prisma, { json: { path: ['a'], gt: 0, lt: 2 } }),
  ]),
  op(
    'path string filters',
    async ({ prisma }) => [
      await ids(prisma, { json: { path: ['s'], string_contains: 'tr' } }),
      await ids(prisma, { json: { path: ['s'], string_starts_with: 'STR' } }),
      await ids(prisma, { json: { path: ['s'], string_ends_with: 'r' } }),
      await ids(prisma, { json: { path: ['s'], string_contains: 'STR', mode: 'insensitive' } }),
      await ids(prisma, { json: { path: ['s'], string_starts_with: 'str', mode: 'insensitive' } }),
      await ids(prisma, { json: { path: ['s'], string_contains: '%' } }),
      await ids(prisma, { json: { path: ['a'], string_contains: '1' } }),
    ],
    { since: 6 },
  ),
  op('path array filters', async ({ prisma }) => [
    await ids(prisma, { json: { path: ['b', 'c'], array_contains: [1, 3] } }),
    await ids(prisma, { json: { path: ['b', 'c'], array_contains: 1 } }),
    await ids(prisma, { json: { path: ['b', 'c'], array_contains: [] } }),
    await ids(prisma, { json: { path: ['b', 'c'], array_starts_with: 1 } }),
    await ids(prisma, { json: { path: ['arr'], array_ends_with: 'y' } }),
    await ids(prisma, { json: { array_contains: [] } }),
  ]),
  op('unicode and quotes in paths and values', async ({ prisma }) => {
    await prisma.scalar.update({
      where: { id: 1 },
      data: { json: { 'ключ "q" \\': { '😀': "it's" }, 'a.b': 1, '{x,y}': 2 } },
    })
    return [
      await ids(prisma, { json: { path: ['ключ "q" \\', '😀'], equals: "it's" } }),
      await ids(prisma, { json: { path: ['a.b'], equals: 1 } }),
      await ids(prisma, { json: { path: ['{x,y}'], equals: 2 } }),
    ]
  }),
  op('order by and distinct', async ({ prisma }) => [
    await prisma.scalar.findMany({ orderBy: [{ json: 'asc' }, { id: 'asc' }], select: { id: true, json: true } }),
    await prisma.profile.findMany({ distinct: ['meta'], orderBy: { id: 'asc' }, select: { id: true, meta: true } }),
  ]),
  op(
    'nested in a relation',
    ({ prisma }) =>
      prisma.user.findMany({ select: { id: true, profile: { select: { meta: true } } }, orderBy: { id: 'asc' } }),
    { variants: ['query', 'join'] },
  ),
  op('unpaired surrogate', async ({ prisma, outcome }) =>
    outcome(() => prisma.scalar.create({ data: { id: 100, json: 'a\ud800' }, select: { json: true } })),
  ),
  op('NUL character', async ({ prisma, outcome }) =>
    outcome(() => prisma.scalar.create({ data: { id: 100, json: 'a\u0000' }, select: { json: true } })),
  ),
]
