// The scenarios and their contenders. The others are compared with the first contender.
//
// A contender is `{name, by, measure}`, where `measure({seconds, connections, seed, lead})` runs the load, and `by` names
// the generator. All contenders of a scenario use the same generator, except pgbench, which is itself a contender.
import fs from 'node:fs'
import path from 'node:path'
import { Load } from '../lib/load.mjs'
import { recorded } from '../lib/recorded.mjs'
import { cacheStatus, checkAgreement, cutBody, post } from './answers.mjs'
import { Nginx, PgBouncer } from './peers.mjs'
import { pgbench } from './pgbench.mjs'

const GENERATOR = 'hasten bench'
const USERS = 1000

/** At least a hundred posts follow the first post of this user. */
const LAST_OF_HUNDRED = 990

/** Scenarios with the same names as those of `hasten bench`. */
const PRISMA = [
  { name: 'find-unique', title: 'findUnique' },
  { name: 'find-many', title: 'findMany, 50 rows' },
  { name: 'include', title: 'findMany with include, 23 KB' },
  { name: 'update-nested', title: 'update with a nested write', writes: true },
  { name: 'create', title: 'create', writes: true },
  { name: 'transaction', title: 'interactive transaction of 3 statements', writes: true },
  { name: 'raw-sql', title: '$queryRaw' },
]

const SQL = [
  {
    name: 'sql-point',
    title: '/sql, one row',
    sql: 'SELECT id, email, name, age FROM public.hasten_bench_user WHERE id = $1',
    slot: '@ID',
    highestUser: USERS,
    random: `random(1, ${USERS})`,
    bytes: [100, 1500],
  },
  {
    name: 'sql-100',
    title: '/sql, 100 rows',
    sql: 'SELECT id, title, body, published, views FROM public.hasten_bench_post WHERE id >= $1 ORDER BY id LIMIT 100',
    slot: '@POST',
    highestUser: LAST_OF_HUNDRED,
    random: `random(1, ${LAST_OF_HUNDRED * 10})`,
    bytes: [10_000, 30_000],
  },
]

/** Prisma's protocol, against the official executor; findUnique also against pgbench. */
export function prismaScenarios({ hasten, executor, generator, benches }) {
  return PRISMA.map(({ name, ...scenario }) => {
    const load = (server) => (how) => generator.measure(server, { scenario: name }, how)
    const contenders = [{ name: 'Hasten', by: GENERATOR, measure: load(hasten) }]
    if (executor) contenders.push({ name: 'official executor', by: GENERATOR, measure: load(executor) })
    if (name === 'find-unique') contenders.push(...benches(`\\set p0 random(1, ${USERS})\n${statement(recorded(name))};\n`, true))
    const check = async () => executor && checkAgreement(name, hasten, executor)
    return { name, ...scenario, contenders, check }
  })
}

/** Converts a recorded plan of one statement to SQL for pgbench: the first parameter becomes `:p0`, the others literals. */
function statement(body) {
  const { fragments, args } = find(JSON.parse(body.replaceAll('@ID', '0')).plan, (node) => node.type === 'templateSql')
  let sets = ''
  let next = 0
  const sql = fragments
    .map(({ type, chunk }) => {
      if (type === 'stringChunk') return chunk
      if (type !== 'parameter') throw new Error(`pgbench cannot run a statement with ${type}`)
      if (next > 0) sets += `\\set p${next} ${args[next]}\n`
      return `:p${next++}`
    })
    .join('')
  return sets + sql
}

function find(node, is) {
  if (node === null || typeof node !== 'object') return undefined
  if (is(node)) return node
  for (const value of Object.values(node)) {
    const found = find(value, is)
    if (found) return found
  }
  return undefined
}

/** SQL over HTTP, against Node's http and pg. */
export function sqlScenarios({ hasten, pgServer, generator, benches }) {
  return SQL.map(({ name, title, sql, slot, highestUser, random, bytes: [shortest, longest] }) => {
    const request = {
      ...{ path: '/sql', headers: '', body: JSON.stringify({ query: sql, params: [slot] }).replace(`"${slot}"`, slot) },
      ...{ highestUser, start: '{"fields":[', shortest, longest },
    }
    const load = (server) => (how) => generator.measure(server, { request }, how)
    const contenders = [{ name: 'Hasten', by: GENERATOR, measure: load(hasten) }]
    if (pgServer) contenders.push({ name: 'Node http and pg', by: GENERATOR, measure: load(pgServer) })
    contenders.push(...benches(`\\set p0 ${random}\n${sql.replace('$1', ':p0')};\n`, false))
    const check = async () => {
      for (const id of pgServer ? [7, 500, 901] : []) {
        const [ours, theirs] = await Promise.all([hasten, pgServer].map((server) => post(server, '/sql', request.body.replace(slot, id))))
        const rows = (answer) => JSON.stringify([answer.command, answer.rowCount, answer.rows, answer.fields.map((field) => field.name)])
        if (rows(ours) !== rows(theirs)) throw new Error(`${name}: the responses differ\n${rows(ours)}\n${rows(theirs)}`)
      }
    }
    return { name, title, contenders, check }
  })
}

/** Returns `benches(script, throughPgBouncer)`, which returns the pgbench contenders for a script. */
export async function pgbenches({ hasten, directory, pgBouncerVersion, skip }) {
  let number = 0
  const keeps = pgBouncerVersion && PgBouncer.keepsStatements(pgBouncerVersion)
  const proxy = pgBouncerVersion && (await PgBouncer.before(hasten.databaseUrl, path.join(directory, 'pgbouncer'), keeps))
  if (proxy && !keeps) skip(`prepared statements through PgBouncer: ${pgBouncerVersion} has none in mode "transaction", so pgbench -M extended`)
  return (script, throughPgBouncer) => {
    const file = path.join(directory, `pgbench-${number++}.sql`)
    fs.writeFileSync(file, script)
    const direct = {
      name: 'pgbench -M prepared, 10 connections',
      by: 'pgbench',
      measure: ({ seconds }) => pgbench(hasten.databaseUrl, file, { seconds, connections: 10, protocol: 'prepared' }),
    }
    if (!throughPgBouncer || !proxy) return [direct]
    const protocol = keeps ? 'prepared' : 'extended'
    return [
      direct,
      {
        name: `pgbench -M ${protocol} through PgBouncer`,
        by: 'pgbench',
        measure: ({ seconds, connections }) => pgbench(proxy.databaseUrl, file, { seconds, connections, protocol, proxy }),
      },
    ]
  }
}

/** Cache hits, against the same bytes served as files. */
export async function cacheScenarios({ hasten, directory }) {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'prisma-engine-hash': '7.10.0',
    'prisma-engine-version': '0edf323efd1d98336f3f0a68684b56f689b900d3',
    'x-capture-telemetry': 'error',
    'cache-control': 'max-age=86400',
  }
  const sizes = [
    { name: 'cache-small', file: 'small.json', body: recorded('find-unique').replaceAll('@ID', '42') },
    { name: 'cache-large', file: 'large.json', body: recorded('find-many').replaceAll('@POST', '421') },
  ]
  const files = {}
  for (const { file, body } of sizes) {
    // The first response also contains the telemetry of its query.
    await cacheStatus(hasten, headers, body)
    files[file] = (await cacheStatus(hasten, headers, body)).text
  }
  const nginx = await Nginx.serving(files, path.join(directory, 'nginx'))
  return sizes.map(({ name, file, body }) => {
    const size = Buffer.byteLength(files[file])
    const loads = [
      ['Hasten', new Load(directory, hasten, { path: '/query', headers, body })],
      ['nginx, static file', new Load(directory, nginx, { path: `/get/${file}`, headers: {} })],
    ]
    const check = async () => {
      for (const [, load] of loads) await load.once(42, '')
      const { status, text } = await cacheStatus(hasten, headers, body)
      if (status !== 'ttl') throw new Error(`${name}: the cache status is ${status}`)
      const served = await (await fetch(`${nginx.url}/get/${file}`)).text()
      if (served !== text) throw new Error(`${name}: nginx and Hasten serve different bytes`)
    }
    return {
      name,
      title: `cache hit, ${size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} KB`}`,
      contenders: loads.map(([server, load]) => ({ name: server, by: 'wrk', measure: wrk(load) })),
      check,
    }
  })
}

/** Many connections, against few. */
export function connectionScenarios({ hasten, generator, few }) {
  const load = (connections) => ({
    name: `Hasten, ${connections} connections`,
    by: GENERATOR,
    measure: (how) => generator.measure(hasten, { scenario: 'find-unique' }, { ...how, connections }),
  })
  return [{ name: 'connections', title: 'findUnique', contenders: [load(1000), load(few)], check: async () => {} }]
}

/** Prisma 6 without an engine, against prisma-accelerate-local. Uses the packages of bench/data-proxy. */
export async function accelerateLocalScenarios({ hasten, directory }) {
  const { AccelerateLocal } = await import('../data-proxy.d/servers.mjs')
  const { capture, generateClient } = await import('../data-proxy.d/capture.mjs')
  const { scenarios } = await import('../data-proxy.d/scenarios.mjs')
  const reads = Object.fromEntries(Object.entries(scenarios).filter(([name]) => name.startsWith('find')))
  const { templates, schema } = await capture(generateClient(), reads, hasten)
  const other = await AccelerateLocal.on(hasten.databaseUrl)
  // prisma-accelerate-local fails on a body whose content type is JSON.
  const text = { 'content-type': 'text/plain;charset=UTF-8' }
  const uploaded = await fetch(other.url + schema.path, { method: 'PUT', headers: { ...schema.headers, ...text }, body: schema.body })
  if (!uploaded.ok) throw new Error(`prisma-accelerate-local rejects the schema: ${await uploaded.text()}`)
  return Object.entries(templates).map(([title, template], i) => {
    const ours = new Load(directory, hasten, template)
    const theirs = new Load(directory, other, { ...template, headers: { ...template.headers, ...text } })
    const check = async () => {
      for (const id of [1000, 2345, 5979]) {
        // With the 6.19 runtime, prisma-accelerate-local wraps the data twice.
        const answers = [(await ours.once(id, '')).data, (await theirs.once(id, '')).data.data]
        const [a, b] = answers.map((answer) => JSON.stringify(answer))
        if (a !== b) throw new Error(`${title}: the responses differ\n${cutBody(a)}\n${cutBody(b)}`)
      }
    }
    return {
      name: `prisma6-${i + 1}`,
      title: `Prisma 6: ${title}`,
      contenders: [
        { name: 'Hasten', by: 'wrk', measure: wrk(ours) },
        { name: 'prisma-accelerate-local --wasm', by: 'wrk', measure: wrk(theirs) },
      ],
      check,
    }
  })
}

const wrk =
  (load) =>
  ({ seconds, connections }) =>
    load.measure(seconds, connections)
