/** A real server with its embedded PostgreSQL and much data, for the tests of the dashboard. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const COMMAND = process.env.HASTEN_COMMAND ?? new URL('../../../bin/hasten', import.meta.url).pathname
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function keyFile(count) {
  const keys = []
  for (let i = 0; i < count; i++) {
    const id = 'k' + Array.from({ length: 7 }, (_, at) => ALPHABET[Math.floor(i / 32 ** at) % 32]).join('')
    keys.push({
      id,
      name: `tenant ${i}`,
      database: 'default',
      scopes: ['prisma', 'sql', 'invalidate'],
      sha256: createHash('sha256').update(randomBytes(32)).digest('hex'),
      created: '2026-01-01T00:00:00Z',
      expires: null,
      ...(i % 7 === 0 ? { limits: { requests_per_second: 10, requests_per_day: 100_000 } } : {}),
    })
  }
  return JSON.stringify({ version: 1, keys })
}

/** Starts a server. `keys` is the number of further API keys. */
export async function start({ keys = 0 } = {}) {
  const state = mkdtempSync(join(tmpdir(), 'hasten-dashboard-'))
  const [port, admin] = [await freePort(), await freePort()]
  if (keys > 0) {
    mkdirSync(state, { recursive: true })
    writeFileSync(join(state, 'keys.json'), keyFile(keys), { mode: 0o600 })
  }
  const secret = 'dashboard-test-' + randomBytes(12).toString('hex')
  const variables = Object.entries(process.env).filter(([name]) => !/^(HASTEN_|DATABASE_URL$)/.test(name))
  const process_ = spawn(
    COMMAND,
    [
      'serve',
      ...['--set', `state_dir=${state}`, '--set', `port=${port}`, '--set', `admin_port=${admin}`],
      ...['--set', 'databases.default.keys[0].name=test', '--set', `databases.default.keys[0].secret=${secret}`],
      ...['--set', 'insights.max_shapes=20000', '--set', 'databases.default.limits.query_timeout=60s'],
      ...['--set', 'databases.default.limits.transaction_timeout=60s', '--set', 'drain_timeout=0s'],
      ...['--set', 'log.failures_per_minute=0'],
    ],
    // Variables such as HASTEN_COMMAND would be read as configuration keys.
    { stdio: ['ignore', 'pipe', 'pipe'], env: Object.fromEntries(variables) },
  )
  let output = ''
  const ready = new Promise((resolve, reject) => {
    const read = (part) => {
      output += part
      if (output.includes('The dashboard and the admin API are at')) {
        resolve()
      }
    }
    process_.stdout.on('data', read)
    process_.stderr.on('data', read)
    process_.on('exit', (code) => reject(new Error(`the server stopped with ${code}: ${output}`)))
  })
  await ready
  const token = readFileSync(join(state, 'admin-token'), 'utf8').trim()

  async function post(path, body, { key = secret, headers = {} } = {}) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, headers: response.headers, body: await response.json().catch(() => null) }
  }

  return {
    url: `http://127.0.0.1:${admin}`,
    token,
    post,
    /** Runs SQL; `options` as for a request. */
    sql: (query, params = [], options = {}) => post('/sql', { query, params, ...options.body }, options),
    /** Calls the admin API; returns null if the response is empty. */
    admin: async (path, method = 'GET') => {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`http://127.0.0.1:${admin}${path}`, { method, headers })
      return response.status === 204 ? null : response.json()
    },
    stop: async () => {
      if (process_.exitCode === null) {
        const exit = new Promise((resolve) => process_.on('exit', resolve))
        process_.kill('SIGTERM')
        await exit
      }
      rmSync(state, { recursive: true, force: true })
    },
  }
}
