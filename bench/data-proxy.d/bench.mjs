// bench/data-proxy: compares Hasten and prisma-accelerate-local under the same Prisma 6 requests. See ../README.md.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { Hasten } from '../lib/hasten.mjs'
import { Load } from '../lib/load.mjs'
import { median, ratio, spread } from '../lib/numbers.mjs'
import { commit, loadAverage, machine } from '../lib/surroundings.mjs'
import { capture, clientUrl, generateClient } from './capture.mjs'
import { FIND_UNIQUE, scenarios } from './scenarios.mjs'
import { AccelerateLocal } from './servers.mjs'
import { runWorkload } from './workload.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const DEFAULTS = { rounds: 5, seconds: 5, warmup: 15, connections: 32 }
const PARTS = ['reuse', 'compare', 'remote']

/** Ids and numbers of the requests whose responses must be equal. */
const SAMPLES = [1000, 1001, 2345, 5979].map((id) => [id, `9${String(id).padStart(17, '0')}`])

/** Headers that @prisma/client 7.10.0 sends to a remote executor. */
const REMOTE_HEADERS = { 'prisma-engine-hash': '7.10.0', 'prisma-engine-version': '0edf323efd1d98336f3f0a68684b56f689b900d3' }

/** The content type of older clients: prisma-accelerate-local parses the text itself, and fails if the type is JSON. */
const TEXT = { 'content-type': 'text/plain;charset=UTF-8' }

const { only, ...options } = readOptions()
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-bench-'))
const started = []
const stopAll = async () => {
  while (started.length > 0) await started.pop().stop()
  fs.rmSync(directory, { recursive: true, force: true })
}
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    interrupted = true
    await stopAll()
    process.exit(130)
  })
}
try {
  await bench()
} catch (error) {
  process.exitCode = 1
  if (!interrupted) console.error(error)
}
await stopAll()

function readOptions() {
  const named = Object.keys(DEFAULTS)
  try {
    const { values } = parseArgs({
      options: Object.fromEntries(
        [...named, 'only'].map((name) => [name, { type: 'string', default: String(DEFAULTS[name] ?? '') }]),
      ),
    })
    const read = Object.fromEntries(named.map((name) => [name, Number(values[name])]))
    if (Object.values(read).some((value) => !Number.isInteger(value) || value < 1)) throw new Error('numbers must be integers of at least 1')
    if (values.only && !PARTS.includes(values.only)) throw new Error(`--only must be one of ${PARTS.join(', ')}`)
    return { ...read, only: values.only }
  } catch (error) {
    const usage = named.map((name) => `[--${name} ${DEFAULTS[name]}]`).join(' ')
    console.error(`data-proxy: ${error.message}\nusage: bench/data-proxy ${usage} [--only ${PARTS.join('|')}]`)
    process.exit(2)
  }
}

async function bench() {
  const wanted = (part) => !only || only === part
  const hasten = new Hasten({ tables: ['hasten_bench_posts', 'hasten_bench_users'] })
  started.push(hasten)
  await hasten.ready()
  await hasten.seed(path.join(here, 'seed.sql'))
  console.log(await surroundings(hasten))
  const PrismaClient = generateClient()
  const { templates, schema } = await capture(PrismaClient, scenarios, hasten)
  if (wanted('reuse')) await reuse(PrismaClient, hasten)
  if (wanted('compare')) await compare(hasten, templates, schema)
  if (wanted('remote')) await remote(hasten, templates[FIND_UNIQUE])
  console.log(`\nload after   ${loadAverage()}`)
}

// --- Reuse of plans

async function reuse(PrismaClient, hasten) {
  const prisma = new PrismaClient({ datasourceUrl: clientUrl(hasten) })
  try {
    const { reused, compiled, operations } = await runWorkload(prisma, hasten)
    const percent = ((100 * reused) / (reused + compiled)).toFixed(1)
    console.log(
      `\nReused plans in ${reused + compiled} queries with changing ids and data: ${percent} %; the goal is more than 95 %`,
    )
    for (const [name, misses, queries] of operations.sort((a, b) => b[1] - a[1]).slice(0, 8)) {
      console.log(`  ${name.padEnd(34)} compiled ${String(misses).padStart(4)} of ${String(queries).padStart(5)}`)
    }
  } finally {
    await prisma.$disconnect()
  }
  await undo(hasten)
}

/** Restores the seeded rows that the scenarios use. */
async function undo(hasten) {
  await hasten.psql(
    '-c',
    `DELETE FROM hasten_bench_posts WHERE id >= 100000;
     DELETE FROM hasten_bench_users WHERE id >= 100000;
     UPDATE hasten_bench_users SET name = 'Renamed ' || lpad(id::text, 18, '0'), age = 20 + id % 60 WHERE name IS NULL OR name NOT LIKE 'Renamed %' OR age <> 20 + id % 60;
     UPDATE hasten_bench_posts SET title = 'Post number ' || id, score = 1.5, published = true WHERE title <> 'Post number ' || id OR score <> 1.5 OR NOT published;
     SELECT setval('hasten_bench_users_id_seq', 100000), setval('hasten_bench_posts_id_seq', 100000)`,
  )
  await hasten.psql('-c', 'VACUUM ANALYZE hasten_bench_users, hasten_bench_posts')
}

// --- Against prisma-accelerate-local

async function compare(hasten, templates, schema) {
  const other = await AccelerateLocal.on(hasten.databaseUrl)
  started.push(other)
  const uploaded = await fetch(other.url + schema.path, {
    method: 'PUT',
    headers: { ...schema.headers, ...TEXT },
    body: schema.body,
  })
  if (!uploaded.ok) throw new Error(`prisma-accelerate-local rejects the schema: ${await uploaded.text()}`)
  const loads = Object.entries(templates).map(([name, template]) => ({
    name,
    hasten: new Load(directory, hasten, template),
    other: new Load(directory, other, { ...template, headers: { ...template.headers, ...TEXT } }),
  }))
  for (const load of loads) await checkAnswers(hasten, load)

  const results = loads.map(({ name }) => ({ name, hasten: [], other: [] }))
  await warmUp(loads.flatMap((load) => [load.hasten, load.other]))
  for (let round = 1; round <= options.rounds; round++) {
    for (const [i, load] of loads.entries()) {
      // Alternating the order makes drift within a round affect both servers equally.
      for (const server of round % 2 ? ['hasten', 'other'] : ['other', 'hasten']) {
        await undo(hasten)
        const result = await load[server].measure(options.seconds, options.connections)
        if (load.name === 'create') await checkRows(hasten, result.requests)
        results[i][server].push(result)
        progress(`round ${round}  ${load.name}  ${server}`, result)
      }
    }
  }
  await undo(hasten)
  started.pop()
  await other.stop()

  console.log('\nMedians                                            requests  p50 in µs  p99 in µs  server CPU, µs/request')
  for (const { name, ...of } of results) {
    line(`${name}, Hasten`, of.hasten)
    line(`${name}, prisma-accelerate-local`, of.other)
  }
  console.log('\nHasten / prisma-accelerate-local: median over the rounds (quartiles); higher is better, the goal is 5')
  for (const { name, ...of } of results) {
    const cpu = spread(ratio(of.other, of.hasten, 'cpu'))
    console.log(`  ${name.padEnd(26)} ${spread(ratio(of.hasten, of.other, 'rate'))}   by CPU time ${cpu}`)
  }
}

/** Checks that both servers return the same response from the same rows. */
async function checkAnswers(hasten, load) {
  for (const [id, number] of SAMPLES) {
    const answers = []
    for (const server of ['hasten', 'other']) {
      await undo(hasten)
      const { data } = await load[server].once(id, number)
      // With the 6.19 runtime, prisma-accelerate-local wraps the data twice.
      const answer = server === 'other' ? data.data : data
      const now = answer.createOneUser?.createdAt
      if (now && Math.abs(Date.parse(now.value) - Date.now()) < 60_000) now.value = 'now'
      answers.push(answer)
    }
    if (!isDeepStrictEqual(answers[0], answers[1])) {
      throw new Error(`${load.name}: the responses differ\n${answers.map((answer) => JSON.stringify(answer)).join('\n')}`)
    }
  }
}

async function checkRows(hasten, least) {
  const rows = Number(await hasten.psql('-c', 'SELECT count(*) FROM hasten_bench_users WHERE id >= 100000'))
  if (rows < least) throw new Error(`${least} creates succeeded, but there are only ${rows} rows`)
}

// --- Against the remote executor

async function remote(hasten, template) {
  const body = fs.readFileSync(path.join(here, 'remote-query.json'), 'utf8').trim()
  const loads = {
    graphql: new Load(directory, hasten, template),
    query: new Load(directory, hasten, { path: '/query', headers: { ...template.headers, ...REMOTE_HEADERS }, body }),
  }
  for (const [id, number] of SAMPLES) {
    const [record] = Object.values((await loads.graphql.once(id, number)).data)
    const { data } = await loads.query.once(id, number)
    const [same] = Object.values(data).length === 1 ? Object.values(data) : [data]
    if (!isDeepStrictEqual(record, same)) {
      throw new Error(`/graphql and /query return different responses\n${JSON.stringify(record)}\n${JSON.stringify(same)}`)
    }
  }
  await warmUp(Object.values(loads))
  const results = { graphql: [], query: [] }
  // The difference is small; many short measurements detect it sooner than a few long ones.
  const seconds = Math.min(options.seconds, 2)
  for (let round = 1; round <= 2 * options.rounds; round++) {
    for (const name of round % 2 ? ['graphql', 'query'] : ['query', 'graphql']) {
      const result = await loads[name].measure(seconds, options.connections)
      results[name].push(result)
      progress(`round ${round}  ${name}`, result)
    }
  }
  console.log('\nMedians                                            requests  p50 in µs  p99 in µs  server CPU, µs/request')
  line('findUnique by /graphql of Prisma 6', results.graphql)
  line('findUnique by /query of Prisma 7', results.query)
  console.log('\nCost of /graphql / cost of /query: median over the rounds (quartiles); the goal is less than 1.3')
  console.log(`  time      ${spread(ratio(results.query, results.graphql, 'rate'))}`)
  console.log(`  CPU time  ${spread(ratio(results.graphql, results.query, 'cpu'))}`)
}

// --- Common

async function warmUp(loads) {
  // Alternates between the loads: after a long warm-up with one, the JVM may have optimized the code only for it.
  for (const seconds of [options.warmup / 2, options.warmup / 2].map(Math.ceil)) {
    for (const load of loads) {
      await load.once(2000, String(process.hrtime.bigint()).padStart(18, '8'))
      await load.measure(seconds, options.connections)
    }
  }
}

function line(name, results) {
  const [rate, p50, p99, cpu] = ['rate', 'p50', 'p99', 'cpu'].map((key) => median(results.map((result) => result[key])))
  console.log(
    `${name.padEnd(50)} ${rate.toFixed(0).padStart(6)}/s ${p50.toFixed(0).padStart(10)} ${p99.toFixed(0).padStart(10)} ${cpu.toFixed(0).padStart(10)}`,
  )
}

function progress(name, { rate, cpu }) {
  console.error(`  ${name.padEnd(50)} ${rate.toFixed(0).padStart(7)}/s ${cpu.toFixed(0).padStart(7)} µs CPU`)
}

async function surroundings(hasten) {
  const installed = (name) => JSON.parse(fs.readFileSync(path.join(here, 'node_modules', name, 'package.json'), 'utf8')).version
  return `${new Date().toISOString().slice(0, 16)}Z, commit ${commit()}
machine      ${machine()}
load before  ${loadAverage()}
PostgreSQL   ${await hasten.psql('-c', 'SHOW server_version')}, synchronous_commit ${await hasten.psql('-c', 'SHOW synchronous_commit')}
against      prisma-accelerate-local ${installed('prisma-accelerate-local')} --wasm, engine of @prisma/client ${installed('@prisma/client')}, Node ${process.versions.node}
load         wrk, ${options.connections} connections, closed loop over loopback
rounds       ${options.rounds} of ${options.seconds} s for each load, after ${options.warmup} s of warm-up of each`
}
