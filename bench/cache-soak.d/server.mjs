// The Hasten server under test.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const command = fileURLToPath(new URL('../../bin/hasten', import.meta.url))
const seed = fileURLToPath(new URL('seed.sql', import.meta.url))
const javaHome = () => execFileSync(fileURLToPath(new URL('../../bin/java-home', import.meta.url)), { encoding: 'utf8' }).trim()
const DROP = 'DROP TABLE IF EXISTS hasten_bench_documents'

/** The JVM touches the whole heap at startup, so that later only off-heap memory makes resident memory grow. */
const JAVA_OPTIONS = '-Xms256m -Xmx256m -XX:+AlwaysPreTouch'
const CACHE_BYTES = '64mb'

const MIB = 2 ** 20

/** Matches lines like `GC(7) Pause Full (Diagnostic Command) 150M->93M(256M)`. */
const COLLECTED = /\(Diagnostic Command\) \d+M(?:\(\d+%\))?->(\d+)M/g

/** Starts Hasten, with its embedded PostgreSQL unless DATABASE_URL is set. */
export class Server {
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-soak-'))
  #gcLog = path.join(this.#directory, 'gc.log')
  #adminToken = randomBytes(24).toString('hex')
  #directUrl = process.env.DATABASE_URL ?? ''
  #child
  #exited
  #stopped
  #lines = []

  /** `{host, port, key}` for clients. */
  client = { host: '127.0.0.1', port: 0, key: '' }
  adminUrl = ''
  /** Hasten's log: warnings by logger, and errors. */
  warnings = new Map()
  errors = []

  constructor() {
    const { HASTEN_API_KEY, HASTEN_JAVA_OPTS, ...inherited } = process.env
    this.#child = spawn(command, ['serve'], {
      // In its own process group, so that Ctrl-C reaches only this process, which stops the server gracefully.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited,
        HASTEN_JAVA_OPTS: `${JAVA_OPTIONS} -Xlog:gc:file=${this.#gcLog}:uptime ${HASTEN_JAVA_OPTS ?? ''}`,
        HASTEN_PORT: '0',
        HASTEN_ADMIN_PORT: '0',
        HASTEN_ADMIN_TOKEN: this.#adminToken,
        HASTEN_STATE_DIR: path.join(this.#directory, 'state'),
        HASTEN_CACHE_MAX_BYTES: CACHE_BYTES,
        HASTEN_LOG_FORMAT: 'text',
      },
    })
    this.#exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(code ?? signal)))
  }

  /** Waits until the server is ready, fills the database, and creates a key. */
  async ready() {
    await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`Hasten ${why}\n${this.#lines.slice(-30).join('\n')}`))
      this.#child.once('error', reject)
      this.#exited.then((code) => fail(`ended with ${code}`))
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        let rest = ''
        stream.setEncoding('utf8').on('data', (text) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop()
          lines.forEach((line) => this.#take(line, resolve))
        })
      }
    })
    // If DATABASE_URL is set, a killed run may have left tables behind.
    await this.#psql('-c', `SET client_min_messages = warning; ${DROP}`)
    await this.#psql('-f', seed)
    const response = await fetch(`${this.adminUrl}/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'soak', database: 'default', scopes: ['prisma', 'invalidate', 'schema'] }),
    })
    if (response.status !== 201) throw new Error(`cannot create a key: ${response.status} ${await response.text()}`)
    this.client.key = (await response.json()).token
  }

  #take(line, ready) {
    this.#lines.push(line)
    if (this.#lines.length > 100) this.#lines.shift()
    const warner = / WARN +(\S+) - /.exec(line)?.[1]
    if (warner) this.warnings.set(warner, [...(this.warnings.get(warner) ?? []), line])
    if (/ ERROR /.test(line)) this.errors.push(line)
    const port = /^DATABASE_URL=".*:(\d+)\/\?api_key=/.exec(line)?.[1]
    if (port) this.client.port = Number(port)
    const direct = /^DIRECT_URL="(.*)"$/.exec(line)?.[1]
    if (direct) this.#directUrl = direct
    const admin = /^The admin API listens on (http[^;]*);/.exec(line)?.[1]
    if (admin) {
      this.adminUrl = admin
      ready()
    }
  }

  #psql(...args) {
    return run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', this.#directUrl, ...args])
  }

  /** Fetches the metrics: `read(name, labels...)` returns the sum of the samples with that name and all these labels. */
  async metrics() {
    const response = await fetch(`${this.adminUrl}/metrics`, { headers: { authorization: `Bearer ${this.#adminToken}` } })
    if (response.status !== 200) throw new Error(`/metrics returned ${response.status}`)
    const lines = (await response.text()).split('\n')
    return (name, ...labels) => {
      const samples = lines.filter(
        (line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && labels.every((l) => line.includes(l)),
      )
      if (samples.length === 0) throw new Error(`/metrics has no ${name} with ${labels}`)
      return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    }
  }

  /** Resident memory of the JVM, in bytes. */
  residentBytes() {
    const status = fs.readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) * 1024
  }

  /** Runs a full garbage collection; returns the bytes of heap still in use, which grow with a leak. */
  async liveHeap() {
    await run(path.join(javaHome(), 'bin/jcmd'), [String(this.#child.pid), 'GC.run'])
    const after = [...fs.readFileSync(this.#gcLog, 'utf8').matchAll(COLLECTED)].at(-1)?.[1]
    if (after === undefined) throw new Error('the GC log does not contain the requested collection')
    return Number(after) * MIB
  }

  /** Stops Hasten; returns its exit status. */
  stop() {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop() {
    if (process.env.DATABASE_URL) await this.#psql('-c', DROP).catch((error) => console.error(error.message))
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 60_000)
    const code = await this.#exited
    clearTimeout(timer)
    fs.rmSync(this.#directory, { recursive: true, force: true })
    return code
  }
}
