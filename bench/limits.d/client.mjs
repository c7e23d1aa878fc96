// A small HTTP client: one connection, one request at a time. It leaves more of the machine to the server than node:http.
import net from 'node:net'
import { recorded } from '../lib/recorded.mjs'

const TIMEOUT_MS = 60_000
const FIND_UNIQUE = recorded('find-unique')
const HEAD_END = Buffer.from('\r\n\r\n')

export class Connection {
  #socket
  #received = []
  #length = 0
  /** Length of the response; unknown until its head is complete. */
  #expected
  #head = ''
  #waiting
  #error

  /** `from` is the local address; needed for more connections than one address has ports. */
  static open(server, from = '127.0.0.1') {
    const { port } = new URL(server.url)
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port: Number(port), localAddress: from, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  constructor(socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#take(bytes))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
    socket.on('timeout', () => socket.destroy(new Error('no response')))
  }

  get isOpen() {
    return this.#error === undefined
  }

  /** Returns `{status, head, body}`, with head and body as text. */
  send(key, method, path, body, headers = '') {
    const bytes = Buffer.byteLength(body)
    const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n${headers}content-length: ${bytes}\r\n\r\n`
    return new Promise((resolve, reject) => {
      if (this.#error) return reject(this.#error)
      this.#waiting = { resolve, reject }
      this.#socket.setTimeout(TIMEOUT_MS)
      this.#socket.write(head + body)
    })
  }

  close() {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #fail(error) {
    this.#error ??= error
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #take(bytes) {
    this.#received.push(bytes)
    this.#length += bytes.length
    if (this.#expected === undefined) {
      const all = Buffer.concat(this.#received)
      this.#received = [all]
      const end = all.indexOf(HEAD_END)
      if (end < 0) return
      this.#head = all.toString('latin1', 0, end)
      const content = /\r\ncontent-length: (\d+)/i.exec(this.#head)
      if (!content) return this.#socket.destroy(new Error(`a response without Content-Length: ${this.#head}`))
      this.#expected = end + HEAD_END.length + Number(content[1])
    }
    if (this.#length < this.#expected) return
    const all = Buffer.concat(this.#received)
    const { resolve } = this.#waiting
    const body = all.toString('utf8', this.#head.length + HEAD_END.length)
    const head = this.#head
    this.#received = []
    this.#length = 0
    this.#expected = undefined
    this.#waiting = undefined
    this.#socket.setTimeout(0)
    resolve({ status: Number(head.slice(9, 12)), head, body })
  }
}

/**
 * Reads a user and checks the response. Throws if it is wrong. `cached` reads through the cache; returns the value of
 * accelerate-cache-status.
 */
export async function readUser(connection, key, id, { cached = false } = {}) {
  const response = await connection.send(key, 'POST', '/query', FIND_UNIQUE.replace('@ID', id), cached ? 'cache-control: max-age=86400\r\n' : '')
  if (response.status !== 200) throw new Error(`user ${id}: ${response.status} ${response.body.slice(0, 300)}`)
  const { data } = JSON.parse(response.body)
  if (data?.id !== id || data.email !== `user${id}@example.com`) throw new Error(`user ${id}: wrong response ${response.body.slice(0, 300)}`)
  return /\r\naccelerate-cache-status: (\w+)/i.exec(response.head)?.[1]
}

/** Calls `work(i)` for each i below `count`, `workers` at a time; `state(worker)` is passed as the second argument. */
export async function inParallel(count, workers, work, states = []) {
  let next = 0
  const loop = async (worker) => {
    while (next < count) await work(next++, states[worker])
  }
  await Promise.all(Array.from({ length: Math.min(workers, count) }, (_, worker) => loop(worker)))
}

/** Opens connections, runs `use(connections)` and closes them. */
export async function withConnections(server, count, use) {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(server)))
  try {
    return await use(connections)
  } finally {
    connections.forEach((connection) => connection.close())
  }
}
