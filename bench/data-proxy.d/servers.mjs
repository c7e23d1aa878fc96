// The servers that are compared, on one database: Hasten brings the PostgreSQL, or DATABASE_URL names it.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const DROP = 'SET client_min_messages = warning; DROP TABLE IF EXISTS hasten_bench_posts, hasten_bench_users'

/** A server's process, and where its clients find it. */
class Server {
  #child
  #exited
  #lines = []
  #name

  /** `http://host:port`, and the key of its clients. */
  url = ''
  key = 'none'

  constructor(name, command, args, options) {
    this.#name = name
    // Of a process group of its own, so that Ctrl-C reaches only us, who stop it in order.
    this.#child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    this.#exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(code ?? signal)))
  }

  get pid() {
    return this.#child.pid
  }

  /** Waits until `last(line)` has returned true. */
  started(last) {
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#exited.then((code) => reject(new Error(`${this.#name} ended with ${code}\n${this.#lines.join('\n')}`)))
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        let rest = ''
        stream.setEncoding('utf8').on('data', (text) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop()
          for (const line of lines) {
            this.#lines = [...this.#lines.slice(-30), line]
            if (last(line)) resolve()
          }
        })
      }
    })
  }

  /** Seconds of CPU time that the process has used. */
  cpuSeconds() {
    const fields = fs
      .readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  async stop() {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 60_000)
    await this.#exited
    clearTimeout(timer)
  }
}

const TICKS_PER_SECOND = Number((await run('getconf', ['CLK_TCK'])).stdout)

export class Hasten extends Server {
  #directory
  #adminToken
  #adminUrl = ''

  /** For PostgreSQL's own clients. */
  databaseUrl = process.env.DATABASE_URL ?? ''

  constructor() {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-bench-'))
    const adminToken = randomBytes(24).toString('hex')
    const { HASTEN_API_KEY, ...inherited } = process.env
    super('Hasten', path.join(here, '../../bin/hasten'), ['serve'], {
      env: {
        ...inherited,
        HASTEN_PORT: '0',
        HASTEN_ADMIN_PORT: '0',
        HASTEN_ADMIN_TOKEN: adminToken,
        HASTEN_STATE_DIR: path.join(directory, 'state'),
        HASTEN_LOG_FORMAT: 'text',
      },
    })
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
    // On a given database an earlier run may have been killed.
    await this.psql('-c', DROP)
    await this.psql('-f', path.join(here, 'seed.sql'))
  }

  async psql(...args) {
    return (await run('psql', ['-AtqX', '-v', 'ON_ERROR_STOP=1', this.databaseUrl, ...args])).stdout.trim()
  }

  /** How many queries have found their plan ready, and how many had to be compiled. */
  async compilations() {
    const response = await fetch(`${this.#adminUrl}/metrics`, { headers: { authorization: `Bearer ${this.#adminToken}` } })
    if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`)
    const samples = [...(await response.text()).matchAll(/^hasten_compilations_total\{.*plan="(\w+)".*\} (\S+)$/gm)]
    const count = (plan) => samples.filter((sample) => sample[1] === plan).reduce((sum, sample) => sum + Number(sample[2]), 0)
    return { reused: count('reused'), compiled: count('compiled') }
  }

  async stop() {
    if (process.env.DATABASE_URL) await this.psql('-c', DROP).catch((error) => console.error(error.message))
    await super.stop()
    fs.rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** prisma-accelerate-local with its WebAssembly engine. It checks no key without --secret. */
export class AccelerateLocal extends Server {
  static async on(databaseUrl) {
    provideEngine()
    const server = new AccelerateLocal(databaseUrl, await freePort())
    await server.started((line) => (server.url = /Server ready at (http:\/\/\S+)/.exec(line)?.[1] ?? ''))
    return server
  }

  constructor(databaseUrl, port) {
    const script = path.join(here, 'node_modules/prisma-accelerate-local/dist/cjs/command/index.js')
    super(
      'prisma-accelerate-local',
      process.execPath,
      [script, databaseUrl, '--wasm', '--http', '--host', '127.0.0.1', '--port', String(port)],
      { cwd: engineHome, env: { ...process.env, NODE_ENV: 'production' } },
    )
  }
}

const engineHome = path.join(here, 'target/accelerate-local')

/**
 * Where prisma-accelerate-local looks for its engine first, seen from its working directory: @prisma/client had it as a file in
 * 6.10, for which that server was made, and has it in base64 since.
 */
function provideEngine() {
  const { wasm } = createRequire(import.meta.url)('@prisma/client/runtime/query_engine_bg.postgresql.wasm-base64.js')
  const runtime = path.join(engineHome, 'node_modules/@prisma/client/runtime')
  fs.mkdirSync(runtime, { recursive: true })
  fs.writeFileSync(path.join(runtime, 'query_engine_bg.postgresql.wasm'), Buffer.from(wasm, 'base64'))
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
