// bench/cache-soak: mixed load on a small cache in a small heap; checks that memory does not grow and responses are right.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { flatness } from './flatness.mjs'
import { Load } from './load.mjs'
import { Server } from './server.mjs'
import { header, row } from './table.mjs'

const SAMPLE_MS = 10_000
const SAMPLES_PER_MINUTE = 6
const MIB = 2 ** 20

/** The allowed rise of the fitted line: a share of the mean, or `least` bytes, whichever is larger. */
const LIMITS = { beside: { share: 0, least: 4 * MIB }, resident: { share: 0.03, least: 8 * MIB } }

/** The allowed growth of the number of threads: carrier and GC threads start and stop. */
const THREADS = 4

const { minutes, rate } = options()
const loadBefore = loadAverage()
const server = new Server()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    interrupted = true
    await server.stop()
    process.exit(130)
  })
}
let passed = false
try {
  await server.ready()
  passed = await soak()
} catch (error) {
  if (!interrupted) console.error(error)
}
const status = await server.stop()
if (interrupted) {
  process.exit(130)
}
if (status !== 0) {
  console.log(`Hasten exited with ${status} after SIGTERM`)
  passed = false
}
process.exit(passed ? 0 : 1)

function options() {
  const { values, positionals } = parseArgs({
    options: { rate: { type: 'string', default: '400' } },
    allowPositionals: true,
  })
  const asked = { minutes: Number(positionals[0] ?? 10), rate: Number(values.rate) }
  if (!(Number.isInteger(asked.minutes) && asked.minutes >= 6) || !(asked.rate > 0) || positionals.length > 1) {
    console.error('usage: bench/cache-soak [minutes, at least 6; default 10] [--rate requests per second; default 400]')
    process.exit(2)
  }
  return asked
}

async function soak() {
  const load = new Load(server.client, rate)
  const rows = []
  load.start()
  console.log(header())
  for (let minute = 1; minute <= minutes; minute++) {
    const samples = []
    for (let i = 1; i <= SAMPLES_PER_MINUTE; i++) {
      await sleep(SAMPLE_MS)
      samples.push(await takeSample(load))
      if (i === SAMPLES_PER_MINUTE / 2 && minute % 2 === 0) load.invalidateAll()
    }
    const cached = (await server.metrics())('hasten_cache_bytes')
    const live = await server.liveHeap()
    rows.push({ minute, samples, live, beside: live - cached })
    console.log(row(rows.at(-1), SAMPLE_MS))
    await load.changeSchema()
  }
  await load.stop()
  return verdict(rows, load, await leftBehind())
}

async function takeSample(load) {
  const read = await server.metrics()
  return {
    ...load.take(),
    resident: server.residentBytes(),
    direct: read('jvm_buffer_memory_used_bytes', 'id="direct"'),
    nonHeap: read('jvm_memory_used_bytes', 'area="nonheap"'),
    threads: read('jvm_threads_live_threads'),
    cacheBytes: read('hasten_cache_bytes'),
    cacheLimit: read('hasten_cache_limit_bytes'),
    entries: read('hasten_cache_entries'),
    evictions: read('hasten_cache_evictions_total'),
    refreshes: read('hasten_cache_refreshes_total'),
    failedRefreshes: read('hasten_cache_refreshes_total', 'outcome="error"'),
    coalesced: read('hasten_cache_coalesced_total'),
  }
}

/** Returns the connections and leases left 10 s after the last client has disconnected; there should be none. */
async function leftBehind() {
  let left
  for (let attempt = 0; attempt < 20; attempt++) {
    const read = await server.metrics()
    left = { connections: read('hasten_http_connections'), leases: read('hasten_pool_active_connections') }
    if (left.connections === 0 && left.leases === 0) break
    await sleep(500)
  }
  return left
}

function verdict(rows, load, left) {
  const problems = []
  const judge = (title, values, limits) => {
    const { mean, risen, allowed, flat } = flatness(values, limits)
    const [a, b, c] = [mean, risen, allowed].map((bytes) => (bytes / MIB).toFixed(1))
    console.log(`${title}: mean ${a} MB; the fitted line rises by ${b} MB in the last two thirds, ${c} MB are allowed`)
    if (!flat) problems.push(`${title} is not flat`)
  }
  const samples = rows.flatMap((row) => row.samples)
  const last = samples.at(-1)
  console.log(`\nload average ${loadBefore} before, ${loadAverage()} after`)
  console.log(`refreshes ${last.refreshes}, coalesced misses ${last.coalesced}`)
  for (const [logger, warnings] of server.warnings) {
    console.log(`${warnings.length} warnings from ${logger}, such as ${warnings[0].slice(0, 200)}`)
  }
  judge('live heap beside the cache', rows.map((row) => row.beside), LIMITS.beside)
  judge('resident memory', samples.map((sample) => sample.resident), LIMITS.resident)
  if (samples.some((sample) => sample.cacheBytes > sample.cacheLimit)) problems.push('the cache exceeded its limit')
  if (last.threads > samples[Math.floor(samples.length / 3)].threads + THREADS) problems.push('the number of threads grew')
  if (last.evictions === 0) problems.push('nothing was evicted: the load was too small for a meaningful result')
  if (last.failedRefreshes > 0) problems.push(`${last.failedRefreshes} refreshes failed`)
  if (left.connections + left.leases > 0) problems.push(`left behind: ${JSON.stringify(left)}`)
  if (load.failures > 0) problems.push(`${load.failures} requests failed:\n  ${load.failureTexts.join('\n  ')}`)
  if (server.errors.length > 0) problems.push(`Hasten logged errors:\n  ${server.errors.slice(0, 10).join('\n  ')}`)
  console.log(problems.length === 0 ? 'FLAT, and no errors' : `FAILED\n${problems.join('\n')}`)
  return problems.length === 0
}

function loadAverage() {
  return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ')
}
