// Cursors, skip and take, order and distinct.
import { op, relational } from '../lib/operations.mjs'

const asc = { id: 'asc' }
const pages =
  (model, list) =>
  async ({ prisma }) => {
    const results = []
    for (const args of list)
      results.push((await prisma[model].findMany({ select: { id: true }, ...args })).map((row) => row.id ?? row))
    return results
  }

export default [
  op(
    'skip and take',
    pages('post', [
      { orderBy: asc, take: 3 },
      { orderBy: asc, skip: 2 },
      { orderBy: asc, skip: 2, take: 2 },
      { orderBy: asc, skip: 100 },
      { orderBy: asc, take: 0 },
      { orderBy: asc, take: -2 },
      { orderBy: asc, take: -2, skip: 1 },
      { orderBy: { id: 'desc' }, take: -3 },
    ]),
  ),
  op(
    'cursor forward and back',
    pages('post', [
      { orderBy: asc, cursor: { id: 3 } },
      { orderBy: asc, cursor: { id: 3 }, take: 2 },
      { orderBy: asc, cursor: { id: 3 }, skip: 1, take: 2 },
      { orderBy: asc, cursor: { id: 3 }, take: -2 },
      { orderBy: asc, cursor: { id: 3 }, take: -2, skip: 1 },
      { orderBy: { id: 'desc' }, cursor: { id: 3 }, take: 2 },
      { orderBy: asc, cursor: { id: 99 } },
    ]),
  ),
  op(
    'cursor with ties in the order',
    pages('post', [
      { orderBy: [{ views: 'asc' }, asc], cursor: { id: 4 }, take: 3 },
      { orderBy: [{ views: 'desc' }, asc], cursor: { id: 4 }, skip: 1 },
      { orderBy: [{ createdAt: 'asc' }, asc], cursor: { id: 4 }, take: -2 },
      { orderBy: [{ published: 'desc' }, { views: 'asc' }, asc], cursor: { id: 7 } },
    ]),
  ),
  op(
    'cursor over nullable columns',
    pages('post', [
      { orderBy: [{ reviewerId: 'asc' }, asc], cursor: { id: 2 } },
      { orderBy: [{ reviewerId: { sort: 'asc', nulls: 'first' } }, asc], cursor: { id: 1 } },
      { orderBy: [{ rating: 'desc' }, asc], cursor: { id: 1 }, take: 2 },
      { orderBy: [{ reviewerId: { sort: 'desc', nulls: 'last' } }, asc], cursor: { id: 6 }, take: -2 },
    ]),
  ),
  op(
    'cursor on a composite key and with a filter',
    pages('post', [
      { orderBy: asc, cursor: { authorId_title: { authorId: 1, title: 'Gamma ray' } } },
      { orderBy: asc, where: { views: { gt: 5 } }, cursor: { id: 3 }, take: 2 },
      { orderBy: asc, where: { views: 10 }, cursor: { id: 3 } },
    ]),
  ),
  op('cursor on a composite id', ({ prisma }) =>
    prisma.invoice.findMany({
      orderBy: [{ year: 'asc' }, { number: 'asc' }],
      cursor: { key: { year: 2023, number: 2 } },
    }),
  ),
  op(
    'cursor over an order by relation',
    pages('post', [
      { orderBy: [{ author: { name: 'asc' } }, asc], cursor: { id: 4 } },
      { orderBy: [{ author: { age: 'desc' } }, asc], cursor: { id: 2 }, take: 3 },
    ]),
  ),
  op(
    'cursor over an order by count',
    pages('user', [{ orderBy: [{ posts: { _count: 'desc' } }, asc], cursor: { id: 2 }, take: 3 }]),
  ),
  relational('cursor with include', ({ prisma }) =>
    prisma.post.findMany({
      orderBy: asc,
      cursor: { id: 3 },
      take: 2,
      skip: 1,
      include: {
        comments: { orderBy: asc, cursor: { id: 6 }, take: 1 },
        categories: { orderBy: { name: 'asc' }, take: 1 },
      },
    }),
  ),
  relational('nested pages backwards', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: { id: 'desc' },
      take: -2,
      include: { posts: { orderBy: asc, take: -1, include: { comments: { orderBy: asc, take: -2, skip: 1 } } } },
    }),
  ),
  op('walking through all pages', async ({ prisma }) => {
    const seen = []
    for (let cursor; ;) {
      const page = await prisma.bulk.findMany({
        orderBy: [{ n: 'asc' }, asc],
        take: 17,
        select: { id: true },
        ...(cursor && { cursor: { id: cursor }, skip: 1 }),
      })
      if (page.length === 0) return seen
      seen.push(page.map((row) => row.id))
      cursor = page.at(-1).id
    }
  }),
  op(
    'order by several columns and nulls',
    pages(
      'user',
      [
        { orderBy: [{ name: { sort: 'asc', nulls: 'first' } }, asc] },
        { orderBy: [{ name: { sort: 'desc', nulls: 'last' } }, asc] },
        { orderBy: [{ age: 'desc' }, { name: 'asc' }, asc] },
        { orderBy: [{ score: 'asc' }, asc] },
        { orderBy: [] },
      ].slice(0, 4),
    ),
  ),
  op(
    'distinct',
    async ({ prisma }) => [
      await prisma.post.findMany({
        distinct: ['views'],
        orderBy: [{ views: 'asc' }, asc],
        select: { id: true, views: true },
      }),
      await prisma.post.findMany({ distinct: 'published', orderBy: [{ published: 'asc' }, asc] }),
      await prisma.post.findMany({
        distinct: ['authorId', 'published'],
        orderBy: [{ authorId: 'asc' }, { published: 'asc' }, asc],
        select: { id: true },
      }),
      await prisma.user.findMany({
        distinct: ['name'],
        orderBy: [{ name: 'asc' }, asc],
        select: { id: true, name: true },
      }),
      await prisma.sale.findMany({
        distinct: ['cost'],
        orderBy: [{ cost: 'asc' }, asc],
        select: { id: true, cost: true },
      }),
      await prisma.comment.findMany({
        distinct: ['bytes', 'userId'],
        orderBy: [{ bytes: 'asc' }, { userId: 'asc' }, asc],
        select: { id: true },
      }),
      await prisma.user.findMany({ distinct: ['tags'], orderBy: [{ tags: 'asc' }, asc], select: { id: true } }),
      await prisma.sale.findMany({
        distinct: ['day', 'color'],
        orderBy: [{ day: 'asc' }, { color: 'asc' }, asc],
        select: { id: true },
      }),
    ],
    { variants: ['query', 'join'] },
  ),
  op('distinct in another order than the distinct columns', ({ prisma }) =>
    prisma.post.findMany({
      distinct: ['views'],
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      select: { id: true, views: true },
    }),
  ),
  op(
    'distinct with pages',
    async ({ prisma }) => [
      await prisma.bulk.findMany({ distinct: ['n'], orderBy: [{ n: 'asc' }, asc], take: 3, skip: 2 }),
      await prisma.bulk.findMany({ distinct: ['n'], orderBy: [{ n: 'asc' }, asc], cursor: { id: 5 }, take: 2 }),
      await prisma.bulk.findMany({ distinct: ['n'], orderBy: [{ n: 'asc' }, asc], take: -2 }),
      await prisma.bulk.findFirst({ distinct: ['n'], orderBy: [{ n: 'desc' }, asc] }),
    ],
    { variants: ['query', 'join'] },
  ),
  relational('distinct, skip and take of children', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        id: true,
        posts: {
          distinct: ['views'],
          orderBy: [{ views: 'asc' }, asc],
          skip: 1,
          take: 2,
          select: { id: true, views: true },
        },
      },
    }),
  ),
  relational('distinct of many to many children', ({ prisma }) =>
    prisma.post.findMany({
      orderBy: asc,
      select: {
        id: true,
        categories: { distinct: ['color'], orderBy: [{ color: 'asc' }, asc], select: { id: true, color: true } },
      },
    }),
  ),
  relational('distinct parents with children', ({ prisma }) =>
    prisma.post.findMany({
      distinct: ['authorId'],
      orderBy: [{ authorId: 'asc' }, asc],
      include: { author: { include: { posts: { distinct: ['published'], orderBy: [{ published: 'asc' }, asc] } } } },
    }),
  ),
  op('cursors on dates, bigints and bytes', async ({ prisma }) => [
    await prisma.keyedByDate.findMany({ cursor: { id: new Date('2024-01-01T00:00:00Z') }, orderBy: asc, skip: 1 }),
    await prisma.keyedByBig.findMany({ cursor: { id: 9007199254740993n }, orderBy: asc }),
    await prisma.keyedByBytes.findMany({ cursor: { id: Buffer.from([0]) }, orderBy: asc }),
    await prisma.keyedByDec.findMany({ cursor: { id: '1.1' }, orderBy: asc }),
  ]),
]
