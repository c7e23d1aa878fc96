// One Node.js process with the real Prisma 7 client, which calls findFirst as often as it can: what does a call cost the app?
// Usage: see ../README.md
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startHasten, stopHasten } from '../../conformance/lib/hasten.mjs'
import { startProcess } from '../../conformance/lib/processes.mjs'
import generation from '../../conformance/prisma7/generation.mjs'
import { setUp } from '../../conformance/schema/schema.mjs'
import { Database } from '../../conformance/lib/databases.mjs'

const child = fileURLToPath(new URL('client.mjs', import.meta.url))
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    duration: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '1,32' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.duration)
const concurrencies = values.concurrency.split(',').map(Number)
if (!(rounds >= 1 && seconds > 0 && concurrencies.every((n) => n >= 1))) {
  console.error('usage: bench/app [--rounds 3] [--duration SECONDS] [--concurrency 1,32]')
  process.exit(2)
}

const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-app-'))
const cleanUp = [() => fs.rmSync(stateDir, { recursive: true, force: true })]
try {
  await main()
} finally {
  for (const step of cleanUp.reverse()) await step()
}
process.exit(0)

async function main() {
  const postgres = await startHasten('postgres', stateDir, {}, { awaited: ['DATABASE_URL', 'DIRECT_URL'] })
  cleanUp.push(() => stopHasten(postgres))
  const databaseUrl = postgres.directUrl
  await (await Database.prepare(databaseUrl, await setUp(databaseUrl, 7))).close()
  await generation.generate()
  const apiKey = randomBytes(24).toString('hex')
  const settings = { DATABASE_URL: databaseUrl, HASTEN_API_KEY: apiKey, HASTEN_JAVA_OPTS: '-Xmx512m' }
  const hasten = await startHasten('hasten', stateDir, settings)
  cleanUp.push(() => stopHasten(hasten))
  const url = hasten.url.replace('YOUR_KEY', apiKey)
  const executor = await startExecutor(databaseUrl)
  const contenders = {
    'adapter-pg, direct': { kind: 'adapter', url: databaseUrl },
    'official executor': { kind: 'stock', url: executor },
    'Hasten, stock extension': { kind: 'stock', url },
    'Hasten, @hasten/client': { kind: 'package', url },
    'Hasten, stock extension, cached': { kind: 'stock', url, cached: true },
    'Hasten, @hasten/client, cached': { kind: 'package', url, cached: true },
  }
  const bouncer = await startPgBouncer(databaseUrl)
  if (bouncer) contenders['adapter-pg, PgBouncer'] = { kind: 'adapter', url: bouncer }
  else console.error('adapter-pg, PgBouncer: skipped, not installed (Debian: apt-get install pgbouncer)')
  report(await measure(contenders))
}

/** Interleaved rounds, so that a change of the machine's speed affects all. */
async function measure(contenders) {
  const results = []
  for (let round = 0; round < rounds; round++) {
    for (const concurrency of concurrencies) {
      for (const [name, contender] of Object.entries(contenders)) {
        const { calls, cpuMicros, p50, p99 } = await run({ ...contender, concurrency, seconds })
        results.push({ name, concurrency, cpu: cpuMicros / calls, rate: calls / seconds, p50, p99 })
      }
    }
  }
  return results
}

function run(options) {
  const process_ = spawn(process.execPath, [child, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  process_.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    process_.once('error', reject)
    process_.once('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`client.mjs exited with ${code}`))))
  })
}

function report(results) {
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]
  console.log(`Node.js ${process.version}, Prisma 7, findFirst by id: medians of ${rounds} interleaved rounds of ${seconds} s`)
  for (const concurrency of concurrencies) {
    console.log(`\nconcurrency ${concurrency}`.padEnd(36) + 'CPU us per call    calls/s    p50 ms    p99 ms')
    for (const name of new Set(results.map((result) => result.name))) {
      const own = results.filter((result) => result.name === name && result.concurrency === concurrency)
      const of = (key, digits) => median(own.map((result) => result[key])).toFixed(digits)
      console.log(name.padEnd(35) + of('cpu', 0).padStart(15) + of('rate', 0).padStart(11) + of('p50', 2).padStart(10) + of('p99', 2).padStart(10))
    }
  }
}

/** Returns the URL of the official executor. */
async function startExecutor(databaseUrl) {
  let port
  const script = fileURLToPath(new URL('../../conformance/prisma7/executor-server.mjs', import.meta.url))
  const server = await startProcess(process.execPath, [script, databaseUrl, '0'], {
    name: 'the official executor',
    ready: (line) => (port = /^port (\d+)$/.exec(line)?.[1]) !== undefined,
  })
  cleanUp.push(() => server.stop())
  return `prisma+postgres://127.0.0.1:${port}/?api_key=none`
}

/** Returns the URL of PgBouncer in transaction mode; undefined if it is not installed. */
async function startPgBouncer(databaseUrl) {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  if (spawnSync('pgbouncer', ['--version'], { env }).error) return undefined
  const directory = path.join(stateDir, 'pgbouncer')
  fs.mkdirSync(directory)
  const { hostname, port, username, pathname } = new URL(databaseUrl)
  const own = await freePort()
  const ini = [
    '[databases]',
    `${pathname.slice(1)} = host=${hostname} port=${port} user=${username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 10',
  ].join('\n')
  const file = path.join(directory, 'pgbouncer.ini')
  fs.writeFileSync(file, `${ini}\n`)
  // PgBouncer refuses to run as root.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  fs.chmodSync(stateDir, 0o755)
  const server = spawn('pgbouncer', [file], { env, ...nobody, stdio: 'ignore' })
  cleanUp.push(() => server.kill())
  await until(() => reachable(own))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = own
  return url.href
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

function reachable(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
  })
}

async function until(condition) {
  for (let i = 0; i < 100; i++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('PgBouncer did not start within five seconds')
}
