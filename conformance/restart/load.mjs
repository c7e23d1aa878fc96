// Clients that send requests without a pause, and notice every error.

/** Concurrent loops of each client. */
const LOOPS = 3

/** Returns the operations of a client: reads, a cached read, a write, a batch. */
function operations(prisma, major) {
  let created = 0
  return [
    () => prisma.uuidKey.findMany({ take: 3 }),
    () => prisma.uuidKey.findMany({ take: 5, cacheStrategy: { ttl: 60, tags: ['restart'] } }),
    () => prisma.uuidKey.create({ data: { name: `restart-${major}-${++created}` } }),
    // One request in Prisma 5 and 6. In Prisma 7, it is an interactive transaction.
    ...(major < 7 ? [() => prisma.$transaction([prisma.uuidKey.count(), prisma.uuidKey.findFirst()])] : []),
  ]
}

/** Starts to send; `stop()` returns `{count, created, errors}`. `count()` is the number of responses so far. */
export function startLoad(prisma, major) {
  const all = operations(prisma, major)
  const errors = []
  let count = 0
  let stopped = false
  const loop = async (first) => {
    for (let i = first; !stopped; i++) {
      try {
        await all[i % all.length]()
      } catch (error) {
        errors.push(`Prisma ${major}: ${error.code ?? ''} ${error.message}`)
      }
      count++
    }
  }
  const loops = Array.from({ length: LOOPS }, (_, i) => loop(i))
  return {
    count: () => count,
    async stop() {
      stopped = true
      await Promise.all(loops)
      return { count, errors }
    },
  }
}
