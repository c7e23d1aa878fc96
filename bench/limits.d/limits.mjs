// bench/limits: how Hasten behaves at large numbers. See ../README.md.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Generator } from '../lib/generator.mjs'
import { Hasten } from '../lib/hasten.mjs'
import { runProgram } from '../lib/program.mjs'
import { TABLES_SQL } from '../lib/recorded.mjs'
import { commit, loadAverage, machine } from '../lib/surroundings.mjs'
import { BASE_USERS, heap, Meter } from './measure.mjs'
import { PARTS } from './parts.mjs'
import { markdown } from './report.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const TABLES = ['hasten_bench_event', 'hasten_bench_post', 'hasten_bench_user']

/** In seconds; `perSecond` is the number of requests, `collect` whether garbage is collected before the heap is measured. */
const TIMES = { warmUp: 16, lead: 1, seconds: 8, perSecond: 500, collect: true }
const QUICK = { warmUp: 0.4, lead: 0.1, seconds: 0.2, perSecond: 200, collect: false }

/** Problems of a part that are printed. */
const PRINTED = 10

const USAGE = `usage: bench/limits [--only PART,...] [--out report.md] [--quick]

  --only         parts: ${Object.keys(PARTS).join(', ')}
  --out          writes the report to a Markdown file, and all numbers to a .json file next to it
  --quick        small numbers and short measurements: checks that everything works

DATABASE_URL is an empty PostgreSQL database to use instead of the embedded one; HASTEN_JAVA_OPTS sets the JVM's options.
Exits with 1 if a response was wrong or a number could not be reached, with 2 if a required program is missing.`

const options = readOptions()
await runProgram('limits', limits)

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, out: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    const only = values.only?.split(',') ?? Object.keys(PARTS)
    if (!only.every((part) => Object.hasOwn(PARTS, part))) {
      throw new Error(`--only needs a comma-separated list of ${Object.keys(PARTS).join(', ')}`)
    }
    return { only, out: values.out, quick: values.quick ?? false }
  } catch (error) {
    console.error(`limits: ${error.message}\n${USAGE}`)
    process.exit(2)
  }
}

async function limits(directory) {
  const times = options.quick ? QUICK : TIMES
  // This server only provides the database.
  const main = new Hasten({ tables: TABLES })
  await main.ready()
  await main.seed(TABLES_SQL)
  const meter = new Meter(Generator.start(), times)
  const environment = {
    date: `${new Date().toISOString().slice(0, 16)}Z`,
    commit: commit(),
    machine: machine(),
    command: `bench/limits ${process.argv.slice(2).join(' ')}`.trim(),
    'load before': loadAverage(),
    PostgreSQL: await main.psql('-c', 'SHOW server_version'),
    latencies: `${times.perSecond} requests/s for ${times.seconds} s after ${times.warmUp} s of warm-up, 16 connections`,
  }
  const results = []
  for (const name of options.only) results.push(await measure(name, main, meter, directory))
  environment['load after'] = loadAverage()
  const text = markdown({ environment, results })
  console.log(text)
  if (options.out) {
    fs.writeFileSync(options.out, text)
    fs.writeFileSync(`${options.out.replace(/\.md$/, '')}.json`, `${JSON.stringify({ environment, results }, undefined, 2)}\n`)
  }
  if (results.some(({ problems, error }) => error || problems.length > 0)) process.exitCode = 1
}

async function measure(name, main, meter, directory) {
  const part = PARTS[name]
  const count = options.quick ? part.quick : part.count
  const problems = []
  let wrong = 0
  const problem = (text) => {
    wrong++
    if (problems.length < PRINTED) problems.push(text)
  }
  const running = new Set()
  const stop = async (hasten) => {
    running.delete(hasten)
    await hasten.stop()
  }
  /** Starts a server with a small heap and more environment variables. */
  const start = async (env = {}) => {
    const hasten = new Hasten({ env: { DATABASE_URL: main.databaseUrl, HASTEN_JAVA_OPTS: heap(part.heap), ...env } })
    running.add(hasten)
    await hasten.ready()
    return hasten
  }
  const { title, unit } = part
  const common = { name, title, unit, heap: part.heap, problems }
  const started = performance.now()
  try {
    if (name === 'cache' && count > BASE_USERS) await main.psql('-v', `users=${count}`, '-f', path.join(here, 'users.sql'))
    return { ...common, ...(await part.run({ main, start, stop, meter, count, isQuick: options.quick, directory, problem })) }
  } catch (error) {
    return { ...common, error: error.message }
  } finally {
    for (const hasten of running) await stop(hasten)
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.error(`  ${count} ${title}: ${wrong} wrong responses, ${seconds} s`)
  }
}
