// Server processes under measurement.
import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { promisify } from 'node:util'

const TICKS_PER_SECOND = Number((await promisify(execFile)('getconf', ['CLK_TCK'])).stdout)

/** A server process and the URL and key for its clients. */
export class Server {
  static #running = new Set()

  #child
  #exited
  #lines = []
  #name
  #stopped

  /** `http://host:port`, and the key of its clients. */
  url = ''
  key = 'none'

  constructor(name, command, args, options) {
    this.#name = name
    // In its own process group, so that Ctrl-C reaches only this process, which stops the server gracefully.
    this.#child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    this.#exited = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(code ?? signal)))
    Server.#running.add(this)
  }

  /** Stops all running servers in reverse order. */
  static async stopAll() {
    for (const server of [...Server.#running].reverse()) await server.stop()
  }

  get pid() {
    return this.#child.pid
  }

  /** Waits until `last(line)` has returned true. */
  started(last) {
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#exited.then((code) => reject(new Error(`${this.#name} exited with ${code}\n${this.#lines.join('\n')}`)))
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

  /** Returns the CPU time of the process in seconds. */
  cpuSeconds(pid = this.pid) {
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  /** Returns the resident memory in megabytes of 1,000,000 bytes. */
  residentMegabytes() {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${this.pid}/status`, 'utf8'))
    return (Number(kilobytes) * 1024) / 1e6
  }

  stop() {
    return (this.#stopped ??= this.#stop())
  }

  async #stop() {
    Server.#running.delete(this)
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 60_000)
    if (this.pid) await this.#exited
    clearTimeout(timer)
  }

  /** Writes a line to the server's standard input, which must be a pipe (see `options`). */
  tell(line) {
    this.#child.stdin.write(`${line}\n`)
  }
}

/** Returns a port on which nothing listens, for servers that cannot choose one themselves. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
