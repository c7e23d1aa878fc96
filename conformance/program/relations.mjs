// Loading of relations, with one statement (join) or one per level (query).
import { op, relational } from '../lib/operations.mjs'

const asc = { id: 'asc' }

export default [
  relational('one to one', ({ prisma }) =>
    prisma.user.findMany({ orderBy: asc, include: { profile: { include: { badge: true } } } }),
  ),
  relational('one to one from the other side', ({ prisma }) =>
    prisma.badge.findMany({ orderBy: asc, include: { profile: { include: { user: true } } } }),
  ),
  relational('one to many', ({ prisma }) =>
    prisma.user.findMany({ orderBy: asc, include: { posts: { orderBy: asc } } }),
  ),
  relational('many to one', ({ prisma }) =>
    prisma.post.findMany({ orderBy: asc, include: { author: true, reviewer: true } }),
  ),
  relational('many to many', ({ prisma }) =>
    prisma.post.findMany({ orderBy: asc, select: { id: true, categories: { orderBy: asc } } }),
  ),
  relational('many to many from the other side', ({ prisma }) =>
    prisma.category.findMany({
      orderBy: asc,
      include: { posts: { orderBy: { id: 'desc' }, select: { title: true } } },
    }),
  ),
  relational('explicit many to many', ({ prisma }) =>
    prisma.team.findMany({
      orderBy: asc,
      include: { members: { orderBy: { userId: 'asc' }, include: { user: { select: { name: true } } } } },
    }),
  ),
  relational('self relations', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        id: true,
        manager: { select: { name: true, manager: { select: { name: true } } } },
        reports: { orderBy: asc, select: { id: true, reports: { orderBy: asc, select: { id: true } } } },
      },
    }),
  ),
  relational('many to many self relation', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        id: true,
        follows: { orderBy: asc, select: { id: true } },
        followers: { orderBy: asc, select: { id: true } },
      },
    }),
  ),
  relational('several columns and renamed ones', ({ prisma }) =>
    prisma.account.findMany({
      orderBy: asc,
      include: { invoices: { orderBy: [{ year: 'asc' }, { number: 'asc' }], include: { lines: { orderBy: asc } } } },
    }),
  ),
  relational('several columns from the child', ({ prisma }) =>
    prisma.line.findMany({ orderBy: asc, include: { invoice: { include: { account: true } } } }),
  ),
  relational('by a unique column that is no id', ({ prisma }) =>
    prisma.owner.findMany({
      orderBy: asc,
      include: { things: { orderBy: asc, include: { owner: true } }, required: true },
    }),
  ),
  relational('five levels', ({ prisma }) =>
    prisma.category.findMany({
      orderBy: asc,
      include: {
        posts: {
          orderBy: asc,
          include: {
            author: {
              include: {
                profile: { include: { badge: true } },
                posts: { orderBy: asc, include: { comments: { orderBy: asc, include: { user: true } } } },
              },
            },
          },
        },
      },
    }),
  ),
  relational('all scalar types through a relation', ({ prisma }) =>
    prisma.post.findMany({ orderBy: asc, include: { comments: { orderBy: asc } } }),
  ),
  relational('bigint keys', ({ prisma }) =>
    prisma.keyedByBig.findMany({ orderBy: asc, include: { items: { orderBy: asc, include: { key: true } } } }),
  ),
  relational(
    'lists of bigints',
    ({ prisma }) => prisma.keyedByBig.findMany({ orderBy: asc, select: { lists: { orderBy: asc, select: { bigs: true } } } }),
    { flawed: { 'executor7 join': 'it fails with 500', 'client6 join': 'it rounds them' } },
  ),
  relational('decimal keys', ({ prisma }) =>
    prisma.keyedByDec.findMany({ orderBy: asc, include: { items: { orderBy: asc, include: { key: true } } } }),
  ),
  relational('uuid keys', ({ prisma }) =>
    prisma.uuidKey.findMany({ orderBy: asc, include: { parent: true, children: true } }),
  ),
  relational('children limited, skipped and ordered per parent', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        id: true,
        posts: { orderBy: [{ views: 'desc' }, { id: 'asc' }], skip: 1, take: 1, select: { id: true, views: true } },
      },
    }),
  ),
  relational('children taken from the end', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: { id: true, posts: { orderBy: asc, take: -2, select: { id: true } } },
    }),
  ),
  relational('children with a cursor', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: { id: true, posts: { orderBy: asc, cursor: { id: 2 }, take: 2, skip: 1, select: { id: true } } },
    }),
  ),
  relational('many to many children limited', ({ prisma }) =>
    prisma.category.findMany({
      orderBy: asc,
      select: { id: true, posts: { orderBy: asc, take: 1, skip: 1, select: { id: true } } },
    }),
  ),
  relational('children of children limited', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      take: 2,
      select: {
        id: true,
        posts: {
          orderBy: { id: 'desc' },
          take: 2,
          select: { id: true, comments: { orderBy: asc, take: 1, select: { id: true } } },
        },
      },
    }),
  ),
  relational('distinct children', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: { id: true, posts: { distinct: ['views'], orderBy: asc, select: { id: true, views: true } } },
    }),
  ),
  relational('take 0', ({ prisma }) =>
    prisma.user.findMany({ orderBy: asc, take: 2, select: { id: true, posts: { take: 0 } } }),
  ),
  relational('counts of relations', ({ prisma }) =>
    prisma.user.findMany({ orderBy: asc, select: { id: true, _count: true } }),
  ),
  relational('filtered counts', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        id: true,
        _count: {
          select: { posts: { where: { views: { gt: 5 } } }, reviews: { where: { published: true } }, followers: true },
        },
      },
    }),
  ),
  relational('counts below includes', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      include: {
        posts: { orderBy: asc, include: { _count: { select: { comments: true, categories: true } } } },
        _count: { select: { posts: true } },
      },
    }),
  ),
  relational('order by relations', async ({ prisma }) => [
    await prisma.post.findMany({ orderBy: [{ author: { name: 'desc' } }, { id: 'asc' }], select: { id: true } }),
    await prisma.post.findMany({
      orderBy: [{ reviewer: { name: { sort: 'asc', nulls: 'first' } } }, { id: 'asc' }],
      select: { id: true },
    }),
    await prisma.user.findMany({ orderBy: [{ posts: { _count: 'desc' } }, { id: 'asc' }], select: { id: true } }),
    await prisma.user.findMany({
      orderBy: [{ profile: { badge: { label: 'asc' } } }, { id: 'asc' }],
      select: { id: true },
    }),
    await prisma.post.findMany({ orderBy: [{ categories: { _count: 'asc' } }, { id: 'desc' }], select: { id: true } }),
    await prisma.post.findMany({
      orderBy: [{ author: { posts: { _count: 'asc' } } }, { id: 'asc' }],
      select: { id: true },
    }),
  ]),
  relational('children ordered by their relations', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: { id: true, posts: { orderBy: [{ comments: { _count: 'desc' } }, { id: 'asc' }], select: { id: true } } },
    }),
  ),
  relational('select of relations only', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: asc,
      select: {
        posts: { orderBy: asc, select: { comments: { orderBy: asc, select: { user: { select: { email: true } } } } } },
      },
    }),
  ),
  relational('omit', async ({ prisma }) => [
    await prisma.user.findMany({ orderBy: asc, omit: { email: true, tags: true } }),
    await prisma.user.findFirst({
      orderBy: asc,
      omit: { id: true },
      include: { posts: { orderBy: asc, omit: { authorId: true, body: true } } },
    }),
    await prisma.user.create({ data: { email: 'om@x.test' }, omit: { id: true, email: true } }),
  ]),
  op('omit for the whole client', async ({ client }) => {
    const prisma = client({ omit: { user: { email: true, tags: true }, post: { body: true } } })
    return [
      await prisma.user.findFirst({ orderBy: asc, include: { posts: { orderBy: asc } } }),
      await prisma.user.findFirst({ orderBy: asc, omit: { email: false } }),
    ]
  }),
  relational('fluent api', async ({ prisma }) => [
    await prisma.user.findUnique({ where: { id: 1 } }).posts({ orderBy: asc, take: 2 }),
    await prisma.user
      .findUnique({ where: { id: 1 } })
      .profile()
      .badge(),
    await prisma.user.findUnique({ where: { id: 99 } }).posts(),
    await prisma.user.findUnique({ where: { id: 3 } }).profile(),
    await prisma.post.findUniqueOrThrow({ where: { id: 1 } }).author(),
    await prisma.post
      .findFirst({ where: { id: 4 } })
      .reviewer()
      .profile(),
    await prisma.badge
      .findUnique({ where: { id: 2 } })
      .profile()
      .user(),
  ]),
  op(
    'relationLoadStrategy per query',
    async ({ prisma }) => {
      const query = {
        orderBy: asc,
        include: {
          posts: { orderBy: asc, include: { comments: { orderBy: asc }, categories: { orderBy: asc } } },
          profile: true,
        },
      }
      return [
        await prisma.user.findMany({ ...query, relationLoadStrategy: 'join' }),
        await prisma.user.findMany({ ...query, relationLoadStrategy: 'query' }),
        await prisma.user.findUnique({
          where: { id: 1 },
          include: { posts: { orderBy: asc } },
          relationLoadStrategy: 'join',
        }),
      ]
    },
    { variants: ['join'] },
  ),
  op(
    'relationLoadStrategy on writes',
    async ({ prisma }) => [
      await prisma.user.create({
        data: { email: 'w@x.test', posts: { create: { title: 't' } } },
        include: { posts: true },
        relationLoadStrategy: 'join',
      }),
      await prisma.user.update({
        where: { id: 1 },
        data: { age: 1 },
        include: { posts: { orderBy: asc } },
        relationLoadStrategy: 'query',
      }),
      await prisma.user.upsert({
        where: { id: 2 },
        create: { email: 'z' },
        update: { age: 9 },
        include: { profile: true },
        relationLoadStrategy: 'join',
      }),
      await prisma.post.delete({ where: { id: 7 }, include: { author: true }, relationLoadStrategy: 'join' }),
    ],
    { variants: ['join'] },
  ),
  relational('dates, bytes and bigints keep their precision through relations', async ({ prisma, sql }) => {
    await sql(
      `update "Comment" set at = '0001-01-01 00:00:00.001' where id = 1; update "Comment" set at = '2024-05-06 07:08:09.123456', dec = 0.1 where id = 2; update "Comment" set at = '9999-12-31 23:59:59.999', dec = 1e-30 where id = 3`,
    )
    return prisma.post.findUnique({ where: { id: 1 }, include: { comments: { orderBy: asc } } })
  }),
  relational('children of nobody', ({ prisma }) =>
    prisma.team.findMany({ where: { id: 3 }, include: { members: { include: { user: true } } } }),
  ),
  relational(
    'a dangling foreign key of a required relation',
    async ({ prisma, sql, outcome }) => {
      await sql(`begin; set local session_replication_role = replica; delete from "User" where id = 4; commit`)
      return outcome(() => prisma.post.findMany({ orderBy: asc, include: { author: true } }))
    },
    { flawed: { 'engine5 join': 'the engine panics', 'engine6 join': 'the engine panics' } },
  ),
]
