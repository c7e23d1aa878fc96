// Measures a server under a load of wrk, including the server's CPU time.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const script = fileURLToPath(new URL('requests.lua', import.meta.url))

/** The allowed deviation of a response's size. Failed queries also return 200, but with a very different size. */
const TOLERANCE = 0.05

/** Repeats a request to a server. `request` is `{path, headers, body}`, the body with placeholders; without one, a GET. */
export class Load {
  static #runs = 0

  #server
  #request
  #file
  #answerBytes

  constructor(directory, server, request) {
    this.#server = server
    this.#request = { ...request, headers: { ...request.headers, authorization: `Bearer ${server.key}` } }
    this.#file = path.join(fs.mkdtempSync(path.join(directory, 'load-')), 'body')
    if (request.body === undefined) this.#file = '-'
    else fs.writeFileSync(this.#file, request.body)
  }

  /** Sends the request once, for an id and a number. */
  async once(id, number) {
    const body = this.#request.body?.replaceAll('@ID', id).replaceAll('@UNREPEATED', number)
    const { status, head, text } = await send(new URL(this.#request.path, this.#server.url), this.#request.headers, body)
    if (status !== 200) throw new Error(`${this.#server.url}${this.#request.path} returned ${status}: ${text}`)
    this.#answerBytes = head + Buffer.byteLength(text)
    return JSON.parse(text)
  }

  /** Returns requests, requests per second (`rate`), CPU time of the server per request (`cpu`) and latencies, in µs. */
  async measure(seconds, connections) {
    const url = new URL(this.#request.path, this.#server.url).href
    const headers = Object.entries(this.#request.headers).map(([name, value]) => `${name}: ${value}`)
    // One thread per core: with fewer, the load generator would be the bottleneck.
    const threads = Math.min(os.availableParallelism(), connections)
    const cpuBefore = this.#server.cpuSeconds()
    const { stdout } = await run('wrk', [
      ...['-t', threads, '-c', connections, '-d', `${seconds}s`, '--timeout', '30s', '-s', script, url].map(String),
      ...['--', this.#file, String(++Load.#runs), ...headers],
    ])
    const cpu = this.#server.cpuSeconds() - cpuBefore
    const result = /^RESULT (.*)$/m.exec(stdout)
    if (!result) throw new Error(`wrk has no result:\n${stdout}`)
    const [requests, microseconds, bytes, errors, p50, p99] = result[1].split(' ').map(Number)
    if (errors > 0) throw new Error(`${errors} errors in ${requests} responses of ${url}`)
    if (Math.abs(bytes / requests / this.#answerBytes - 1) > TOLERANCE) {
      throw new Error(`responses of ${url} have ${bytes / requests} bytes on average; a correct one had ${this.#answerBytes}`)
    }
    return { requests, rate: requests / (microseconds / 1e6), cpu: (cpu * 1e6) / requests, p50, p99 }
  }
}

/** Returns `{status, head, text}`, with `head` in bytes. */
function send(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: body === undefined ? 'GET' : 'POST', headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      const { statusCode, statusMessage, rawHeaders } = response
      // Each name is followed by ": " and each value by CRLF; "HTTP/1.1 200 " and two line ends surround the fields.
      const head = rawHeaders.reduce((sum, part) => sum + part.length + 2, 17 + statusMessage.length)
      resolve({ status: statusCode, head, text })
    })
    request.once('error', reject).end(body)
  })
}
