// The parts of bench/limits. Each brings a server to a large number, and measures it before and with that.
//
// A part is `{title, unit, heap, count, quick, run}`. `heap` is the size of the server's heap, `count` the number to reach and
// `quick` that of a short run. `run(bench)` returns `{reached, seconds, took, before, with, notes}`: `seconds` is the time to
// reach the number, `took` says what happened in that time. `bench.problem(text)` reports a wrong response. A short run
// (`bench.isQuick`) omits the extra server that only shows the state before.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Connection, inParallel, readUser, withConnections } from './client.mjs'
import { BASE_USERS } from './measure.mjs'
import { prismaSchema, Schema } from './schemas.mjs'

const run = promisify(execFile)
const hastenCommand = fileURLToPath(new URL('../../bin/hasten', import.meta.url))

/** Connections from one address to one port; the usual range of local ports is 32768 to 60999. */
const PER_ADDRESS = 20_000

/** How many of many things are checked after the measurement. */
const SAMPLE = 1000

const WORKERS = 32

export const PARTS = {
  requests: { title: 'requests on one connection', unit: 'request', heap: '512m', count: 100_000, quick: 500, run: requests },
  connections: { title: 'open connections', unit: 'connection', heap: '512m', count: 10_000, quick: 100, run: connections },
  databases: { title: 'databases', unit: 'database', heap: '1g', count: 1000, quick: 5, run: databases },
  keys: { title: 'API keys in the key file', unit: 'key', heap: '512m', count: 100_000, quick: 200, run: keyFile },
  'config-keys': { title: 'API keys in the YAML file', unit: 'key', heap: '512m', count: 100_000, quick: 200, run: configuredKeys },
  cache: { title: 'cache entries', unit: 'entry', heap: '2g', count: 1_000_000, quick: 2000, run: cache },
  schemas: { title: 'Prisma schemas', unit: 'schema', heap: '512m', count: 200, quick: 3, run: schemas },
}

async function requests({ start, meter, count }) {
  const hasten = await start()
  await meter.warmUp(hasten)
  const before = await meter.state(hasten)
  const times = new Float64Array(count)
  const [seconds] = await timed(() =>
    withConnections(hasten, 1, async ([connection]) => {
      for (let i = 0; i < count; i++) {
        const sent = performance.now()
        await readUser(connection, hasten.key, 1 + (i % BASE_USERS))
        times[i] = performance.now() - sent
      }
    }),
  )
  const tenth = Math.floor(count / 10)
  const p99 = (part) => part.sort()[Math.floor((part.length - 1) * 0.99)].toFixed(2)
  const notes = [`p99 seen by this connection: ${p99(times.slice(0, tenth))} ms in its first ${tenth} requests, ${p99(times.slice(-tenth))} ms in the last`]
  return { reached: count, seconds, took: 'one after the other', before, with: await meter.state(hasten), notes }
}

async function connections({ start, meter, count, problem }) {
  const limit = Number(/Max open files\s+\d+\s+(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity)
  if (limit < count + 500) {
    throw new Error(`a process may open only ${limit} files; ${count} connections need ${count + 500}. Raise the limit: ulimit -Hn ${count + 500}`)
  }
  const hasten = await start({ HASTEN_HTTP_MAX_CONNECTIONS: String(count + 500), HASTEN_HTTP_IDLE_TIMEOUT: '1h' })
  await meter.warmUp(hasten)
  const before = await meter.state(hasten)
  const open = []
  try {
    const [seconds] = await timed(() =>
      inParallel(count, 100, async (i) => {
        const connection = await Connection.open(hasten, `127.0.0.${1 + Math.floor(i / PER_ADDRESS)}`)
        open.push(connection)
        await readUser(connection, hasten.key, 1 + (i % BASE_USERS))
      }),
    )
    const after = await meter.state(hasten)
    const closed = open.filter((connection) => !connection.isOpen).length
    if (closed > 0) problem(`the server closed ${closed} of ${count} connections`)
    const [again] = await timed(() => inParallel(open.length, WORKERS, (i) => readUser(open[i], hasten.key, 1 + (i % BASE_USERS))))
    const notes = [`afterwards, each connection sent a second request: ${again.toFixed(1)} s in total`]
    return { reached: open.length - closed, seconds, took: 'opening them, with one request each', before, with: after, notes }
  } finally {
    open.forEach((connection) => connection.close())
  }
}

async function databases({ main, start, stop, meter, count: wanted, isQuick, directory, problem }) {
  const lazy = await hasSetting('databases.default.pool.min_idle=0')
  const notes = []
  let count = wanted
  if (!lazy) {
    // Each database keeps at least one connection to PostgreSQL open.
    const free = await main.psql('-c', 'SELECT current_setting(\'max_connections\')::int - count(*) FROM pg_stat_activity')
    count = Math.min(wanted, Number(free) - 40)
    if (count < wanted) notes.push(`PostgreSQL allows no more: without pool.min_idle, each database keeps a connection open`)
  }
  const key = (i) => (i === 0 ? 'databases-bench-key-of-default' : `databases-bench-key-${i}-${'x'.repeat(16)}`)
  const file = `${directory}/databases.yaml`
  const write = (databases) => {
    const more = Array.from({ length: databases }, (_, i) => [
      `  d${i + 1}:`,
      `    url: ${JSON.stringify(main.databaseUrl)}`,
      `    pool: { size: 1${lazy ? ', min_idle: 0' : ''} }`,
      `    keys: [{ name: bench, sha256: ${sha256(key(i + 1))} }]`,
    ])
    // The load reads 1,000 users through the cache of the database "default", which must hold them.
    const first = ['databases:', '  default:', '    cache: { share: 1000 }', `    keys: [{ name: bench, sha256: ${sha256(key(0))} }]`]
    fs.writeFileSync(file, [...first, ...more.flat()].join('\n'))
  }
  const begin = async (databases) => {
    write(databases)
    const [seconds, hasten] = await timed(() => start({ HASTEN_CONFIG: file }))
    hasten.key = key(0)
    await meter.warmUp(hasten)
    return { seconds, hasten, state: await meter.state(hasten) }
  }
  const alone = isQuick ? undefined : await begin(0)
  if (alone) await stop(alone.hasten)
  const { hasten, seconds, state } = await begin(count)
  const connectionsBefore = await databaseConnections(main)
  const sampled = Math.min(count, 100)
  const [sampling] = await timed(() =>
    withConnections(hasten, 8, (connections) =>
      inParallel(
        sampled,
        8,
        async (i, connection) => {
          const database = 1 + Math.floor((i * count) / sampled)
          await readUser(connection, key(database), 1 + i).catch((error) => problem(`database d${database}: ${error.message}`))
        },
        connections,
      ),
    ),
  )
  const [scraping, metrics] = await timed(async () => (await (await hasten.admin('/metrics')).text()).length)
  const [probing, ready] = await timed(async () => (await fetch(`${hasten.url}/ready`)).status)
  notes.push(
    `start without them: ${alone ? `${alone.seconds.toFixed(1)} s` : 'not measured'}`,
    `connections to PostgreSQL: ${connectionsBefore} after the start, ${await databaseConnections(main)} after a query to each of ${sampled} databases and one call of /ready`,
    `first query to each of ${sampled} databases, 8 at a time: ${sampling.toFixed(1)} s`,
    `/metrics: ${(metrics / 1e6).toFixed(2)} MB in ${scraping.toFixed(2)} s`,
    `/ready: ${ready} after ${probing.toFixed(1)} s`,
  )
  const [stopping] = await timed(() => stop(hasten))
  notes.push(`stop: ${stopping.toFixed(1)} s`)
  return { reached: count, seconds, took: 'start', before: alone?.state ?? state, with: state, notes }
}

function databaseConnections(main) {
  const count = `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
  return main.psql('-c', count).catch((error) => `unknown (${error.message.trim().split('\n').at(-1)})`)
}

async function hasSetting(assignment) {
  const url = 'databases.default.url=postgresql://nobody@127.0.0.1/none'
  return run(hastenCommand, ['check-config', '--set', url, '--set', assignment]).then(
    () => true,
    () => false,
  )
}

function keyFile(bench) {
  const { directory, count, problem } = bench
  const file = `${directory}/keys.json`
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const id = (i) => Array.from({ length: 8 }, (_, digit) => alphabet[Math.floor(i / 32 ** digit) % 32]).join('')
  const write = (from, to) => {
    const keys = Array.from({ length: to - from }, (_, i) => ({
      ...{ id: id(from + i), name: `key-${from + i}`, database: 'default', scopes: ['prisma'] },
      ...{ sha256: sha256(token(from + i)), created: '2026-11-22T12:00:00Z' },
    }))
    fs.writeFileSync(file, JSON.stringify({ version: 1, keys }), { mode: 0o600 })
  }
  return keys(bench, {
    async begin(number) {
      write(0, number)
      return { HASTEN_KEYS_FILE: file }
    },
    async more(hasten) {
      const [creating, created] = await timed(() => hasten.admin('/keys', { method: 'POST', body: { name: 'new' } }))
      if (created.status !== 201) return problem(`POST /keys returned ${created.status}`)
      const made = await created.json()
      await withConnections(hasten, 1, ([connection]) => readUser(connection, made.token, 1))
      const [revoking, revoked] = await timed(() => hasten.admin(`/keys/${made.id}`, { method: 'DELETE' }))
      if (revoked.status !== 204) problem(`DELETE /keys returned ${revoked.status}`)
      const [status] = await withConnections(hasten, 1, async ([connection]) => [(await connection.send(made.token, 'POST', '/query', '{}')).status])
      if (status !== 401) problem(`a revoked key received ${status}`)
      const [listing] = await timed(async () => (await hasten.admin('/keys')).text())
      return [
        `creating one more key takes ${creating.toFixed(2)} s, revoking it ${revoking.toFixed(2)} s, listing all ${listing.toFixed(2)} s`,
        `size of the file: ${(fs.statSync(file).size / 1e6).toFixed(0)} MB, for ${count} keys`,
      ]
    },
  })
}

function configuredKeys(bench) {
  const file = `${bench.directory}/keys.yaml`
  return keys(bench, {
    async begin(number) {
      const list = Array.from({ length: number }, (_, i) => `      - { name: key-${i}, sha256: ${sha256(token(i))}, scopes: prisma }`)
      fs.writeFileSync(file, `databases:\n  default:\n    keys:\n${list.join('\n')}\n`)
      return { HASTEN_CONFIG: file }
    },
    more: async () => [`size of the file: ${(fs.statSync(file).size / 1e6).toFixed(0)} MB`],
  })
}

/** `begin(number)` returns the environment of a server with that many keys; `more(hasten)` tries more and returns notes. */
async function keys({ start, stop, meter, count, isQuick, problem }, { begin, more }) {
  const server = async (number) => {
    const environment = await begin(number)
    const [seconds, hasten] = await timed(() => start(environment))
    hasten.key = token(0)
    await meter.warmUp(hasten)
    return { seconds, hasten, state: await meter.state(hasten) }
  }
  const alone = isQuick ? undefined : await server(1)
  if (alone) await stop(alone.hasten)
  const { seconds, hasten, state } = await server(count)
  await withConnections(hasten, 1, async ([connection]) => {
    const step = Math.max(1, Math.floor(count / SAMPLE))
    for (let i = 0; i < count; i += step) {
      await readUser(connection, token(i), 1 + (i % BASE_USERS)).catch((error) => problem(`key ${i}: ${error.message}`))
    }
    const { status } = await connection.send(token(count), 'POST', '/query', '{}')
    if (status !== 401) problem(`an unknown key received ${status}`)
  })
  const notes = [`start with one key: ${alone ? `${alone.seconds.toFixed(1)} s` : 'not measured'}`, ...((await more(hasten)) ?? [])]
  return { reached: count, seconds, took: 'start', before: alone?.state ?? state, with: state, notes }
}

async function cache({ start, meter, count, problem }) {
  const hasten = await start({ HASTEN_CACHE_MAX_BYTES: '1gb' })
  await meter.warmUp(hasten)
  const before = await meter.state(hasten)
  const [seconds] = await timed(() =>
    withConnections(hasten, WORKERS, (connections) =>
      inParallel(count, WORKERS, (i, connection) => readUser(connection, hasten.key, i + 1, { cached: true }), connections),
    ),
  )
  const after = await meter.state(hasten, { users: count })
  let hits = 0
  const sampled = Math.min(count, SAMPLE)
  await withConnections(hasten, 1, async ([connection]) => {
    for (let i = 0; i < sampled; i++) {
      const id = 1 + Math.floor(Math.random() * count)
      const status = await readUser(connection, hasten.key, id, { cached: true })
      if (status === 'ttl') hits++
      else problem(`user ${id} is not in the cache: ${status}`)
    }
  })
  const read = await hasten.metrics()
  const entries = read('hasten_cache_entries')
  const notes = [
    `${hits} of a random sample of ${sampled} were hits with the right value`,
    `hasten_cache_bytes: ${(read('hasten_cache_bytes') / 1e6).toFixed(0)} MB for ${entries} entries; evicted: ${read('hasten_cache_evictions_total')}`,
  ]
  return { reached: entries, seconds, took: `reading each once, ${WORKERS} at a time`, before, with: after, notes }
}

async function schemas({ start, meter, count, problem }) {
  const hasten = await start({ HASTEN_DATABASES_DEFAULT_SCHEMAS_MAX_COUNT: String(count) })
  await meter.warmUp(hasten)
  const before = await meter.state(hasten)
  const all = Array.from({ length: count }, (_, i) => new Schema(prismaSchema(i)))
  const notes = []
  const result = await withConnections(hasten, 2, async (connections) => {
    const uploads = []
    const first = []
    const [seconds] = await timed(() =>
      inParallel(
        count,
        2,
        async (i, connection) => {
          uploads.push((await timed(() => all[i].upload(connection, hasten.key)))[0])
          first.push((await timed(() => all[i].readUser(connection, hasten.key, 1 + (i % BASE_USERS))))[0])
        },
        connections,
      ),
    )
    const after = await meter.state(hasten)
    // Again and in the same order, so that a cache that is too small misses every time.
    const again = []
    let missing = 0
    for (let i = 0; i < count; i++) {
      const [time, found] = await timed(() => all[i].readUser(connections[0], hasten.key, 1 + ((i + 7) % BASE_USERS)))
      if (found) again.push(time)
      else missing++
    }
    if (missing > 0) problem(`${missing} of ${count} schemas must be uploaded again`)
    notes.push(
      `size of a schema: ${(all[0].bytes / 1000).toFixed(1)} KB, ${all[0].models} models`,
      `upload: ${spread(uploads)}; first query: ${spread(first)}; the same query later: ${spread(again)}`,
    )
    return { seconds, after }
  })
  const read = await hasten.metrics()
  const listed = (await (await hasten.admin('/schemas')).json()).databases[0].schemas.length
  const { reused, compiled } = await hasten.planLookups()
  notes.push(
    `hasten_memory_used_bytes{use="schemas"}: ${(read('hasten_memory_used_bytes', 'use="schemas"') / 1e6).toFixed(1)} MB`,
    `queries compiled: ${compiled}, with a cached plan: ${reused}`,
  )
  return { reached: listed, seconds: result.seconds, took: 'uploading each, with one query, 2 at a time', before, with: result.after, notes }
}

function spread(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b)
  const at = (share) => (1000 * (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN)).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

async function timed(work) {
  const started = performance.now()
  const result = await work()
  return [(performance.now() - started) / 1000, result]
}

/** Tokens in the format of Hasten, which cannot be guessed. */
const secret = randomBytes(16).toString('hex')
const token = (i) => `hasten_limits_${secret}${i}`

function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}
