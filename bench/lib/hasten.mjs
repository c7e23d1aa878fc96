// Starts Hasten for the benchmarks, with its embedded PostgreSQL unless DATABASE_URL is set.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Server } from './server.mjs'

const run = promisify(execFile)
const command = fileURLToPath(new URL('../../bin/hasten', import.meta.url))

/** Call `await ready()` before any other method. */
export class Hasten extends Server {
  #directory
  #adminToken
  #adminUrl = ''
  #drop

  /** The URL for PostgreSQL clients. */
  databaseUrl = process.env.DATABASE_URL ?? ''

  /** `tables` are created by seed() and dropped at the end; `env` has variables for Hasten in addition to the common ones. */
  constructor({ tables = [], env = {} } = {}) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-bench-'))
    const adminToken = randomBytes(24).toString('hex')
    const { HASTEN_API_KEY, ...inherited } = process.env
    super('Hasten', command, ['serve'], {
      env: {
        ...inherited,
        HASTEN_PORT: '0',
        HASTEN_ADMIN_PORT: '0',
        HASTEN_ADMIN_TOKEN: adminToken,
        HASTEN_STATE_DIR: path.join(directory, 'state'),
        HASTEN_LOG_FORMAT: 'text',
        ...env,
      },
    })
    this.#drop = tables.length && `SET client_min_messages = warning; DROP TABLE IF EXISTS ${tables.join(', ')}`
    this.#directory = directory
    this.#adminToken = adminToken
  }

  async ready() {
    await this.started((line) => {
      const client = /^DATABASE_URL=".*:(\d+)\/\?api_key=(.*)"$/.exec(line)
      if (client) [this.url, this.key] = [`http://127.0.0.1:${client[1]}`, client[2]]
      this.databaseUrl ||= /^DIRECT_URL="(.*)"$/.exec(line)?.[1] ?? ''
      this.#adminUrl ||= /^The admin API listens on (http[^;]*);/.exec(line)?.[1] ?? ''
      return this.#adminUrl !== ''
    })
  }

  /** Creates the tables. Drops them first: if DATABASE_URL is set, a killed run may have left tables behind. */
  async seed(...files) {
    await this.psql('-c', this.#drop)
    for (const file of files) await this.psql('-f', file)
  }

  async psql(...args) {
    return (await run('psql', ['-AtqX', '-v', 'ON_ERROR_STOP=1', this.databaseUrl, ...args])).stdout.trim()
  }

  /** Calls the admin API; `body`, if given, is sent as JSON. */
  admin(path, { method = 'GET', body } = {}) {
    return fetch(`${this.#adminUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#adminToken}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  /** Returns `read(name, ...labels)`: the sum of the samples with that name and all these labels, such as `use="results"`. */
  async metrics() {
    const response = await this.admin('/metrics')
    const text = await response.text()
    if (response.status !== 200) throw new Error(`/metrics returned ${response.status}`)
    const lines = text.split('\n')
    return (name, ...labels) =>
      lines
        .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && labels.every((label) => line.includes(label)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  /** Queries whose plan was cached, and queries that were compiled. */
  async planLookups() {
    const read = await this.metrics()
    const count = (result) => read('hasten_plan_lookups_total', `result="${result}"`)
    return { reused: count('hit'), compiled: count('miss') }
  }

  /** Collects all garbage, so that only live memory remains in the heap. */
  async collectGarbage() {
    const { stdout } = await run(fileURLToPath(new URL('../../bin/java-home', import.meta.url)))
    await run(path.join(stdout.trim(), 'bin/jcmd'), [String(this.pid), 'GC.run'])
  }

  async stop() {
    if (process.env.DATABASE_URL && this.url && this.#drop) await this.psql('-c', this.#drop).catch((error) => console.error(error.message))
    await super.stop()
    fs.rmSync(this.#directory, { recursive: true, force: true })
  }
}
