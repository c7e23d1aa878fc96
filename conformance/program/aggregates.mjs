// count, aggregate and groupBy.
import { op } from '../lib/operations.mjs'

export default [
  op('count', async ({ prisma }) => [
    await prisma.post.count(),
    await prisma.post.count({ where: { views: 10 } }),
    await prisma.post.count({ select: true }),
    await prisma.post.count({ select: { _all: true, body: true, rating: true, reviewerId: true } }),
    await prisma.post.count({ take: 3, skip: 1, orderBy: { id: 'asc' } }),
    await prisma.post.count({ cursor: { id: 3 }, orderBy: { id: 'asc' } }),
    await prisma.post.count({ where: { author: { name: 'Ada' } } }),
    await prisma.post.count({ where: { id: -1 } }),
    await prisma.post.count({ take: -2, orderBy: { id: 'asc' } }),
  ]),
  op('aggregate of everything', ({ prisma }) =>
    prisma.sale.aggregate({
      _count: { _all: true, product: true, big: true },
      _sum: { price: true, cost: true, id: true },
      _avg: { price: true, cost: true, amount: true, big: true },
      _min: { region: true, amount: true, price: true, cost: true, big: true, day: true, color: true },
      _max: { region: true, amount: true, price: true, cost: true, big: true, day: true, color: true },
    }),
  ),
  op('sum of ints beyond 32 bits', ({ prisma }) => prisma.sale.aggregate({ _sum: { amount: true } })),
  op('sum of bigints beyond 64 bits', async ({ prisma, sql, outcome }) => {
    await sql('update "Sale" set big = 9223372036854775807')
    return outcome(() => prisma.sale.aggregate({ _sum: { big: true }, _avg: { big: true } }))
  }),
  op('aggregate of nothing', ({ prisma }) =>
    prisma.sale.aggregate({
      where: { id: -1 },
      _count: true,
      _sum: { amount: true, cost: true, big: true, price: true },
      _avg: { amount: true, cost: true },
      _min: { day: true },
      _max: { region: true },
    }),
  ),
  op('aggregate of NULLs only', ({ prisma }) =>
    prisma.sale.aggregate({
      where: { big: null },
      _count: { big: true, _all: true },
      _sum: { big: true },
      _avg: { big: true },
      _min: { big: true },
      _max: { big: true },
    }),
  ),
  op('aggregate of a page', async ({ prisma }) => [
    await prisma.sale.aggregate({ orderBy: { id: 'asc' }, skip: 1, take: 3, _sum: { amount: true }, _count: true }),
    await prisma.sale.aggregate({
      orderBy: { id: 'asc' },
      cursor: { id: 3 },
      _min: { id: true },
      _count: { _all: true },
    }),
    await prisma.sale.aggregate({
      where: { region: { in: ['north', 'south'] } },
      orderBy: { amount: 'desc' },
      take: 2,
      _avg: { price: true },
    }),
  ]),
  op('averages keep their digits', ({ prisma }) =>
    prisma.sale.aggregate({
      where: { id: { in: [1, 2, 3] } },
      _avg: { amount: true, price: true, cost: true },
      _sum: { price: true, cost: true },
    }),
  ),
  op('average of decimals with NaN', async ({ prisma, sql, outcome }) => {
    await sql(`update "Scalar" set wide = 'NaN' where id = 1`)
    return outcome(() =>
      prisma.scalar.aggregate({
        _sum: { wide: true },
        _avg: { wide: true },
        _max: { wide: true },
        _min: { wide: true },
      }),
    )
  }),
  op('group by one column', ({ prisma }) =>
    prisma.sale.groupBy({
      by: ['region'],
      _count: true,
      _sum: { amount: true },
      _avg: { price: true },
      orderBy: { region: 'asc' },
    }),
  ),
  op('group by several columns with nulls', ({ prisma }) =>
    prisma.sale.groupBy({
      by: ['color', 'product'],
      _count: { _all: true, big: true },
      _max: { day: true, cost: true },
      orderBy: [{ color: 'asc' }, { product: { sort: 'desc', nulls: 'last' } }],
    }),
  ),
  op('group by each type', async ({ prisma }) => {
    const results = []
    for (const by of ['cost', 'day', 'big', 'price', 'ok', 'amount'])
      results.push(await prisma.sale.groupBy({ by: [by], _count: true, orderBy: { [by]: 'asc' } }))
    return results
  }),
  op('group by bytes and lists', async ({ prisma }) => [
    await prisma.comment.groupBy({ by: ['bytes'], _count: true, orderBy: { bytes: 'asc' } }),
    await prisma.user.groupBy({ by: ['tags'], _count: true, orderBy: { tags: 'asc' } }),
  ]),
  op('having', async ({ prisma }) => [
    await prisma.sale.groupBy({
      by: ['region'],
      having: { amount: { _sum: { gt: 30 } } },
      _sum: { amount: true },
      orderBy: { region: 'asc' },
    }),
    await prisma.sale.groupBy({
      by: ['region'],
      having: { region: { contains: 'o' }, price: { _avg: { lt: 2 } } },
      orderBy: { region: 'asc' },
    }),
    await prisma.sale.groupBy({
      by: ['region'],
      having: { OR: [{ amount: { _max: { gte: 40 } } }, { id: { _count: { equals: 1 } } }] },
      _count: true,
      orderBy: { region: 'asc' },
    }),
    await prisma.sale.groupBy({
      by: ['product'],
      having: { NOT: { cost: { _min: { lt: 0 } } } },
      _min: { cost: true },
      orderBy: { product: 'asc' },
    }),
    await prisma.sale.groupBy({
      by: ['region', 'ok'],
      having: { AND: [{ ok: { not: null } }, { amount: { _sum: { in: [30, 10, 20] } } }] },
      orderBy: [{ region: 'asc' }, { ok: 'asc' }],
    }),
  ]),
  op('order by aggregates and pages', async ({ prisma }) => [
    await prisma.sale.groupBy({ by: ['region'], orderBy: [{ _sum: { amount: 'desc' } }, { region: 'asc' }], take: 2 }),
    await prisma.sale.groupBy({
      by: ['region'],
      orderBy: [{ _count: { id: 'asc' } }, { region: 'asc' }],
      skip: 1,
      _count: { id: true },
    }),
    await prisma.sale.groupBy({
      by: ['region'],
      where: { amount: { gt: 0 } },
      orderBy: { _avg: { price: 'asc' } },
      take: 1,
      skip: 1,
      _avg: { price: true },
    }),
    await prisma.sale.groupBy({ by: ['region'], where: { id: -1 }, orderBy: { region: 'asc' } }),
  ]),
  op('group by with a relation filter', ({ prisma }) =>
    prisma.post.groupBy({
      by: ['authorId'],
      where: { author: { age: { gt: 30 } }, comments: { some: {} } },
      _count: { _all: true },
      _sum: { views: true, rating: true },
      orderBy: { authorId: 'asc' },
    }),
  ),
  op('mapped models', async ({ prisma }) => [
    await prisma.invoice.groupBy({
      by: ['year'],
      _sum: { total: true },
      _count: { accountId: true },
      orderBy: { year: 'asc' },
    }),
    await prisma.account.count({ select: { fullName: true, _all: true } }),
    await prisma.account.aggregate({ _min: { fullName: true, createdAt: true } }),
  ]),
]
