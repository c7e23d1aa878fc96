// Restarts servers while clients send requests: two servers behind nginx, one after the other, and one server with a socket that
// stays open. No request may fail.
// Usage: see ../README.md
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadGeneration } from '../compare.mjs'
import { Database } from '../lib/databases.mjs'
import { command, startHasten, stopHasten } from '../lib/hasten.mjs'
import { until } from '../lib/until.mjs'
import { setUp } from '../schema/schema.mjs'
import { startLoad } from './load.mjs'
import { startNginx } from './nginx.mjs'

const VERSIONS = [7, 6]

/** What each client must achieve between two steps, so that every step happens under load. */
const REQUESTS = 30

export const TITLES = ['two servers behind nginx are restarted in turn', 'a server with an inherited socket is restarted']

async function freePort() {
  const server = net.createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function receivesRequests({ admin }) {
  const response = await fetch(`${admin.url}/metrics`, { headers: { authorization: `Bearer ${admin.token}` } })
  return /^hasten_http_requests_total{.*method="POST".*status="200"/m.test(await response.text())
}

/** Runs the steps under load; returns the errors of the clients. */
async function underLoad(url, steps) {
  const loads = []
  for (const major of VERSIONS) {
    const generation = await loadGeneration(String(major))
    const { modules, connect } = await generation.candidate(url)
    const [withAccelerate] = Object.values(generation.extensions)
    loads.push(startLoad(connect(modules.query, {}).$extends(withAccelerate()), major))
  }
  const progress = async () => {
    const before = loads.map((load) => load.count())
    await until('all clients send requests', () => loads.every((load, i) => load.count() >= before[i] + REQUESTS))
  }
  await progress()
  for (const step of steps) {
    await step()
    await progress()
  }
  const results = await Promise.all(loads.map((load) => load.stop()))
  console.log(`    ${results.map(({ count }, i) => `Prisma ${VERSIONS[i]}: ${count} requests`).join(', ')}`)
  return results.flatMap(({ errors }) => errors)
}

async function behindNginx({ stateDir, settings, apiKey }) {
  const ports = [await freePort(), await freePort()]
  const start = (i) =>
    startHasten(`restart-${i}`, stateDir, { ...settings, HASTEN_PORT: String(ports[i]), HASTEN_HOST: '127.0.0.1' })
  const servers = [await start(0), await start(1)]
  const port = await freePort()
  // As in deploy/proxies/nginx.conf, without TLS and stickiness.
  const stopNginx = await startNginx(
    path.join(stateDir, 'nginx'),
    port,
    `  upstream hasten {
    zone hasten 64k;
    ${ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;`).join('\n    ')}
    keepalive 64;
    keepalive_timeout 60s;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://hasten;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_read_timeout 75s;
    }
  }`,
  )
  let errors = []
  try {
    const restart = (i) => [
      () => stopHasten(servers[i]),
      async () => {
        servers[i] = await start(i)
        // Before the other one stops: nginx does not use a server again before fail_timeout is over.
        await until('the restarted server receives requests', () => receivesRequests(servers[i]))
      },
    ]
    errors = await underLoad(`prisma+postgres://localhost:${port}/?api_key=${apiKey}`, [0, 1, 0, 1].flatMap(restart))
  } finally {
    const log = await stopNginx()
    if (errors.length > 0) console.log(log.split('\n').slice(-20).join('\n'))
    await Promise.all(servers.map(stopHasten))
  }
  return errors
}

async function withInheritedSocket({ stateDir, settings, apiKey }) {
  const script = fileURLToPath(new URL('listener.py', import.meta.url))
  const { DATABASE_URL, DIRECT_URL, HASTEN_COMMAND, ...inherited } = process.env
  const listener = spawn('python3', [script, command, 'serve'], {
    env: { ...inherited, HASTEN_ADMIN_PORT: '0', HASTEN_STATE_DIR: path.join(stateDir, 'inherited'), ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  listener.stderr.setEncoding('utf8').on('data', (text) => (output += text))
  const lines = readline.createInterface({ input: listener.stdout })[Symbol.asyncIterator]()
  const tell = (line) => listener.stdin.write(`${line}\n`)
  try {
    const port = /^port (\d+)$/.exec((await lines.next()).value)[1]
    tell('start')
    const restart = async () => {
      tell('stop')
      const { value } = await lines.next()
      if (value !== 'stopped 0') throw new Error(`${value}\n${output.slice(-3000)}`)
      tell('start')
    }
    const errors = await underLoad(`prisma+postgres://localhost:${port}/?api_key=${apiKey}`, [restart, restart])
    tell('stop')
    await lines.next()
    return errors
  } catch (error) {
    throw new Error(`${error.message}\n${output.slice(-3000)}`)
  } finally {
    listener.stdin.end()
  }
}

export async function verify({ databaseUrl, only }) {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-restart-'))
  const database = await Database.prepare(databaseUrl, await setUp(databaseUrl, VERSIONS[0]))
  const apiKey = randomBytes(24).toString('hex')
  const settings = {
    DATABASE_URL: databaseUrl,
    HASTEN_API_KEY: apiKey,
    HASTEN_DATABASES_DEFAULT_SCHEMAS_STORE: 'table',
    HASTEN_DRAIN_DELAY: '500ms',
  }
  const runs = [behindNginx, withInheritedSocket]
  let passed = 0
  let failed = 0
  try {
    for (const [i, title] of TITLES.entries()) {
      if (only && !new RegExp(only, 'i').test(title)) continue
      const errors = await runs[i]({ stateDir, settings, apiKey })
      if (errors.length === 0) {
        passed++
        continue
      }
      failed++
      console.log(`FAILED ${title}: ${errors.length} errors\n    ${[...new Set(errors)].slice(0, 5).join('\n    ')}`)
    }
  } finally {
    await database.close()
    fs.rmSync(stateDir, { recursive: true, force: true })
  }
  console.log(`Restarts under load\n${passed} passed, ${failed} failed`)
  return failed === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { 'database-url': { type: 'string' }, only: { type: 'string' } } })
  if (!values['database-url']) {
    console.error('usage: verify.mjs --database-url URL [--only pattern]')
    process.exit(2)
  }
  process.exit((await verify({ ...values, databaseUrl: values['database-url'] })) ? 0 : 1)
}
