// Batches: $transaction([...]) and findUnique calls that the client joins into one request.
import { op } from '../lib/operations.mjs'

const find = (prisma, ids, extra) => Promise.all(ids.map((id) => prisma.user.findUnique({ where: { id }, ...extra })))

export default [
  op('transaction of reads and writes', ({ prisma }) =>
    prisma.$transaction([
      prisma.user.create({ data: { email: 'b1@x.test' } }),
      prisma.user.update({ where: { id: 1 }, data: { age: { increment: 1 } } }),
      prisma.user.count(),
      prisma.post.findMany({ orderBy: { id: 'asc' }, take: 2, include: { author: true } }),
      prisma.comment.deleteMany(),
    ]),
  ),
  op('empty transaction', ({ prisma }) => prisma.$transaction([])),
  op('of one', ({ prisma }) => prisma.$transaction([prisma.user.findFirst({ orderBy: { id: 'asc' } })])),
  op('a failure in the middle rolls back', async ({ prisma, attempt }) => [
    await attempt('P2002', () =>
      prisma.$transaction([
        prisma.user.create({ data: { email: 'b1@x.test' } }),
        prisma.user.create({ data: { email: 'ada@x.test' } }),
        prisma.user.create({ data: { email: 'b2@x.test' } }),
      ]),
    ),
    await prisma.user.count(),
  ]),
  op('a missing record in the middle rolls back', async ({ prisma, attempt }) => [
    await attempt('P2025', () =>
      prisma.$transaction([
        prisma.user.update({ where: { id: 1 }, data: { name: 'x' } }),
        prisma.user.update({ where: { id: 999 }, data: { name: 'y' } }),
      ]),
    ),
    await prisma.user.findUnique({ where: { id: 1 } }),
  ]),
  op('raw and model queries', ({ prisma }) =>
    prisma.$transaction([
      prisma.$queryRaw`select 1 as one`,
      prisma.$executeRaw`update "User" set age = 1 where id = ${1}`,
      prisma.user.findUnique({ where: { id: 1 }, select: { age: true } }),
      prisma.$queryRawUnsafe('select $1::text as t', 'x'),
    ]),
  ),
  op('a raw failure in the middle rolls back', async ({ prisma, attempt }) => [
    await attempt('P2010', () =>
      prisma.$transaction([prisma.$executeRaw`delete from "Comment"`, prisma.$queryRaw`select 1/0`]),
    ),
    await prisma.comment.count(),
  ]),
  op('isolation levels', async ({ prisma }) => {
    const results = []
    for (const isolationLevel of ['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable'])
      results.push(
        await prisma.$transaction(
          [prisma.$queryRaw`select current_setting('transaction_isolation') as level`, prisma.user.count()],
          { isolationLevel },
        ),
      )
    return [results, await prisma.$queryRaw`select current_setting('transaction_isolation') as level`]
  }),
  op('an isolation level that PostgreSQL lacks', ({ prisma, outcome }) =>
    outcome(() => prisma.$transaction([prisma.user.count()], { isolationLevel: 'Snapshot' })),
  ),
  op('all see one snapshot', ({ prisma }) =>
    prisma.$transaction([
      prisma.$queryRaw`select pg_current_xact_id() = pg_current_xact_id() as same`,
      prisma.user.updateMany({ data: { version: 1 } }),
      prisma.user.findMany({ where: { version: 1 }, select: { id: true }, orderBy: { id: 'asc' } }),
    ]),
  ),
  op('several findUnique in one tick', ({ prisma }) => find(prisma, [3, 1, 99, 2, 1])),
  op('several findUnique by another unique key', ({ prisma }) =>
    Promise.all(
      ['bob@x.test', 'nobody', 'ada@x.test'].map((email) =>
        prisma.user.findUnique({ where: { email }, select: { id: true } }),
      ),
    ),
  ),
  op(
    'several findUnique with include',
    ({ prisma }) => find(prisma, [4, 1, 99], { include: { posts: { orderBy: { id: 'asc' } }, profile: true } }),
    { variants: ['query', 'join'] },
  ),
  op('several findUnique of different selections', ({ prisma }) =>
    Promise.all([
      prisma.user.findUnique({ where: { id: 1 }, select: { id: true } }),
      prisma.user.findUnique({ where: { id: 2 }, select: { name: true } }),
      prisma.post.findUnique({ where: { id: 1 } }),
      prisma.user.findUnique({ where: { email: 'cy@x.test' } }),
    ]),
  ),
  op('several findUniqueOrThrow', async ({ prisma }) =>
    (await Promise.allSettled([1, 99, 2].map((id) => prisma.user.findUniqueOrThrow({ where: { id } })))).map(
      (result) => result.value ?? result.reason,
    ),
  ),
  op('several findUnique by composite keys', ({ prisma }) =>
    Promise.all(
      [
        [2023, 2],
        [2024, 1],
        [2023, 9],
        [2023, 1],
      ].map(([year, number]) => prisma.invoice.findUnique({ where: { key: { year, number } } })),
    ),
  ),
  op('several findUnique by bigints', ({ prisma }) =>
    Promise.all(
      [9007199254740993n, 9007199254740992n, 5n, -9223372036854775808n].map((id) =>
        prisma.keyedByBig.findUnique({ where: { id } }),
      ),
    ),
  ),
  op('several findUnique by bytes', ({ prisma }) =>
    Promise.all(
      [[0xde, 0xad, 0xbe, 0xef], [], [0], [1]].map((bytes) =>
        prisma.keyedByBytes.findUnique({ where: { id: new Uint8Array(bytes) } }),
      ),
    ),
  ),
  op('several findUnique by dates', ({ prisma }) =>
    Promise.all(
      ['2024-01-01T00:00:00.001Z', '2024-01-01T00:00:00Z', '2000-01-01T00:00:00Z'].map((id) =>
        prisma.keyedByDate.findUnique({ where: { id: new Date(id) } }),
      ),
    ),
  ),
  op('several findUnique by decimals', ({ prisma }) =>
    Promise.all(
      ['1.1', '0', '12345678901234567890.123456789', '7'].map((id) => prisma.keyedByDec.findUnique({ where: { id } })),
    ),
  ),
  op('several findUnique by uuids in other letter cases', ({ prisma, outcome }) =>
    Promise.all(
      ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000A'].map((id) =>
        outcome(() => prisma.uuidKey.findUnique({ where: { id } })),
      ),
    ),
  ),
  op('several findUnique with an invalid key among them', ({ prisma, outcome }) =>
    Promise.all(
      ['00000000-0000-7000-8000-000000000001', 'nonsense'].map((id) =>
        outcome(() => prisma.uuidKey.findUnique({ where: { id } })),
      ),
    ),
  ),
  op('several fluent calls', ({ prisma }) =>
    Promise.all(
      [1, 2, 3, 99].map((id) =>
        prisma.user.findUnique({ where: { id } }).posts({ select: { id: true }, orderBy: { id: 'asc' } }),
      ),
    ),
  ),
  op('500 findUnique in one tick', ({ prisma }) =>
    Promise.all(Array.from({ length: 500 }, (_, i) => prisma.bulk.findUnique({ where: { id: (i * 7) % 130 } }))),
  ),
  op('200 different queries at once', ({ prisma }) =>
    Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        prisma.bulk.findMany({ where: { id: { gt: i % 90, lt: (i % 90) + 4 } }, orderBy: { id: 'asc' } }),
      ),
    ),
  ),
  op('findUnique inside a transaction', ({ prisma }) =>
    prisma.$transaction([
      prisma.user.findUnique({ where: { id: 1 } }),
      prisma.user.findUnique({ where: { id: 99 } }),
      prisma.user.findUnique({ where: { id: 2 } }),
    ]),
  ),
  op('a timeout option does nothing to a batch', ({ prisma }) =>
    prisma.$transaction([prisma.user.count(), prisma.post.count()], { isolationLevel: 'Serializable' }),
  ),
  op('a check constraint deferred to the commit', async ({ prisma, sql, attempt }) => {
    await sql('alter table "Thing" alter constraint "Thing_ownerName_fkey" deferrable initially deferred')
    try {
      return [
        await attempt('P2010', () =>
          prisma.$transaction([
            prisma.$executeRaw`update "Thing" set "ownerName" = 'nobody' where id = 1`,
            prisma.$queryRaw`select 1/0`,
          ]),
        ),
        await prisma
          .$transaction([
            prisma.$executeRaw`update "Thing" set "ownerName" = 'nobody' where id = 1`,
            prisma.thing.count(),
          ])
          .catch((error) => error),
        await prisma.thing.findUnique({ where: { id: 1 } }),
      ]
    } finally {
      await sql('alter table "Thing" alter constraint "Thing_ownerName_fkey" not deferrable')
    }
  }),
]
