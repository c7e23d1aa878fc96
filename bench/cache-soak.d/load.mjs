// The mixed load: sends requests and checks the responses.
import fs from 'node:fs'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

const bodies = Object.fromEntries(
  ['document', 'once', 'update'].map((name) => [name, fs.readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')]),
)

const DOCUMENTS = 4000
const GROUPS = 200
const CONNECTIONS = 32
/** Hasten cancels every query long before. */
const TIMEOUT_MS = 30_000

/** Popularity is 1 / rank to this power. */
const SKEW = 0.9

/** Writes change the most popular documents, where a stale response would be noticed quickly. */
const WRITTEN = 200

/** Percentages of the requests. */
const MIX = [
  [68, 'read'],
  [5, 'readUncached'],
  [17, 'readOnce'],
  [6, 'readAndLeave'],
  [2, 'write'],
  [2, 'invalidate'],
]

/** Bytes of a document's content; must match seed.sql. */
function contentBytes(id) {
  return Math.floor(200 * 1000 ** (((id * 2654435761) % 4294967296) / 4294967296))
}

/** Maps ranks to scattered ids, so that popular documents have all sizes. */
function idOfRank(rank) {
  return 1 + ((rank * 1237) % DOCUMENTS)
}

function cumulativePopularity() {
  let sum = 0
  return Float64Array.from({ length: DOCUMENTS }, (_, rank) => (sum += 1 / (rank + 1) ** SKEW))
}

/** Two of three documents become stale and expire continuously; the third stays until it is evicted or invalidated. */
function strategy(id) {
  return id % 3 === 0 ? 'max-age=20,stale-while-revalidate=600' : `max-age=${1 + (id % 4)},stale-while-revalidate=${(id * 7) % 6}`
}

function tags(id) {
  return `document_${id},group_${id % GROUPS}`
}

export class Load {
  /** Since the last call of `take`. */
  #counts = newCounts()
  failures = 0
  failureTexts = []

  #target
  #agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  #popularity = cumulativePopularity()
  /** The lowest acceptable version of each document: that of its last write whose invalidation has completed. */
  #floor = new Uint32Array(DOCUMENTS + 1)
  #unrepeated = 0
  #running = []
  #stopped = false
  #next = 0

  /** `target`: `{host, port, key}`; `rate`: requests per second, in total. */
  constructor(target, rate) {
    this.#target = target
    this.interval = 1000 / rate
  }

  start() {
    this.#next = performance.now()
    this.#running = Array.from({ length: CONNECTIONS }, () => this.#work())
  }

  async stop() {
    this.#stopped = true
    await Promise.all(this.#running)
    this.#agent.destroy()
  }

  /** Counts and latencies (in ms) since the last call. */
  take() {
    const taken = this.#counts
    this.#counts = newCounts()
    return taken
  }

  async #work() {
    while (!this.#stopped) {
      this.#next = Math.max(this.#next + this.interval, performance.now() - 1000)
      const wait = this.#next - performance.now()
      if (wait > 0) await sleep(wait)
      await this.#run(pick())
    }
  }

  async #run(kind) {
    try {
      await this[kind]()
    } catch (error) {
      this.failures++
      if (this.failureTexts.length < 20) this.failureTexts.push(`${kind}: ${error.message}`)
    }
  }

  /** Runs as part of the load, so failures are counted. */
  invalidateAll() {
    return this.#run('invalidateEverything')
  }

  /** Runs as part of the load, so failures are counted. Has the effect of a migration. */
  changeSchema() {
    return this.#run('schemaChanged')
  }

  read() {
    const id = this.#document()
    return this.#readDocument(id, fill('document', id), { 'cache-control': strategy(id), 'accelerate-cache-tags': tags(id) })
  }

  readUncached() {
    const id = this.#document()
    return this.#readDocument(id, fill('document', id), { 'cache-control': 'no-cache' })
  }

  /** Sends a request and a tag that are never repeated. */
  readOnce() {
    const id = this.#document()
    const number = ++this.#unrepeated
    return this.#readDocument(id, fill('once', id, -number), {
      'cache-control': 'max-age=31536000',
      'accelerate-cache-tags': `document_${id},once_${number}`,
    })
  }

  /** The client closes its connection after up to 30 ms, whether or not it has received the response. */
  async readAndLeave() {
    const id = this.#document()
    const headers = { 'cache-control': strategy(id), 'accelerate-cache-tags': tags(id) }
    const request = this.#request('/query', fill('document', id), headers, false)
    const gone = new Promise((resolve) => request.once('close', resolve))
    request.once('error', () => {})
    await sleep(Math.random() * 30)
    request.destroy()
    await gone
    this.#counts.left++
  }

  async write() {
    const id = idOfRank(Math.floor(Math.random() * WRITTEN))
    const written = await this.#send('/query', fill('update', id), { 'cache-control': 'no-cache' })
    const version = JSON.parse(written.body).data.version
    await this.#invalidate([`document_${id}`])
    this.#floor[id] = Math.max(this.#floor[id], version)
  }

  invalidate() {
    const group = `group_${Math.floor(Math.random() * GROUPS)}`
    return this.#invalidate([group, `once_${Math.floor(Math.random() * (this.#unrepeated + 1))}`])
  }

  invalidateEverything() {
    return this.#invalidate('all')
  }

  async schemaChanged() {
    await this.#send('/schema/invalidate', '')
  }

  #invalidate(tags) {
    return this.#send('/invalidate', JSON.stringify({ tags }))
  }

  async #readDocument(id, body, headers) {
    const floor = this.#floor[id]
    const gzip = Math.random() < 0.5
    const started = performance.now()
    const answer = await this.#send('/query', body, gzip ? { ...headers, 'accept-encoding': 'gzip' } : headers)
    this.#counts.latencies.push(performance.now() - started)
    const status = answer.headers['accelerate-cache-status']
    this.#counts[status]++
    const { data } = JSON.parse(answer.body)
    if (data.id !== id || data.content.length !== contentBytes(id)) {
      throw new Error(`document ${id} has ${data.content.length} bytes, not ${contentBytes(id)}`)
    }
    if (data.version < floor) {
      throw new Error(`document ${id} (${status}) has version ${data.version} after ${floor} was invalidated`)
    }
  }

  async #send(path, body, headers = {}) {
    const request = this.#request(path, body, headers, true)
    const response = await new Promise((resolve, reject) => request.once('response', resolve).once('error', reject))
    const pieces = []
    for await (const piece of response) pieces.push(piece)
    let bytes = Buffer.concat(pieces)
    if (response.headers['content-encoding'] === 'gzip') {
      this.#counts.gzip++
      bytes = gunzipSync(bytes)
    }
    this.#counts.requests++
    const text = bytes.toString('utf8')
    if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${text.slice(0, 300)}`)
    return { headers: response.headers, body: text }
  }

  #request(path, body, headers, shared) {
    const { host, port, key } = this.#target
    const request = http.request({
      host,
      port,
      path,
      method: 'POST',
      agent: shared ? this.#agent : false,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    })
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error('no response')))
    request.end(body)
    return request
  }

  #document() {
    const popularity = this.#popularity
    const wanted = Math.random() * popularity[DOCUMENTS - 1]
    let low = 0
    let high = DOCUMENTS - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (popularity[middle] < wanted) low = middle + 1
      else high = middle
    }
    return idOfRank(low)
  }
}

function newCounts() {
  return { requests: 0, left: 0, gzip: 0, ttl: 0, swr: 0, miss: 0, none: 0, latencies: [] }
}

function fill(name, id, unrepeated) {
  return bodies[name].replace('@ID', id).replace('@UNREPEATED', unrepeated)
}

function pick() {
  let left = Math.random() * 100
  for (const [share, kind] of MIX) {
    left -= share
    if (left < 0) return kind
  }
  return 'read'
}
