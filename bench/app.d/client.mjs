// The app that is measured. Argument: JSON with kind, url, cached, concurrency and seconds. Prints its result as JSON.
import { createRequire } from 'node:module'

const { kind, url, cached = false, concurrency, seconds } = JSON.parse(process.argv[2])
const require = createRequire(new URL('../../conformance/package.json', import.meta.url))
const { PrismaClient } = require('./prisma7/generated/query')

/** Returns the client: with a direct connection, with the stock extension, or with the package. */
function connect() {
  switch (kind) {
    case 'adapter': {
      const { PrismaPg } = require('@prisma/adapter-pg')
      return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) })
    }
    case 'stock':
      return new PrismaClient({ accelerateUrl: url }).$extends(require('@prisma/extension-accelerate').withAccelerate())
    case 'package':
      return new PrismaClient({ accelerateUrl: url }).$extends(require('@hasten/client').withHasten(url))
    default:
      throw new Error(`unknown kind ${kind}`)
  }
}

const prisma = connect()
const [{ id }] = await prisma.user.findMany({ take: 1, orderBy: { id: 'asc' } })
const call = () => prisma.user.findFirst({ where: { id }, ...(cached && { cacheStrategy: { ttl: 3600 } }) })

async function forSeconds(duration, latencies) {
  const end = performance.now() + duration * 1000
  const worker = async () => {
    while (performance.now() < end) {
      const started = performance.now()
      const user = await call()
      if (user?.id !== id) throw new Error('a wrong response')
      latencies?.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

await forSeconds(Math.min(2, seconds))
const latencies = []
const before = process.cpuUsage()
await forSeconds(seconds, latencies)
const { user, system } = process.cpuUsage(before)
latencies.sort((a, b) => a - b)
const at = (quantile) => latencies[Math.floor(quantile * (latencies.length - 1))]
console.log(JSON.stringify({ calls: latencies.length, cpuMicros: user + system, p50: at(0.5), p99: at(0.99) }))
process.exit(0)
