// Every filter of the query language.
import { op, relational } from '../lib/operations.mjs'

/** Returns the ids that each of the filters selects. */
const each =
  (model, filters) =>
  async ({ prisma, Prisma }) => {
    const results = []
    for (const where of typeof filters === 'function' ? filters({ prisma, Prisma }) : filters)
      results.push(
        (await prisma[model].findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })).map((row) => row.id),
      )
    return results
  }

const D = (text) => new Date(text)

export default [
  op(
    'numbers',
    each('post', [
      { views: 10 },
      { views: { equals: 10 } },
      { views: { not: 10 } },
      { views: { in: [0, 7] } },
      { views: { notIn: [0, 7, 10] } },
      { views: { lt: 10 } },
      { views: { lte: 10 } },
      { views: { gt: 10 } },
      { views: { gte: 10 } },
      { views: { gt: 5, lt: 50 } },
      { views: { not: { gt: 10 } } },
      { views: { not: { in: [10] } } },
    ]),
  ),
  op(
    'decimals',
    each('post', [
      { rating: '4.5' },
      { rating: 4.5 },
      { rating: '4.500' },
      { rating: { gt: '1e-31' } },
      { rating: { lt: '0.000000000000000000000000000002' } },
      { rating: { in: ['3.25', '99999999999999999999999999999999999'] } },
      { rating: null },
      { rating: { not: null } },
      { rating: { not: '4.5' } },
    ]),
  ),
  op(
    'bigints',
    each('comment', [
      { big: 9007199254740993n },
      { big: 9007199254740992n },
      { big: { gt: 9223372036854775806n } },
      { big: { lt: -9223372036854775807n } },
      { big: { in: [0n, 1, 2n] } },
      { big: { notIn: [0n] } },
    ]),
  ),
  op(
    'floats',
    each('user', [
      { score: 9.5 },
      { score: 1e100 },
      { score: { lt: 0 } },
      { score: { gte: -0 } },
      { score: { in: [0, 7.25] } },
    ]),
  ),
  op(
    'dates',
    each('post', [
      { createdAt: D('2024-01-02T10:00:00.123Z') },
      { createdAt: { gt: D('2024-01-02T10:00:00.122Z'), lte: D('2024-01-03T10:00:00Z') } },
      { createdAt: '2024-01-03T11:00:00+01:00' },
      { createdAt: { in: [D('2024-01-01T10:00:00Z'), D('1999-01-01T00:00:00Z')] } },
    ]),
  ),
  op(
    'bytes',
    each('comment', [
      { bytes: Buffer.from([0, 255, 16]) },
      { bytes: new Uint8Array() },
      { bytes: { not: Buffer.from([1]) } },
      { bytes: { in: [Buffer.from([1]), Buffer.from([2])] } },
      { bytes: null },
    ]),
  ),
  op('booleans', each('post', [{ published: true }, { published: { not: true } }, { published: false }])),
  op(
    'strings',
    each('user', [
      { name: 'Ada' },
      { name: { not: 'Ada' } },
      { name: { in: ['Ada', 'Bob'] } },
      { name: { notIn: ['Ada'] } },
      { name: null },
      { name: { not: null } },
      { name: { in: [] } },
      { name: { notIn: [] } },
      { name: { lt: 'Bob' } },
      { name: { gte: 'Bob' } },
    ]),
  ),
  op(
    'contains, startsWith, endsWith',
    each('user', [
      { name: { contains: 'd' } },
      { name: { startsWith: 'A' } },
      { name: { endsWith: 'a' } },
      { name: { contains: '%' } },
      { name: { contains: '_' } },
      { name: { contains: '\\' } },
      { name: { contains: '😀' } },
      { name: { contains: '' } },
      { name: { not: { contains: 'd' } } },
      { email: { endsWith: '%x.test' } },
    ]),
  ),
  op(
    'mode insensitive',
    each(
      'user',
      [
        { email: { equals: 'DORA@x.test', mode: 'insensitive' } },
        { name: { contains: 'AD', mode: 'insensitive' } },
        { name: { startsWith: 'd', mode: 'insensitive' } },
        { name: { endsWith: 'A', mode: 'insensitive' } },
        { name: { in: ['ADA', 'bob'], mode: 'insensitive' } },
        { name: { notIn: ['ADA'], mode: 'insensitive' } },
        { name: { not: 'ada', mode: 'insensitive' } },
        { name: { gt: 'B', mode: 'insensitive' } },
        { title: undefined, name: { equals: 'eve 100%_\\ 😀', mode: 'insensitive' } },
      ].map(({ title, ...where }) => where),
    ),
  ),
  op(
    'AND, OR, NOT',
    each('post', [
      { AND: [{ views: 10 }, { published: true }] },
      { AND: { views: 10 } },
      { AND: [] },
      { OR: [{ views: 0 }, { views: 7 }] },
      { OR: [] },
      { NOT: { views: 10 } },
      { NOT: [{ views: 10 }, { published: false }] },
      { NOT: [] },
      { OR: [{ AND: [{ views: { gt: 5 } }, { NOT: { published: true } }] }, { title: 'Zeta' }] },
      { AND: [{ OR: [{ id: 1 }, { id: 2 }] }, { OR: [{ id: 2 }, { id: 3 }] }] },
      { NOT: { OR: [{ id: 1 }, { NOT: { id: { in: [2, 3] } } }] } },
    ]),
  ),
  op(
    'undefined is no filter',
    each('post', [
      { views: undefined },
      { OR: [{ views: undefined }] },
      { AND: [undefined, { id: 1 }].filter(Boolean) },
      { author: undefined },
    ]),
  ),
  op(
    'some, every, none',
    each('user', [
      { posts: { some: {} } },
      { posts: { none: {} } },
      { posts: { every: { published: true } } },
      { posts: { some: { published: false } } },
      { posts: { none: { published: true } } },
      { posts: { some: { comments: { some: { userId: 5 } } } } },
      { posts: { every: { comments: { every: { big: { gt: 0 } } } } } },
      { NOT: { posts: { some: {} } } },
      { posts: { some: { views: 10 }, none: { views: 300 } } },
    ]),
  ),
  op(
    'is and isNot',
    each('post', [
      { reviewer: { is: null } },
      { reviewer: null },
      { reviewer: { isNot: null } },
      { reviewer: { is: { name: 'Bob' } } },
      { reviewer: { isNot: { name: 'Bob' } } },
      { author: { is: { age: 36 } } },
      { author: { isNot: { age: 36 } } },
      { author: { profile: { bio: 'first programmer' } } },
      { author: { profile: null } },
      { author: { profile: { badge: { label: 'gold' } } } },
    ]),
  ),
  op(
    'one to one from both sides',
    each('user', [
      { profile: null },
      { profile: { isNot: null } },
      { profile: { is: { bio: null } } },
      { profile: { badge: { isNot: null } } },
    ]),
  ),
  op(
    'many to many',
    each('post', [
      { categories: { some: { name: 'tech' } } },
      { categories: { none: {} } },
      { categories: { every: { color: 'RED' } } },
      { categories: { some: { parent: { name: 'tech' } } } },
      { categories: { some: { AND: [{ color: 'RED' }, { name: { not: 'tech' } }] } } },
    ]),
  ),
  op(
    'self relations',
    each('user', [
      { manager: { name: 'Ada' } },
      { reports: { some: {} } },
      { reports: { none: {} } },
      { follows: { some: { name: 'Ada' } } },
      { followers: { some: { follows: { some: { id: 4 } } } } },
      { manager: { manager: { id: 1 } } },
    ]),
  ),
  op(
    'explicit many to many',
    each('team', [
      { members: { some: { user: { name: 'Bob' } } } },
      { members: { every: { role: 'EDITOR' } } },
      { members: { none: {} } },
      { members: { some: { since: { gt: D('2023-04-01T00:00:00Z') } } } },
    ]),
  ),
  op('filters on relations over several columns', ({ prisma }) =>
    prisma.line.findMany({ where: { invoice: { account: { email: { startsWith: 'a@' } } } }, orderBy: { id: 'asc' } }),
  ),
  op('relation filter from a mapped model', ({ prisma }) =>
    prisma.account.findMany({ where: { invoices: { some: { lines: { some: { text: 'l2' } } } } } }),
  ),
  op(
    'field references',
    each('post', ({ prisma: { post } }) => [
      { views: { gt: post.fields.id } },
      { views: { equals: post.fields.views } },
      { title: { contains: post.fields.body } },
      { createdAt: { lte: post.fields.createdAt } },
      { NOT: { authorId: { equals: post.fields.reviewerId } } },
      { views: { in: [10, 7] }, id: { lt: post.fields.views } },
      { rating: { gte: post.fields.rating } },
    ]),
  ),
  op(
    'field references of lists',
    each('list', ({ prisma: { list } }) => [
      { str: { hasSome: list.fields.str } },
      { int: { hasEvery: list.fields.int } },
      { id: { in: list.fields.int } },
    ]),
  ),
  op(
    'field references in raw filters of strings',
    each('user', ({ prisma: { user } }) => [
      { email: { startsWith: user.fields.name } },
      { email: { startsWith: user.fields.name, mode: 'insensitive' } },
      { name: { equals: user.fields.email } },
      { tags: { has: user.fields.name } },
    ]),
  ),
  op(
    'having count like filters by relation',
    each('user', [
      { posts: { some: { id: { in: [1, 2, 3] } } }, age: { gte: 30 } },
      { OR: [{ posts: { some: { title: 'Zeta' } } }, { reviews: { some: { title: 'Alpha' } } }] },
    ]),
  ),
  op(
    'in with null like values and duplicates',
    each('post', [
      { reviewerId: { in: [1, 1, 2] } },
      { reviewerId: { notIn: [1] } },
      { OR: [{ reviewerId: { in: [3] } }, { reviewerId: null }] },
    ]),
  ),
  op('full text search', async ({ prisma }) => [
    await prisma.article.findMany({ where: { text: { search: 'cat & dog' } }, orderBy: { id: 'asc' } }),
    await prisma.article.findMany({ where: { text: { search: 'bark | jumps' }, title: { search: 'dogs' } } }),
    await prisma.article.findMany({
      orderBy: { _relevance: { fields: ['title', 'text'], search: 'dogs', sort: 'desc' } },
      take: 2,
    }),
  ]),
  op(
    'full text search with a wrong query',
    ({ prisma }) => prisma.article.findMany({ where: { text: { search: 'a & & b' } } }),
    { throws: 'P2039' },
  ),
  relational('filters inside include', ({ prisma }) =>
    prisma.user.findMany({
      orderBy: { id: 'asc' },
      include: {
        posts: {
          where: { OR: [{ views: { gt: 50 } }, { title: { contains: 'ETA', mode: 'insensitive' } }] },
          orderBy: { id: 'asc' },
        },
        reviews: { where: { author: { is: { id: 1 } } }, orderBy: { id: 'asc' } },
      },
    }),
  ),
  op('findFirst and findUnique with extra filters', async ({ prisma }) => [
    await prisma.post.findFirst({ where: { views: 10 }, orderBy: { id: 'desc' } }),
    await prisma.post.findFirst({ where: { views: -1 } }),
    await prisma.post.findUnique({ where: { id: 1, published: true } }),
    await prisma.post.findUnique({ where: { id: 1, NOT: { published: true } } }),
    await prisma.post.findUnique({ where: { authorId_title: { authorId: 1, title: 'beta' } } }),
    await prisma.invoice.findUnique({ where: { key: { year: 2023, number: 2 } } }),
    await prisma.thing.findUnique({ where: { codeOfOwner: { code: 'a', ownerName: 'two' } } }),
    await prisma.account.findUnique({ where: { email: 'c@acc.test' } }),
  ]),
  op('a view', async ({ prisma }) => [
    await prisma.postStat.findMany({ orderBy: { authorId: 'asc' } }),
    await prisma.postStat.findUnique({ where: { authorId: 4 } }),
    await prisma.postStat.aggregate({ _sum: { posts: true, views: true } }),
  ]),
  op('a filter on a bigint beyond its range', async ({ prisma, outcome }) => [
    await outcome(() => prisma.comment.findMany({ where: { big: 9223372036854775808n } })),
    await outcome(() => prisma.user.findMany({ where: { age: { gt: 3_000_000_000 } } })),
  ]),
]
