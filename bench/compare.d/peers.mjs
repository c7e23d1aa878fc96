// The peers that Hasten is compared with. Like Hasten, each has at most 10 connections to PostgreSQL.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, Server } from '../lib/server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const ATTEMPTS = 100
const isRoot = process.getuid() === 0

/** Includes the directory of daemons on Debian, which is not in every user's PATH. */
export const PATH = `${process.env.PATH}:/usr/sbin`

/** Returns the version that the command prints, or undefined if the command does not exist. */
export function version(command, argument = '--version') {
  try {
    const output = execFileSync('/bin/sh', ['-c', `${command} ${argument} 2>&1`], { encoding: 'utf8', env: { ...process.env, PATH } })
    return /\d+(\.\d+)+/.exec(output)?.[0] ?? 'unknown'
  } catch {
    return undefined
  }
}

export function installed(name) {
  return JSON.parse(fs.readFileSync(path.join(here, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** Runs a script of this directory. */
class NodeServer extends Server {
  constructor(script, databaseUrl) {
    super(script, process.execPath, [path.join(here, script), databaseUrl], { env: { ...process.env, NODE_ENV: 'production' } })
  }

  async ready() {
    await this.started((line) => {
      const port = /^port (\d+)$/.exec(line)?.[1]
      if (port) this.url = `http://127.0.0.1:${port}`
      return port
    })
  }
}

/** @prisma/query-plan-executor. It accepts any key. */
export class Executor extends NodeServer {
  constructor(databaseUrl) {
    super('executor.mjs', databaseUrl)
  }
}

/** Node's http and pg. */
export class PgServer extends NodeServer {
  constructor(databaseUrl) {
    super('pg-server.mjs', databaseUrl)
  }
}

/** Serves `files` (`{name: text}`) under /get/, with the configuration of cache-vs-nginx. */
export class Nginx extends Server {
  static async serving(files, directory) {
    const port = await freePort()
    fs.mkdirSync(path.join(directory, 'www'), { recursive: true })
    fs.mkdirSync(path.join(directory, 'temp'), { recursive: true })
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, 'www', name), text)
    const configuration = fs.readFileSync(path.join(here, '../cache-vs-nginx.d/nginx.conf'), 'utf8')
    fs.writeFileSync(path.join(directory, 'nginx.conf'), configuration.replaceAll('PORT', port))
    // When root starts nginx, its workers run as another user.
    if (isRoot) execFileSync('chmod', ['-R', 'a+rX', directory])
    const nginx = new Nginx(directory, port)
    await nginx.reachable(`/get/${Object.keys(files)[0]}`)
    return nginx
  }

  constructor(directory, port) {
    super('nginx', 'nginx', ['-p', directory, '-e', 'stderr', '-c', 'nginx.conf'], { env: { ...process.env, PATH } })
    this.url = `http://127.0.0.1:${port}`
  }

  async reachable(file) {
    const ended = this.started(() => false)
    await Promise.race([ended, attempts(async () => (await fetch(this.url + file)).ok)])
    ended.catch(() => {})
  }

  /** Includes the workers. */
  cpuSeconds() {
    const children = fs.readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim().split(' ')
    return [this.pid, ...children].reduce((sum, pid) => sum + super.cpuSeconds(pid), 0)
  }
}

/** PgBouncer in transaction mode, the mode for many clients on few connections. */
export class PgBouncer extends Server {
  /** Since 1.21, PgBouncer supports prepared statements in this mode. */
  static keepsStatements(version) {
    const [major, minor] = version.split('.').map(Number)
    return major > 1 || minor >= 21
  }

  static async before(databaseUrl, directory, prepared) {
    const port = await freePort()
    const target = new URL(databaseUrl)
    const quoted = (text) => `'${decodeURIComponent(text).replaceAll("'", "''")}'`
    const database = [
      `host=${target.hostname}`,
      `port=${target.port || 5432}`,
      `dbname=${quoted(target.pathname.slice(1))}`,
      `user=${quoted(target.username)}`,
      ...(target.password ? [`password=${quoted(target.password)}`] : []),
    ]
    const lines = [
      '[databases]',
      `bench = ${database.join(' ')}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 10',
      'max_client_conn = 1000',
      'log_connections = 0',
      'log_disconnections = 0',
      'ignore_startup_parameters = extra_float_digits',
      ...(prepared ? ['max_prepared_statements = 100'] : []),
    ]
    fs.mkdirSync(directory, { recursive: true })
    const file = path.join(directory, 'pgbouncer.ini')
    fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    // PgBouncer refuses to run as root.
    const user = isRoot ? nobody() : {}
    if (isRoot) [directory, file].forEach((name) => fs.chownSync(name, user.uid, user.gid))
    const server = new PgBouncer(file, port, user)
    await server.reachable()
    return server
  }

  constructor(file, port, user) {
    super('pgbouncer', 'pgbouncer', [file], { ...user, env: { ...process.env, PATH } })
    this.databaseUrl = `postgresql://bench@127.0.0.1:${port}/bench`
  }

  async reachable() {
    const ended = this.started(() => false)
    const asked = async () => execFileSync('psql', ['-AtqX', this.databaseUrl, '-c', 'SELECT 1'], { stdio: 'pipe' })
    await Promise.race([ended, attempts(asked)])
    ended.catch(() => {})
  }
}

function nobody() {
  const id = (option) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function attempts(attempt) {
  for (let n = 1; ; n++) {
    try {
      if (await attempt()) return
    } catch (error) {
      if (n === ATTEMPTS) throw error
    }
    if (n === ATTEMPTS) throw new Error('a server does not respond')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
