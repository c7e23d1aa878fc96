// Scalar lists.
import { op } from '../lib/operations.mjs'

const AWKWARD = [
  '',
  ' ',
  'a,b',
  '"',
  "'",
  '\\',
  '\\"',
  '{',
  '}',
  '{}',
  'NULL',
  'null',
  'a\nb',
  '😀',
  '$1',
  '?',
  'é"\\{,}',
  '(x)',
  '[1]',
]
const dates = ['0001-01-01T00:00:00Z', '2024-05-06T07:08:09.123Z', '9999-12-31T23:59:59.999Z'].map(
  (text) => new Date(text),
)

/** Creates, finds by equality and replaces a list. */
function roundTrips(field, lists) {
  return async ({ prisma, sql }) => {
    const results = []
    for (const [index, list] of lists.entries()) {
      const id = 100 + index
      results.push(await prisma.list.create({ data: { id, [field]: list }, select: { [field]: true } }))
      results.push(
        await prisma.list.findMany({
          where: { [field]: { equals: list } },
          select: { id: true, [field]: true },
          orderBy: { id: 'asc' },
        }),
      )
      results.push(
        await prisma.list.update({ where: { id: 1 }, data: { [field]: { set: list } }, select: { [field]: true } }),
      )
      results.push(await sql(`select "${field}"::text from "List" where id = $1`, [id]))
    }
    return results
  }
}

export default [
  op('all lists of all rows', ({ prisma }) => prisma.list.findMany({ orderBy: { id: 'asc' } }), {
    flawed: {
      engine5: 'the adapter cannot tell nulls or NaN in lists',
      engine6: 'the adapter cannot tell nulls or NaN in lists',
    },
  }),
  op(
    'strings',
    roundTrips('str', [[], ['one'], AWKWARD, ['NULL'], [''], Array.from({ length: 3000 }, (_, i) => `item ${i}`)]),
  ),
  op('ints', roundTrips('int', [[], [0], [2147483647, -2147483648, 0, 0]])),
  op('bigints', roundTrips('big', [[], [9223372036854775807n, -9223372036854775808n, 9007199254740993n], [1, 2]])),
  op('floats', roundTrips('float', [[], [0, -0, 1.5, 1e300, 5e-324, 0.1]])),
  op(
    'decimals',
    roundTrips('dec', [[], ['1.10', '-0.000000000000000000000000000001', '99999999999999999999999999999999999', '0']]),
  ),
  op('booleans', roundTrips('bool', [[], [true, false, true]])),
  op('dates', roundTrips('date', [[], dates, [dates[0]]])),
  op('bytes', roundTrips('bytes', [[], [new Uint8Array(), Buffer.from([0, 255]), Buffer.from('\\x"{},')]]), {
    flawed: { executor7: 'it writes the base64 text of bytes in lists' },
  }),
  op(
    'json',
    async ({ prisma, sql }) => {
      const list = [{ a: [1, { b: null }] }, [], 'text "quoted" \\ {}', 1.5, true, null, '', { $type: 'x' }]
      const created = await prisma.list.create({ data: { id: 100, json: list }, select: { json: true } })
      const updated = await prisma.list.update({
        where: { id: 1 },
        data: { json: { push: { pushed: ['x', '"'] } } },
        select: { json: true },
      })
      return [created, updated, await sql('select json::text from "List" where id in (1, 100) order by id')]
    },
    { flawed: { engine5: 'the adapter loses the text of JSON that JavaScript cannot hold' } },
  ),
  op(
    'json push of several',
    async ({ prisma }) =>
      prisma.list.update({ where: { id: 1 }, data: { json: { push: [{ a: 1 }, { b: 2 }] } }, select: { json: true } }),
    { flawed: { engine5: 'the adapter cannot tell nulls or NaN in lists' } },
  ),
  op('enums', roundTrips('color', [[], ['RED'], ['BLUE', 'GREEN', 'BLUE']])),
  op('mapped enums', roundTrips('role', [[], ['ADMIN', 'EDITOR', 'visitor']])),
  op('defaults', async ({ prisma }) => [
    await prisma.listDefault.create({ data: { id: 1 } }),
    await prisma.listDefault.create({ data: { id: 2, str: [], int: { set: [] } } }),
    await prisma.listDefault.createManyAndReturn({ data: [{ id: 3 }, { id: 4, color: ['GREEN'] }] }),
  ]),
  op(
    'push one and many',
    async ({ prisma }) => [
      await prisma.list.update({
        where: { id: 1 },
        data: {
          str: { push: 'x"y' },
          int: { push: [4, 5] },
          big: { push: 6n },
          dec: { push: '1.5' },
          bool: { push: false },
          color: { push: 'GREEN' },
          role: { push: ['EDITOR'] },
        },
      }),
      await prisma.list.update({
        where: { id: 2 },
        data: { str: { push: [] }, float: { push: 1.25 }, date: { push: dates[1] }, bytes: { push: Buffer.from([1]) } },
      }),
      await prisma.list.update({ where: { id: 3 }, data: { str: { push: 'onto NULL' }, int: { push: [1] } } }),
    ],
    { flawed: { engine5: 'the adapter cannot tell nulls or NaN in lists' } },
  ),
  op(
    'set to empty',
    ({ prisma }) => prisma.list.update({ where: { id: 1 }, data: { str: [], int: { set: [] }, color: [] } }),
    { flawed: { engine5: 'the adapter cannot tell nulls or NaN in lists' } },
  ),
  op('updateMany with push and set', async ({ prisma }) => [
    await prisma.list.updateMany({ where: { id: { lt: 3 } }, data: { str: { push: 'p' }, int: { set: [9] } } }),
    await prisma.list.findMany({ select: { id: true, str: true, int: true }, orderBy: { id: 'asc' } }),
  ]),
  op(
    'NULL elements set by SQL',
    async ({ prisma, sql, outcome }) => {
      await sql(
        `update "List" set str = '{a,NULL,"NULL"}', int = '{1,NULL}', date = '{NULL,2024-01-01}', color = '{NULL,RED}', bool = '{NULL}', dec='{NULL,1}', bytes='{NULL}', json='{NULL}' where id = 1`,
      )
      const results = []
      for (const field of ['str', 'int', 'date', 'bool', 'dec', 'bytes', 'json']) {
        results.push(await outcome(() => prisma.list.findUnique({ where: { id: 1 }, select: { [field]: true } })))
      }
      return results
    },
    {
      expectDifference:
        'a NULL element makes the official executor answer P2023, or 500 for dates; Hasten answers null or a coded error',
      expect: ({ error, value }) => {
        if (error) throw error
        for (const item of value) {
          const elements = item instanceof Error ? null : Object.values(item)[0]
          if (!(item instanceof Error && /^P2\d{3}$/.test(item.code)) && !elements?.includes(null))
            throw new Error(`NULL element lost: ${item.message ?? JSON.stringify(item)}`)
        }
      },
    },
  ),
  op('multi-dimensional arrays set by SQL', async ({ prisma, sql, outcome }) => {
    await sql(`update "List" set str = '{{a,b},{c,d}}' where id = 1`)
    return outcome(() => prisma.list.findUnique({ where: { id: 1 }, select: { str: true } }))
  }),
  op('arrays with other lower bounds set by SQL', async ({ prisma, sql }) => {
    await sql(`update "List" set str = '[5:6]={a,b}', int = '[0:1]={1,2}' where id = 1`)
    return prisma.list.findUnique({ where: { id: 1 }, select: { str: true, int: true } })
  }),
  op('filter has', async ({ prisma }) => {
    const ids = (where) => prisma.list.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })
    return [
      await ids({ str: { has: 'a' } }),
      await ids({ int: { has: 3 } }),
      await ids({ big: { has: 9007199254740993n } }),
      await ids({ float: { has: -0.5 } }),
      await ids({ dec: { has: '1.1' } }),
      await ids({ bool: { has: false } }),
      await ids({ date: { has: new Date('2024-01-02T03:04:05.678Z') } }),
      await ids({ bytes: { has: Buffer.from([1]) } }),
      await ids({ color: { has: 'BLUE' } }),
      await ids({ role: { has: 'visitor' } }),
      await ids({ str: { has: null } }),
    ]
  }),
  op('filter hasEvery, hasSome, isEmpty, equals', async ({ prisma }) => {
    const ids = (where) => prisma.list.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })
    return [
      await ids({ str: { hasEvery: ['a', 'c'] } }),
      await ids({ str: { hasSome: ['c', 'zzz'] } }),
      await ids({ str: { hasEvery: [] } }),
      await ids({ str: { hasSome: [] } }),
      await ids({ str: { isEmpty: true } }),
      await ids({ str: { isEmpty: false } }),
      await ids({ str: { equals: ['a', 'b', 'c'] } }),
      await ids({ str: { equals: null } }),
      await ids({ NOT: { int: { has: 3 } } }),
      await ids({ AND: [{ int: { hasSome: [1, 2] } }, { int: { isEmpty: false } }] }),
      await ids({ role: { hasEvery: ['ADMIN', 'visitor'] } }),
      await ids({ dec: { hasSome: ['2', '0'] } }),
      await ids({ color: { equals: [] } }),
    ]
  }),
  op('order by a list', ({ prisma }) =>
    prisma.list.findMany({ orderBy: [{ str: 'desc' }, { id: 'asc' }], select: { id: true, str: true } }),
  ),
]
