// bench/compare: compares Hasten with its peers. See ../README.md.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Generator } from '../lib/generator.mjs'
import { Hasten } from '../lib/hasten.mjs'
import { runProgram } from '../lib/program.mjs'
import { TABLES_SQL } from '../lib/recorded.mjs'
import { commit, loadAverage, machine } from '../lib/surroundings.mjs'
import { judge } from './goals.mjs'
import { measureMemory } from './memory.mjs'
import { Executor, installed, PgServer, version } from './peers.mjs'
import { markdown } from './report.mjs'
import {
  accelerateLocalScenarios,
  cacheScenarios,
  connectionScenarios,
  pgbenches,
  prismaScenarios,
  sqlScenarios,
} from './scenarios.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const DATA_PROXY_SEED = path.join(here, '../data-proxy.d/seed.sql')
const TABLES = ['hasten_bench_event', 'hasten_bench_post', 'hasten_bench_user', 'hasten_bench_posts', 'hasten_bench_users']

const DEFAULTS = { rounds: 3, seconds: 4, warmup: 60, connections: 32 }
const QUICK = { rounds: 1, seconds: 1, warmup: 1 }
const PARTS = ['executor', 'pgbench', 'sql', 'cache', 'connections', 'accelerate-local', 'memory']

const USAGE = `usage: bench/compare ${Object.entries(DEFAULTS)
  .map(([name, value]) => `[--${name} ${value}]`)
  .join(' ')} [--only PART,...] [--out report.md] [--quick]

  --rounds       number of measurements of each scenario
  --seconds      duration of one measurement
  --warmup       seconds of warm-up load on each kind of server, divided among the scenarios
  --only         parts: ${PARTS.join(', ')}
  --out          writes the report to a Markdown file, and all numbers to a .json file next to it
  --quick        ${Object.entries(QUICK)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ')}: checks that everything works

DATABASE_URL is an empty PostgreSQL database to use instead of the embedded one; HASTEN_JAVA_OPTS sets the JVM's options.
Exits with 1 if a response was an error or differed from the peer's, with 2 if a required program is missing.`

const options = readOptions()
const skipped = []
await runProgram('compare', compare)

function readOptions() {
  try {
    const texts = Object.fromEntries([...Object.keys(DEFAULTS), 'only', 'out'].map((name) => [name, { type: 'string' }]))
    const { values } = parseArgs({ options: { ...texts, quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    const defaults = { ...DEFAULTS, ...(values.quick ? QUICK : {}) }
    const numbers = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, Number(values[name] ?? value)]))
    if (Object.values(numbers).some((value) => !Number.isInteger(value) || value < 1)) throw new Error('numbers must be integers of at least 1')
    const only = values.only?.split(',') ?? PARTS
    if (!only.every((part) => PARTS.includes(part))) throw new Error(`--only needs a comma-separated list of ${PARTS.join(', ')}`)
    return { ...numbers, only, out: values.out, quick: values.quick ?? false }
  } catch (error) {
    console.error(`compare: ${error.message}\n${USAGE}`)
    process.exit(2)
  }
}

function skip(text) {
  skipped.push(text)
  console.error(`skipped: ${text}`)
}

async function compare(directory) {
  const hasten = new Hasten({ tables: TABLES })
  await hasten.ready()
  const context = { hasten, directory, skip, generator: Generator.start(), few: options.connections }
  await hasten.seed(TABLES_SQL, DATA_PROXY_SEED)
  const environment = await surroundings(hasten)
  const scenarios = await prepare(context, environment)

  for (const { check } of scenarios) await check()
  await warmUp(scenarios, hasten)
  const results = scenarios.map(({ name, title, contenders }) => ({
    ...{ name, title },
    contenders: contenders.map((contender) => ({ name: contender.name, by: contender.by, rounds: [] })),
  }))
  for (let round = 1; round <= options.rounds; round++) {
    for (const [i, scenario] of scenarios.entries()) await measureRound(scenario, results[i], round, hasten)
  }
  const memory = options.only.includes('memory') ? await measureMemory(context, options) : undefined
  environment['load after'] = loadAverage()

  const report = { environment, options, skipped, goals: judge(results, memory), results, memory }
  const text = markdown(report)
  console.log(text)
  if (options.out) {
    fs.writeFileSync(options.out, text)
    fs.writeFileSync(`${options.out.replace(/\.md$/, '')}.json`, `${JSON.stringify(report, undefined, 2)}\n`)
  }
}

/** Starts the peers that are available, and returns the scenarios. */
async function prepare(context, environment) {
  const wanted = (part) => options.only.includes(part)
  const { hasten } = context
  const scenarios = []

  const fromNpm = wantedFromNpm(wanted)
  if (fromNpm.has('executor')) {
    context.executor = new Executor(hasten.databaseUrl)
    await context.executor.ready()
    environment['official executor'] = `@prisma/query-plan-executor ${installed('@prisma/query-plan-executor')}, Node ${process.versions.node}`
  }
  if (fromNpm.has('sql')) {
    context.pgServer = new PgServer(hasten.databaseUrl)
    await context.pgServer.ready()
    environment['Node http and pg'] = `pg ${installed('pg')}, Node ${process.versions.node}`
  }
  let benches = () => []
  const pgbenchVersion = version('pgbench')
  if (wanted('pgbench') || wanted('sql')) {
    if (!pgbenchVersion) skip('pgbench: not installed (Debian: apt-get install postgresql)')
    else {
      environment.pgbench = pgbenchVersion
      const pgBouncerVersion = wanted('pgbench') ? version('pgbouncer') : undefined
      if (pgBouncerVersion) environment.PgBouncer = pgBouncerVersion
      else if (wanted('pgbench')) skip('PgBouncer: not installed (Debian: apt-get install pgbouncer)')
      benches = await pgbenches({ ...context, pgBouncerVersion })
    }
  }
  if (wanted('executor') || wanted('pgbench')) {
    scenarios.push(...prismaScenarios({ ...context, benches: wanted('pgbench') ? benches : () => [] }))
  }
  if (wanted('sql')) scenarios.push(...sqlScenarios({ ...context, benches }))
  const wrk = version('wrk', '-v; true')
  if (wanted('cache')) {
    const nginx = version('nginx', '-v')
    if (!nginx || !wrk) skip('nginx: needs nginx and wrk (Debian: apt-get install nginx-light wrk)')
    else {
      environment.nginx = nginx
      scenarios.push(...(await cacheScenarios(context)))
    }
  }
  if (wanted('connections')) scenarios.push(...connectionScenarios(context))
  if (fromNpm.has('accelerate-local')) {
    if (!wrk) skip('prisma-accelerate-local: needs wrk (Debian: apt-get install wrk)')
    else scenarios.push(...(await accelerateLocalScenarios(context)))
  }
  // A scenario without a peer is no comparison.
  return scenarios.filter(({ contenders }) => contenders.length > 1)
}

/** Installs the npm packages of the requested parts; returns the parts for which this succeeded. */
function wantedFromNpm(wanted) {
  const there = new Set()
  for (const [folder, parts] of Object.entries({ '.': ['executor', 'sql'], '../data-proxy.d': ['accelerate-local'] })) {
    const needed = parts.filter(wanted)
    if (needed.length === 0) continue
    try {
      execFileSync(path.join(here, '../lib/install'), [path.join(here, folder)], { stdio: 'pipe' })
      needed.forEach((part) => there.add(part))
    } catch (error) {
      skip(`${needed.join(', ')}: npm cannot install the packages (${String(error.stderr).trim().split('\n')[0]})`)
    }
  }
  return there
}

/** Alternates between the scenarios: after a long warm-up with one, the JVM may have optimized the code only for it. */
async function warmUp(scenarios, hasten) {
  const seconds = Math.max(1, Math.round(options.warmup / 2 / scenarios.length))
  for (let pass = 1; pass <= (options.quick ? 1 : 2); pass++) {
    for (const { name, contenders } of scenarios) {
      for (const { by, measure } of contenders) {
        // pgbench starts a new process for each measurement.
        if (by === 'pgbench') continue
        await measure({ seconds, connections: options.connections, seed: 1000 * pass, lead: 0 })
      }
      console.error(`  warmed up  ${name}`)
    }
  }
  await undo(hasten)
}

async function measureRound({ name, writes, contenders }, result, round, hasten) {
  const order = [...contenders.keys()]
  // Reversing the order makes drift within a round affect all contenders equally.
  if (round % 2 === 0) order.reverse()
  for (const i of order) {
    if (writes) await undo(hasten)
    const measured = await contenders[i].measure({ seconds: options.seconds, connections: options.connections, seed: round })
    result.contenders[i].rounds.push(measured)
    const { rate, cpu } = measured
    const cost = cpu === undefined ? '' : `${cpu.toFixed(0).padStart(7)} µs CPU`
    console.error(`  round ${round}  ${name.padEnd(14)} ${contenders[i].name.padEnd(38)} ${rate.toFixed(0).padStart(7)}/s${cost}`)
  }
  if (writes) await undo(hasten)
}

/** Removes what writes leave behind, which would slow down later measurements. */
async function undo(hasten) {
  await hasten.psql('-c', 'TRUNCATE hasten_bench_event RESTART IDENTITY')
  await hasten.psql('-c', 'VACUUM ANALYZE hasten_bench_user, hasten_bench_post')
}

async function surroundings(hasten) {
  const { rounds, seconds, warmup, connections } = options
  return {
    date: `${new Date().toISOString().slice(0, 16)}Z`,
    commit: commit(),
    machine: machine(),
    'load before': loadAverage(),
    PostgreSQL: `${await hasten.psql('-c', 'SHOW server_version')}, synchronous_commit ${await hasten.psql('-c', 'SHOW synchronous_commit')}`,
    Hasten: `JVM options: ${process.env.HASTEN_JAVA_OPTS || 'none'}`,
    load: `${connections} connections, closed loop over loopback, ${rounds} rounds of ${seconds} s, after ${warmup} s of warm-up`,
  }
}
