// Interactive transactions.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { isZero, LOCK_WAITS, OPEN_TRANSACTIONS } from '../lib/activity.mjs'
import { op } from '../lib/operations.mjs'
import { until } from '../lib/until.mjs'

class Rollback extends Error {}
const refuse = () => {
  throw new Rollback('on purpose')
}

/** Waits until the transaction, which has made a query, has expired. */
const expired = (sql) => until('no open transaction', () => isZero({ sql }, OPEN_TRANSACTIONS))

const level = (tx) => tx.$queryRaw`select current_setting('transaction_isolation') as level`

export default [
  op('commit', async ({ prisma }) => [
    await prisma.$transaction(async (tx) => {
      const made = await tx.user.create({ data: { email: 'tx@x.test' } })
      await tx.post.create({ data: { title: 'in tx', authorId: made.id } })
      return tx.user.findUnique({ where: { id: made.id }, include: { posts: true } })
    }),
    await prisma.user.count(),
  ]),
  op('roll back by throwing', async ({ prisma, outcome }) => [
    await outcome(() =>
      prisma.$transaction(async (tx) => {
        await tx.user.deleteMany({ where: { id: 6 } })
        refuse()
      }),
    ),
    await prisma.user.count(),
  ]),
  op('roll back by a database error', async ({ prisma, attempt }) => [
    await attempt('P2002', () =>
      prisma.$transaction(async (tx) => {
        await tx.user.update({ where: { id: 1 }, data: { name: 'lost' } })
        await tx.user.create({ data: { email: 'ada@x.test' } })
      }),
    ),
    await prisma.user.findUnique({ where: { id: 1 } }),
  ]),
  op(
    'a caught database error leaves the transaction aborted',
    async ({ prisma, outcome }) => [
      await outcome(() =>
        prisma.$transaction(async (tx) => {
          const first = await outcome(() => tx.user.create({ data: { email: 'ada@x.test' } }))
          const second = await outcome(() => tx.user.count())
          const third = await outcome(() => tx.$queryRaw`select 1`)
          return [first, second, third]
        }),
      ),
      await prisma.user.count(),
    ],
    {
      expectDifference:
        'the official executor reports the commit of an aborted transaction as done, although PostgreSQL has rolled it back',
      expect: ({ error, value }) => {
        if (error) throw error
        assert.equal(value[0].code, 'P2028')
        assert.match(value[0].message, /A commit cannot be executed on a transaction that was rolled back/)
        assert.equal(value[1], 6)
      },
    },
  ),
  op('a caught validation of the plan does not', async ({ prisma, outcome }) => [
    await prisma.$transaction(async (tx) => [
      await outcome(() => tx.user.update({ where: { id: 999 }, data: { name: 'x' } })),
      await outcome(() => tx.user.findUniqueOrThrow({ where: { id: 999 } })),
      await tx.user.update({ where: { id: 1 }, data: { name: 'kept' } }),
    ]),
    await prisma.user.findUnique({ where: { id: 1 } }),
  ]),
  op('others do not see it before the commit', ({ prisma }) =>
    prisma.$transaction(async (tx) => {
      await tx.user.create({ data: { email: 'hidden@x.test' } })
      return [await tx.user.count(), await prisma.user.count()]
    }),
  ),
  op('nothing in it', ({ prisma }) => prisma.$transaction(async () => 'nothing')),
  op('isolation levels', async ({ prisma }) => {
    const results = []
    for (const isolationLevel of [undefined, 'ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable'])
      results.push(await prisma.$transaction(level, { isolationLevel }))
    return results
  }),
  op('isolation level of the client', async ({ client }) => {
    const prisma = client({ transactionOptions: { isolationLevel: 'Serializable', timeout: 3000, maxWait: 1000 } })
    return [await prisma.$transaction(level), await prisma.$transaction(level, { isolationLevel: 'RepeatableRead' })]
  }),
  op('an isolation level that PostgreSQL lacks', ({ prisma, outcome }) =>
    outcome(() => prisma.$transaction(level, { isolationLevel: 'Snapshot' })),
  ),
  op(
    'repeatable read sees one snapshot',
    ({ prisma }) =>
      prisma.$transaction(
        async (tx) => {
          const before = await tx.user.count()
          await prisma.user.create({ data: { email: 'late@x.test' } })
          return [before, await tx.user.count(), await prisma.user.count()]
        },
        { isolationLevel: 'RepeatableRead' },
      ),
    { flawed: { engine5: 'the adapter begins the transaction too late' } },
  ),
  op('P2028 timeout', async ({ prisma, sql, attempt }) => [
    await attempt('P2028', () =>
      prisma.$transaction(
        async (tx) => {
          await tx.user.create({ data: { email: 'late@x.test' } })
          await expired(sql)
          await tx.user.count()
        },
        { timeout: 200 },
      ),
    ),
    await prisma.user.count(),
  ]),
  op('P2028 timeout seen at the commit', async ({ prisma, sql, attempt }) => [
    await attempt('P2028', () =>
      prisma.$transaction(
        async (tx) => {
          await tx.user.create({ data: { email: 'late@x.test' } })
          await expired(sql)
        },
        { timeout: 200 },
      ),
    ),
    await prisma.user.count(),
  ]),
  op(
    'P2028 timeout before the first query',
    ({ prisma }) =>
      prisma.$transaction(
        async (tx) => {
          // Nothing shows that it has expired, because a server may begin the transaction with its first query. The wait is
          // longer than the timeout because servers may notice it late.
          await sleep(400)
          await tx.user.count()
        },
        { timeout: 100 },
      ),
    { throws: 'P2028' },
  ),
  // The message depends on whether Prisma's engine still remembers the transaction when the client commits it.
  op('the timeout frees the locks', async ({ prisma, attempt }) => {
    let other
    const slow = await attempt('P2028', () =>
      prisma.$transaction(
        async (tx) => {
          await tx.user.update({ where: { id: 1 }, data: { age: 1 } })
          other = await prisma.user.update({ where: { id: 1 }, data: { age: 2 } })
        },
        { timeout: 300 },
      ),
    )
    return [other, slow.code]
  }),
  op('use after the commit', async ({ prisma, attempt }) => {
    let kept
    await prisma.$transaction(async (tx) => {
      kept = tx
    })
    return [
      await attempt('P2028', () => kept.user.count()),
      await attempt('P2028', () => kept.user.create({ data: { email: 'z@x.test' } })),
      await attempt('P2028', () => kept.$queryRaw`select 1`),
    ]
  }),
  op('use after a roll back', async ({ prisma, attempt, outcome }) => {
    let kept
    await outcome(() =>
      prisma.$transaction(async (tx) => {
        kept = tx
        refuse()
      }),
    )
    return attempt('P2028', () => kept.user.count())
  }),
  op(
    'maxWait exceeded',
    async ({ prisma }) => {
      const count = 24
      let decided = 0
      let release
      const allDecided = new Promise((resolve) => {
        release = resolve
      })
      const decide = () => {
        if (++decided === count) release()
      }
      const holdConnection = async (tx) => {
        await tx.user.count()
        decide()
        await allDecided
      }
      const results = await Promise.allSettled(
        Array.from({ length: count }, () =>
          prisma.$transaction(holdConnection, { maxWait: 400, timeout: 10_000 }).catch((error) => {
            decide()
            throw error
          }),
        ),
      )
      const failures = [
        ...new Set(
          results
            .filter((result) => result.status === 'rejected')
            .map(({ reason }) => JSON.stringify([reason.name, reason.code, reason.message, reason.meta])),
        ),
      ]
      return {
        someSucceed: results.some((result) => result.status === 'fulfilled'),
        failures,
        after: await prisma.user.count(),
      }
    },
    {
      flawed: {
        engine5: 'it knows nothing of the adapter’s pool',
        engine6: 'it knows nothing of the adapter’s pool',
        client6: 'the adapter’s pool waits forever',
      },
    },
  ),
  op('more transactions than connections, one after the other', async ({ prisma }) => {
    const results = await Promise.all(
      Array.from({ length: 30 }, () =>
        prisma.$transaction((tx) => tx.counter.update({ where: { id: 1 }, data: { int: { increment: 1 } } }), {
          maxWait: 10_000,
        }),
      ),
    )
    return results.map((row) => row.int).sort((a, b) => a - b)
  }),
  op('parallel queries in one transaction', ({ prisma }) =>
    prisma.$transaction((tx) =>
      Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          i % 3 === 0
            ? tx.counter.update({ where: { id: 1 }, data: { int: { increment: 1 } }, select: { id: true } })
            : tx.bulk.findUnique({ where: { id: i + 1 } }),
        ),
      ),
    ),
  ),
  op('nested writes and batches inside', ({ prisma }) =>
    prisma.$transaction(async (tx) => {
      const user = await tx.user.create({
        data: { email: 'n@x.test', posts: { create: [{ title: 'a' }, { title: 'b' }] } },
        include: { posts: { orderBy: { id: 'asc' } } },
      })
      const upsert = await tx.user.upsert({
        where: { id: user.id },
        create: { email: 'q' },
        update: { age: 3, posts: { deleteMany: {} } },
      })
      return [user, upsert, await Promise.all([1, 2, 99].map((id) => tx.user.findUnique({ where: { id } })))]
    }),
  ),
  op('raw queries inside', ({ prisma }) =>
    prisma.$transaction(async (tx) => {
      await tx.$executeRaw`create temporary table itx_temp on commit drop as select 41 as a`
      await tx.$executeRaw`update itx_temp set a = a + ${1}`
      return [
        await tx.$queryRaw`select * from itx_temp`,
        await tx.$queryRaw`select set_config('hasten.test', 'x', true)`,
        await tx.$queryRaw`select current_setting('hasten.test') as v`,
      ]
    }),
  ),
  op('a transaction is one connection', ({ prisma }) =>
    prisma.$transaction(async (tx) => {
      const ids = new Set()
      for (let i = 0; i < 5; i++) ids.add((await tx.$queryRaw`select pg_backend_pid() as pid`)[0].pid)
      return ids.size
    }),
  ),
  op(
    '40,000 values inside',
    ({ prisma }) =>
      prisma.$transaction(
        async (tx) => [
          await tx.bulk.updateMany({
            where: { id: { in: Array.from({ length: 40_000 }, (_, i) => i + 90) } },
            data: { n: 0 },
          }),
          await tx.bulk.count({ where: { n: 0 } }),
        ],
        { timeout: 10_000 },
      ),
    { flawed: { client6: 'it does not split statements' } },
  ),

  op(
    'nested: both commit',
    async ({ prisma }) => [
      await prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { email: 'o@x.test' } })
        const inner = await tx.$transaction(async (tx2) => {
          await tx2.user.create({ data: { email: 'i@x.test' } })
          return tx2.user.count()
        })
        return [inner, await tx.user.count()]
      }),
      await prisma.user.count(),
    ],
    { since: 7 },
  ),
  op('nested: the inner one rolls back', async ({ prisma, outcome }) => [
    await prisma.$transaction(async (tx) => {
      await tx.user.create({ data: { email: 'o@x.test' } })
      const inner = await outcome(() =>
        tx.$transaction(async (tx2) => {
          await tx2.user.deleteMany({ where: { id: 6 } })
          refuse()
        }),
      )
      return [inner, await tx.user.count()]
    }),
    await prisma.user.count(),
  ]),
  op(
    'nested: the inner one fails in the database',
    async ({ prisma, attempt }) => [
      await prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { email: 'o@x.test' } })
        const inner = await attempt('P2002', () =>
          tx.$transaction((tx2) => tx2.user.create({ data: { email: 'ada@x.test' } })),
        )
        return [inner, await tx.user.count()]
      }),
      await prisma.user.count(),
    ],
    { since: 7 },
  ),
  op('nested: the outer one rolls back', async ({ prisma, outcome }) => [
    await outcome(() =>
      prisma.$transaction(async (tx) => {
        await tx.$transaction((tx2) => tx2.user.create({ data: { email: 'i@x.test' } }))
        refuse()
      }),
    ),
    await prisma.user.count(),
  ]),
  op(
    'nested: three levels',
    async ({ prisma, outcome }) => [
      await prisma.$transaction((a) =>
        a.$transaction(async (b) => {
          await b.user.create({ data: { email: 'b@x.test' } })
          await outcome(() =>
            b.$transaction(async (c) => {
              await c.user.create({ data: { email: 'c@x.test' } })
              refuse()
            }),
          )
          await b.$transaction((c) => c.user.create({ data: { email: 'd@x.test' } }))
          return b.user.findMany({ where: { id: { gt: 999 } }, select: { email: true }, orderBy: { id: 'asc' } })
        }),
      ),
      await prisma.user.count(),
    ],
    { since: 7 },
  ),
  op('nested: one after the other', ({ prisma, outcome }) =>
    prisma.$transaction(async (tx) => {
      const results = []
      for (let i = 0; i < 4; i++)
        results.push(
          await outcome(() =>
            tx.$transaction(async (inner) => {
              await inner.counter.update({ where: { id: 1 }, data: { int: { increment: 1 } } })
              if (i % 2) refuse()
            }),
          ),
        )
      return [results.map((result) => result?.message), await tx.counter.findUnique({ where: { id: 1 } })]
    }),
  ),
  op(
    'nested: a batch inside',
    ({ prisma }) =>
      prisma.$transaction((tx) => tx.$transaction([tx.user.create({ data: { email: 'ba@x.test' } }), tx.user.count()])),
    { since: 7 },
  ),
  op(
    'nested: the outer one times out',
    async ({ prisma, sql, attempt }) => [
      await attempt('P2028', () =>
        prisma.$transaction(
          (tx) =>
            tx.$transaction(async (inner) => {
              await inner.user.create({ data: { email: 'i@x.test' } })
              await expired(sql)
              await inner.user.count()
            }),
          { timeout: 200 },
        ),
      ),
      await prisma.user.count(),
    ],
    { since: 7 },
  ),

  op('P2034 serializable conflict', async ({ prisma, attempt }) => {
    const isolationLevel = 'Serializable'
    const sum = async (tx) =>
      (await tx.counter.findMany({ where: { id: { in: [1, 3] } } })).reduce((total, row) => total + row.int, 0)
    const move = async (tx, to) => tx.counter.update({ where: { id: to }, data: { int: { increment: await sum(tx) } } })
    return attempt('P2034', () =>
      prisma.$transaction(
        async (tx) => {
          // In this order, PostgreSQL always detects the conflict at the same place: the second update.
          const before = await sum(tx)
          await prisma.$transaction((other) => move(other, 3), { isolationLevel })
          await tx.counter.update({ where: { id: 1 }, data: { int: { increment: before } } })
        },
        { isolationLevel },
      ),
    )
  }),
  op('P2034 update conflict in repeatable read', async ({ prisma, attempt }) =>
    attempt('P2034', () =>
      prisma.$transaction(
        async (tx) => {
          await tx.counter.findMany()
          await prisma.counter.update({ where: { id: 1 }, data: { int: 1 } })
          await tx.counter.update({ where: { id: 1 }, data: { int: 2 } })
        },
        { isolationLevel: 'RepeatableRead' },
      ),
    ),
  ),
  op(
    'P2034 deadlock',
    async ({ prisma }) => {
      let arrived = 0
      let open
      const bothLocked = new Promise((resolve) => {
        open = resolve
      })
      const lock = (first, second) =>
        prisma.$transaction(
          async (tx) => {
            await tx.counter.update({ where: { id: first }, data: { nint: 1 } })
            if (++arrived === 2) open()
            await bothLocked
            await tx.counter.update({ where: { id: second }, data: { nint: 2 } })
          },
          { timeout: 10_000 },
        )
      const results = await Promise.allSettled([lock(1, 3), lock(3, 1)])
      // Messages may contain process ids and tuples, so only the parts that applications evaluate are compared.
      return results
        .filter((result) => result.status === 'rejected')
        .map(({ reason }) => [
          reason.name,
          reason.code,
          reason.message.replace(/\d+/g, 'N'),
          reason.meta?.driverAdapterError?.cause?.kind,
        ])
    },
    { state: false },
  ),
  op('waiting for a row lock', async ({ prisma, sql, outcome }) => {
    let waiter
    await prisma.$transaction(async (tx) => {
      await tx.counter.update({ where: { id: 1 }, data: { int: 100 } })
      waiter = outcome(() => prisma.counter.update({ where: { id: 1 }, data: { int: { increment: 1 } } }))
      await until('a statement that waits for a lock', async () => !(await isZero({ sql }, LOCK_WAITS)))
    })
    return waiter
  }),
  op('client extensions inside', async ({ prisma }) => {
    const extended = prisma.$extends({
      model: { user: { shout: () => 'loud' } },
      result: { user: { upper: { needs: { email: true }, compute: (user) => user.email.toUpperCase() } } },
    })
    return extended.$transaction(async (tx) => [
      tx.user.shout(),
      await tx.user.findFirst({ orderBy: { id: 'asc' }, select: { upper: true } }),
    ])
  }),
  op('a query that is not awaited', async ({ prisma, sql, outcome }) => {
    let stray
    const ended = await outcome(() =>
      prisma.$transaction(async (tx) => {
        stray = outcome(() => tx.$queryRaw`select pg_sleep(0.2)::text as stray`)
        await until('the query in PostgreSQL', async () => {
          const found = await sql(
            `select 1 from pg_stat_activity where datname = current_database() and query like '%as stray' and pid <> pg_backend_pid()`,
          )
          return found.length > 0
        })
      }),
    )
    return [ended, await stray]
  }),
]
