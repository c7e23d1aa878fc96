// Measures Hasten's memory use in a fresh process with a cache of 64 MB.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Hasten } from '../lib/hasten.mjs'
import { recorded } from '../lib/recorded.mjs'

const run = promisify(execFile)
const hastenCommand = fileURLToPath(new URL('../../bin/hasten', import.meta.url))
const CACHE = '64mb'
const IDLE = 10_000

/** The smallest heap for this cache that causes no warning, and Java's default collector in small containers. */
const HEAP = '-Xmx128m -XX:+UseSerialGC'

/** Fifty posts, starting at any of 10,000: 90 MB of responses, more than the cache holds. */
const FILL = {
  path: '/query',
  headers: 'cache-control: max-age=86400\r\naccelerate-cache-tags: hasten_bench\r\n',
  body: recorded('find-many'),
  highestUser: 990,
  start: '{"data":[',
  shortest: 8000,
  longest: 14_000,
}

/**
 * Returns `{javaOptions, cache, mixed, idle}`: `mixed` is the memory in MB after a mixed run, `idle` is `{connections,
 * before, with}`, the memory before opening idle connections and with them.
 */
export async function measureMemory({ hasten: main, generator, directory, skip }, { seconds, connections, quick }) {
  const javaOptions = process.env.HASTEN_JAVA_OPTS || HEAP
  const hasten = new Hasten({
    env: {
      DATABASE_URL: main.databaseUrl,
      HASTEN_JAVA_OPTS: javaOptions,
      HASTEN_CACHE_MAX_BYTES: CACHE,
      // No rate limit, because each write of the mixed run invalidates.
      HASTEN_DATABASES_DEFAULT_CACHE_INVALIDATIONS_PER_SECOND: '0',
      HASTEN_HTTP_MAX_CONNECTIONS: '30000',
      HASTEN_HTTP_IDLE_TIMEOUT: '1h',
    },
  })
  try {
    await hasten.ready()
    await generator.measure(hasten, { request: FILL }, { seconds: quick ? seconds : 5 * seconds, connections, seed: 1 })
    await generator.measure(hasten, { scenario: 'mixed' }, { seconds: 2 * seconds, connections, seed: 2, mixedTtlSeconds: 60 })
    const mixed = hasten.residentMegabytes()
    return { javaOptions, cache: CACHE, mixed, idle: await idle(hasten, directory, skip) }
  } finally {
    await hasten.stop()
  }
}

async function idle(hasten, directory, skip) {
  const limit = Number(/Max open files\s+\d+\s+(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity)
  if (limit < IDLE + 300) {
    skip(`${IDLE} idle connections: a process may open only ${limit} files (ulimit -Hn)`)
    return undefined
  }
  const json = path.join(directory, 'idle.json')
  const args = ['bench', '-s', `idle-${IDLE}`, '--url', hasten.url, '--pid', hasten.pid, '-d', '2s', '-w', '1s', '--json', json]
  await run(hastenCommand, args.map(String), { env: { ...process.env, HASTEN_JAVA_OPTS: '', HASTEN_API_KEY: hasten.key } })
  const [round] = JSON.parse(fs.readFileSync(json, 'utf8')).scenarios[0].rounds
  const { opened, stillOpen, residentMegabytesBefore: before, residentMegabytesWith: after } = round.idle
  if (stillOpen < opened) throw new Error(`only ${stillOpen} of ${opened} idle connections are still open`)
  return { connections: opened, before, with: after }
}
