// An app that follows a guide: writes its files and runs its commands in a folder next to the packages of its home.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commandOf } from './guides.mjs'

const conformance = fileURLToPath(new URL('..', import.meta.url))
const TIMEOUT = 120_000

/** Where `npx` finds its commands, in addition to the packages of the app. */
const TOOLS = ['guides/node_modules/.bin', 'edge/node_modules/@oven/bun-linux-x64/bin', 'edge/node_modules/@deno/linux-x64-glibc']

/** Runs installed commands only; npx would download others. */
const PRELUDE = 'set -eo pipefail; npx() { "$@"; }\n'

/** The folder of the app of a guide. */
export const folderOf = ({ title, home }) =>
  path.join(conformance, home, 'generated', `guide-${title.toLowerCase().replaceAll(/\W+/g, '-')}`)

/** @param placeholders what the page shows, such as a key, and what the app uses instead */
export class App {
  #home
  #placeholders
  #port
  #env
  #servers = []

  static async create(guide, placeholders) {
    const app = new App()
    app.#home = path.join(conformance, guide.home)
    app.folder = folderOf(guide)
    fs.rmSync(app.folder, { recursive: true, force: true })
    fs.mkdirSync(app.folder, { recursive: true })
    app.#port = await freePort()
    app.#placeholders = { ...placeholders, 'localhost:3000': `localhost:${app.#port}`, '--port 3000': `--port ${app.#port}` }
    // These would take precedence over .env.
    const { DATABASE_URL, DIRECT_URL, HASTEN_URL, HASTEN_API_KEY, ...inherited } = process.env
    app.#env = { ...inherited, ...TOOL_SETTINGS, PORT: String(app.#port), PATH: app.#path(), CURL_HOME: app.folder }
    app.write('.curlrc', 'write-out = "\\n"\nsilent\nshow-error\n')
    return app
  }

  #path() {
    const folders = [path.join(this.#home, 'node_modules/.bin'), ...TOOLS.map((folder) => path.join(conformance, folder))]
    return [path.dirname(process.execPath), ...folders, process.env.PATH].join(path.delimiter)
  }

  /** Writes a file. If the page shows only the generator of a Prisma schema, it replaces the one in the file. */
  write(file, text) {
    const target = path.join(this.folder, file)
    const part = GENERATOR.test(text) && !text.includes('datasource')
    const content = part ? fs.readFileSync(target, 'utf8').replace(GENERATOR, text) : text
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, this.#filled(content))
  }

  #filled(text) {
    return Object.entries(this.#placeholders).reduce((filled, [shown, used]) => filled.replaceAll(shown, used), text)
  }

  /** Runs the commands of a block, and compares their output with that on the page. */
  async run(block) {
    const command = commandOf(block)
    if (command === undefined) return
    if (block.kind === 'server') return this.#serve(this.#filled(command))
    const lines = command.split('\n')
    const isInstall = (line) => line.startsWith('npm install ')
    for (const line of lines.filter(isInstall)) this.#checkInstalled(line)
    const rest = lines.filter((line) => !isInstall(line)).join('\n')
    const output = await this.#bash(this.#filled(rest))
    if (block.output !== undefined) assert.equal(output, block.output, `the output of line ${block.line}`)
  }

  /** `npm install` would take long, and download other versions than those in the lock file. */
  #checkInstalled(line) {
    for (const each of line.split(' ').slice(2)) {
      if (each.startsWith('--')) continue
      const [, name, major] = /^(@?[^@]+)(?:@(\d+))?$/.exec(each === './hasten-client.tgz' ? '@hasten/client' : each)
      const folders = [this.#home, path.join(conformance, 'guides'), conformance]
      const manifest = folders.map((home) => path.join(home, 'node_modules', name, 'package.json')).find(fs.existsSync)
      assert.ok(manifest, `${name} is not installed in ${this.#home}`)
      const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
      if (major) assert.equal(version.split('.')[0], major, `the version of ${name}`)
    }
  }

  async #bash(script) {
    const child = this.#spawn(script)
    let output = ''
    child.stdout.on('data', (part) => (output += part))
    const late = setTimeout(() => stopGroup(child), TIMEOUT)
    const [code, signal] = await once(child, 'close')
    clearTimeout(late)
    if (code !== 0) throw new Error(`exit status ${code ?? signal}:\n${script}\n${output}\n${child.errors}`)
    return output
  }

  /** Starts a server, and waits until it accepts connections. */
  async #serve(script) {
    const child = this.#spawn(script)
    child.stdout.on('data', (part) => (child.errors += part))
    this.#servers.push(child)
    const deadline = Date.now() + TIMEOUT
    while (!(await listens(this.#port))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${script} accepts no connections:\n${child.errors}`)
      await sleep(50)
    }
  }

  /** The output of all servers, for an error. */
  get log() {
    return this.#servers.map(({ errors }) => errors).join('')
  }

  /** In its own process group, so that all of its processes can be stopped. */
  #spawn(script) {
    const options = { cwd: this.folder, env: this.#env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }
    const child = spawn('bash', ['-c', PRELUDE + script], options)
    child.errors = ''
    running.add(child)
    child.once('exit', () => running.delete(child))
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8')
    child.stderr.on('data', (part) => (child.errors += part))
    return child
  }

  async close() {
    for (const server of this.#servers) {
      if (server.exitCode !== null || server.signalCode !== null) continue
      stopGroup(server)
      await once(server, 'exit')
    }
  }
}

const GENERATOR = /^generator client \{[^}]*\}\n/m

/** Nothing is downloaded, and nothing is reported to the makers of the tools. */
const TOOL_SETTINGS = {
  NO_COLOR: '1',
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true',
  PRISMA_GENERATE_SKIP_AUTOINSTALL: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
}

const running = new Set()
process.once('exit', () => running.forEach(stopGroup))

function stopGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, 'localhost')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
