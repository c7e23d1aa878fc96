// Writes to one model.
import { op } from '../lib/operations.mjs'

const asc = { id: 'asc' }

export default [
  op('create with select and include', async ({ prisma }) => [
    await prisma.user.create({ data: { email: 'n@x.test', tags: ['t'] } }),
    await prisma.user.create({ data: { email: 'm@x.test' }, select: { id: true, posts: true } }),
    await prisma.post.create({
      data: { title: 'New', authorId: 2 },
      include: { author: { include: { profile: true } }, _count: { select: { comments: true } } },
    }),
  ]),
  op('create with unchecked foreign keys', ({ prisma }) =>
    prisma.post.create({
      data: { title: 'New', authorId: 2, reviewerId: 3, createdAt: '2024-05-05T05:05:05.005Z', rating: '1.230' },
    }),
  ),
  op('createMany', async ({ prisma }) => [
    await prisma.bulk.createMany({
      data: [
        { id: 200, n: 1 },
        { id: 201, n: 2, label: 'x' },
        { id: 202, n: 3, label: null },
      ],
    }),
    await prisma.bulk.createMany({ data: [] }),
    await prisma.bulk.createMany({ data: { id: 203, n: 4 } }),
  ]),
  op('createMany with skipDuplicates', async ({ prisma }) => [
    await prisma.bulk.createMany({
      data: [
        { id: 1, n: 1 },
        { id: 200, n: 2 },
        { id: 200, n: 3 },
      ],
      skipDuplicates: true,
    }),
    await prisma.bulk.createMany({ data: [{ id: 1, n: 1 }], skipDuplicates: true }),
  ]),
  op('createMany with a duplicate writes nothing', async ({ prisma, attempt }) => [
    await attempt('P2002', () =>
      prisma.bulk.createMany({
        data: [
          { id: 200, n: 1 },
          { id: 1, n: 2 },
        ],
      }),
    ),
    await prisma.bulk.count(),
  ]),
  op('createMany with every type', ({ prisma }) =>
    prisma.scalar.createMany({
      data: [
        {
          id: 100,
          str: 'a',
          big: 1n,
          dec: '0.1',
          date: new Date(0),
          bytes: Buffer.from('x'),
          json: { a: 1 },
          role: 'EDITOR',
        },
        { id: 101 },
        { id: 102, float: 0.1, bool: false, json: [], wide: '1e50' },
      ],
    }),
  ),
  op('createManyAndReturn', async ({ prisma }) => [
    await prisma.user.createManyAndReturn({ data: [{ email: 'a1@x.test' }, { email: 'a2@x.test', tags: ['x', 'y'] }] }),
    await prisma.post.createManyAndReturn({
      data: [
        { title: 'p', authorId: 2 },
        { title: 'q', authorId: 1 },
      ],
      select: { title: true, author: { select: { name: true } } },
    }),
    await prisma.bulk.createManyAndReturn({
      data: [
        { id: 1, n: 0 },
        { id: 300, n: 0 },
      ],
      skipDuplicates: true,
    }),
    await prisma.bulk.createManyAndReturn({ data: [] }),
  ]),
  op('createManyAndReturn with include', ({ prisma }) =>
    prisma.post.createManyAndReturn({
      data: [
        { title: 'p', authorId: 2, reviewerId: 1 },
        { title: 'q', authorId: 2 },
      ],
      include: { author: true, reviewer: true },
      omit: { body: true },
    }),
  ),
  op('update', async ({ prisma }) => [
    await prisma.user.update({ where: { id: 1 }, data: { name: 'New', age: null } }),
    await prisma.user.update({ where: { email: 'bob@x.test' }, data: {} }),
    await prisma.user.update({
      where: { id: 3, name: null },
      data: { name: { set: 'was null' } },
      select: { name: true },
    }),
    await prisma.user.update({ where: { id: 4 }, data: { id: 400 }, include: { posts: { orderBy: asc } } }),
  ]),
  op('update of keys', async ({ prisma }) => [
    await prisma.invoice.update({
      where: { key: { year: 2023, number: 2 } },
      data: { number: 7, total: { increment: '0.01' } },
    }),
    await prisma.account.update({ where: { email: 'c@acc.test' }, data: { email: 'd@acc.test', role: 'ADMIN' } }),
    await prisma.keyedByDec.update({ where: { id: '0' }, data: { name: 'null' } }),
  ]),
  op('increment, decrement, multiply, divide', async ({ prisma }) => [
    await prisma.counter.update({
      where: { id: 1 },
      data: {
        int: { increment: 5 },
        big: { increment: 9007199254740993n },
        float: { increment: 0.1 },
        dec: { increment: '0.1' },
        nint: { increment: 1 },
      },
    }),
    await prisma.counter.update({
      where: { id: 1 },
      data: { int: { decrement: 20 }, big: { decrement: 1 }, float: { decrement: 1e10 }, dec: { decrement: '1e-20' } },
    }),
    await prisma.counter.update({
      where: { id: 1 },
      data: { int: { multiply: -3 }, big: { multiply: 2n }, float: { multiply: 1.1 }, dec: { multiply: '1.5' } },
    }),
    await prisma.counter.update({
      where: { id: 1 },
      data: { int: { divide: 2 }, big: { divide: 7 }, float: { divide: 3 }, dec: { divide: 3 } },
    }),
    await prisma.counter.updateMany({ data: { nint: { multiply: 2 }, dec: { divide: '0.3' } } }),
    await prisma.counter.update({
      where: { id: 3 },
      data: { int: { set: 9 }, nint: null, list: { push: 'x' }, ints: { set: [] } },
    }),
  ]),
  op('arithmetic that overflows', async ({ prisma, attempt }) => [
    await attempt('P2020', () => prisma.counter.update({ where: { id: 2 }, data: { int: { increment: 1 } } })),
    await attempt('P2020', () => prisma.counter.update({ where: { id: 2 }, data: { big: { increment: 1 } } })),
    await attempt('P2039', () => prisma.counter.update({ where: { id: 2 }, data: { int: { divide: 0 } } })),
    await prisma.counter.findUnique({ where: { id: 2 } }),
  ]),
  op('updateMany', async ({ prisma }) => [
    await prisma.post.updateMany({ where: { views: 10 }, data: { views: { increment: 1 }, body: null } }),
    await prisma.post.updateMany({ where: { id: -1 }, data: { views: 0 } }),
    await prisma.post.updateMany({ where: { author: { name: 'Ada' } }, data: { published: false } }),
    await prisma.post.updateMany({ data: { rating: '2.50' } }),
    await prisma.post.updateMany({ where: { id: 2 }, data: {} }),
  ]),
  op(
    'updateMany with a limit',
    async ({ prisma }) => [
      await prisma.bulk.updateMany({ where: { n: 3 }, data: { label: 'limited' }, limit: 2 }),
      await prisma.bulk.count({ where: { label: 'limited' } }),
      await prisma.bulk.updateMany({ data: { n: 5 }, limit: 0 }),
    ],
    { since: 6, state: false },
  ),
  op(
    'updateManyAndReturn',
    async ({ prisma }) => [
      await sorted(prisma.post.updateManyAndReturn({ where: { views: 10 }, data: { views: { multiply: 2 } } })),
      await sorted(
        prisma.post.updateManyAndReturn({
          where: { authorId: 2 },
          data: { body: 'x' },
          select: { id: true, author: { select: { name: true } } },
        }),
      ),
      await prisma.post.updateManyAndReturn({ where: { id: -1 }, data: { body: 'y' } }),
      await sorted(
        prisma.user.updateManyAndReturn({ where: { age: 25 }, data: { tags: { push: 'z' } }, omit: { email: true } }),
      ),
    ],
    { since: 6 },
  ),
  op('upsert that creates and updates', async ({ prisma }) => [
    await prisma.user.upsert({
      where: { email: 'u@x.test' },
      create: { email: 'u@x.test', name: 'U' },
      update: { name: 'no' },
    }),
    await prisma.user.upsert({
      where: { email: 'u@x.test' },
      create: { email: 'u@x.test', name: 'no' },
      update: { name: 'V', version: { increment: 1 } },
    }),
    await prisma.bulk.upsert({ where: { id: 500 }, create: { id: 500, n: 1 }, update: { n: 2 } }),
    await prisma.bulk.upsert({ where: { id: 500 }, create: { id: 500, n: 1 }, update: { n: { increment: 5 } } }),
    await prisma.bulk.upsert({ where: { id: 500 }, create: { id: 500, n: 1 }, update: {} }),
  ]),
  op('upsert that cannot be one statement', async ({ prisma }) => [
    await prisma.user.upsert({
      where: { id: 1 },
      create: { email: 'other@x.test' },
      update: { name: 'E' },
      include: { posts: { orderBy: asc } },
    }),
    await prisma.user.upsert({
      where: { email: 'k@x.test' },
      create: { email: 'k@x.test', posts: { create: { title: 'in' } } },
      update: {},
      include: { posts: true },
    }),
    await prisma.user.upsert({
      where: { id: 2, name: 'Bob' },
      create: { email: 'l@x.test' },
      update: { age: { increment: 1 } },
    }),
    await prisma.invoice.upsert({
      where: { key: { year: 2030, number: 1 } },
      create: { year: 2030, number: 1, account: { connect: { id: 1 } } },
      update: { total: 1 },
    }),
  ]),
  op(
    'upsert whose create violates another unique key',
    ({ prisma }) => prisma.user.upsert({ where: { id: 999 }, create: { email: 'ada@x.test' }, update: {} }),
    { throws: 'P2002' },
  ),
  op('native upsert on a composite key', async ({ prisma }) => {
    const key = { teamId: 1, userId: 1 }
    return [
      await prisma.member.upsert({ where: { teamId_userId: key }, create: { ...key }, update: { role: 'visitor' } }),
      await prisma.member.upsert({
        where: { teamId_userId: { teamId: 3, userId: 3 } },
        create: { teamId: 3, userId: 3, role: 'ADMIN' },
        update: { role: 'visitor' },
      }),
    ]
  }),
  op('concurrent upserts of one key', async ({ prisma }) => {
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        prisma.bulk.upsert({ where: { id: 600 }, create: { id: 600, n: 0 }, update: { n: { increment: 1 } } }),
      ),
    )
    return [all.map((row) => row.n).sort((a, b) => a - b), await prisma.bulk.findUnique({ where: { id: 600 } })]
  }),
  op('delete', async ({ prisma }) => [
    await prisma.post.delete({ where: { id: 7 } }),
    await prisma.post.delete({ where: { id: 6 }, include: { comments: { orderBy: asc }, author: true } }),
    await prisma.user.delete({ where: { email: 'fay@x.test' }, select: { name: true } }),
    await prisma.invoice.delete({ where: { key: { year: 2023, number: 2 }, total: { gt: 1 } } }),
  ]),
  op('deleteMany', async ({ prisma }) => [
    await prisma.comment.deleteMany({ where: { post: { views: { gt: 50 } } } }),
    await prisma.comment.deleteMany({ where: { id: -1 } }),
    await prisma.comment.deleteMany(),
    await prisma.comment.deleteMany({}),
  ]),
  op(
    'deleteMany with a limit',
    async ({ prisma }) => [
      await prisma.bulk.deleteMany({ where: { n: { lt: 5 } }, limit: 3 }),
      await prisma.bulk.count(),
    ],
    { since: 6, state: false },
  ),
  op('cascades', async ({ prisma }) => [
    await prisma.user.delete({ where: { id: 5 } }),
    await prisma.comment.findMany({ orderBy: asc }),
    await prisma.account.delete({ where: { id: 2 } }).catch((error) => error),
    await prisma.account.delete({ where: { id: 3 } }),
  ]),
  op('optimistic concurrency', async ({ prisma }) => {
    const claim = () => prisma.user.updateMany({ where: { id: 1, version: 0 }, data: { version: { increment: 1 } } })
    const counts = (await Promise.all(Array.from({ length: 8 }, claim))).map((result) => result.count).sort()
    return [
      counts,
      await prisma.user.findUnique({ where: { id: 1 }, select: { version: true } }),
      await prisma.user.update({ where: { id: 1, version: 0 }, data: { version: 5 } }).catch((error) => error),
    ]
  }),
  op('concurrent increments all count', async ({ prisma }) => {
    await Promise.all(
      Array.from({ length: 30 }, () => prisma.counter.update({ where: { id: 1 }, data: { int: { increment: 1 } } })),
    )
    return prisma.counter.findUnique({ where: { id: 1 } })
  }),
  op('findUniqueOrThrow and findFirstOrThrow', async ({ prisma, attempt }) => [
    await prisma.user.findUniqueOrThrow({ where: { id: 1 } }),
    await attempt('P2025', () => prisma.user.findUniqueOrThrow({ where: { id: 99 } })),
    await prisma.user.findFirstOrThrow({ where: { age: 25 }, orderBy: asc }),
    await attempt('P2025', () => prisma.user.findFirstOrThrow({ where: { age: 1 } })),
  ]),
  op('unsupported columns are left out', async ({ prisma }) => [
    await prisma.unsupported.findMany({ orderBy: asc }),
    await prisma.unsupported.update({ where: { id: 1 }, data: { name: 'q' } }),
    await prisma.unsupported.create({ data: { id: 3 } }),
    await prisma.unsupported.findFirst({ where: { point: undefined }, orderBy: asc }).catch(() => 'no such filter'),
  ]),
]

async function sorted(rows) {
  return (await rows).sort((a, b) => (a.id ?? a.version) - (b.id ?? b.version))
}
