import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Fetch } from '../types.js'

/** Shorter than the idle timeout of servers and load balancers, so that a request seldom meets a closing connection. */
const IDLE_MS = 25_000

/** How many calls may use one signal before Node.js warns of a leak, as for the built-in `fetch`. */
const MOST_CALLS = 1500

/** How long connecting may take, as for the built-in `fetch`. */
const CONNECT_MS = 10_000

/** How long a server may send nothing, as for the built-in `fetch`. */
const SILENCE_MS = 300_000

/**
 * Calls to one origin with `node:http`, which needs a fraction of the CPU of the built-in `fetch`. Requests that it does not
 * support, such as streamed bodies, are passed to `base`. It does not follow redirects.
 */
export function transport(origin: string, base: Fetch, own?: Fetch): Fetch {
  if (own) return own
  const { hostname, port, protocol } = new URL(origin)
  const { Agent, request } = protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS })
  const host = hostname.replace(/^\[|\]$/g, '')
  return (input, given) => {
    const init = given ?? {}
    const { body, signal } = init
    const url = String(input)
    const supported = body == null || typeof body === 'string' || body instanceof Uint8Array
    if (!url.startsWith(`${origin}/`) || !supported || isStreamed(init.headers)) return base(input, given)
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const headers: http.OutgoingHttpHeaders = isPlain(init.headers)
        ? { ...init.headers }
        : Object.fromEntries([...(new Headers(init.headers) as unknown as Iterable<[string, string]>)])
      if (body != null) headers['content-length'] = Buffer.byteLength(body)
      const path = url.slice(origin.length).replace(/#.*/, '')
      let connected = false
      let responded = false
      let call: http.ClientRequest
      try {
        call = request({ host, port, path, method: init.method ?? 'GET', headers, agent })
      } catch (error) {
        // An argument is invalid.
        return reject(Object.assign(error as Error, { notSent: true }))
      }
      const abort = () => fail(signal!.reason)
      const end = () => {
        clearTimeout(connecting)
        signal?.removeEventListener('abort', abort)
      }
      const fail = (error: Error) => {
        end()
        reject(signal?.aborted || connected ? error : Object.assign(error, { notSent: true }))
        call.destroy()
      }
      const connecting = setTimeout(() => fail(new Error('the connection was not opened in time')), CONNECT_MS)
      const opened = () => {
        connected = true
        clearTimeout(connecting)
      }
      call.on('socket', (socket) => {
        if (call.reusedSocket) opened()
        else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', opened)
      })
      call.on('response', (message) => {
        responded = true
        const chunks: Buffer[] = []
        message.on('data', (chunk) => chunks.push(chunk))
        message.on('error', fail)
        message.on('end', () => {
          end()
          resolve(new NodeResponse(message, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)) as never)
        })
      })
      call.on('error', (error) => {
        // If the server has closed one idle connection, it has probably closed all. A repeated read needs a new one.
        if (call.reusedSocket) Object.values(agent.freeSockets).forEach((sockets) => sockets?.forEach((idle) => idle.destroy()))
        fail(error)
      })
      // A server that switches to another protocol sends no response, and causes no error.
      call.on('close', () => responded || fail(new Error('the connection was closed without a response')))
      call.setTimeout(SILENCE_MS, () => fail(new Error(`the server has sent nothing for ${SILENCE_MS / 1000} seconds`)))
      if (signal) {
        // An app may use one signal for many calls, as with the built-in `fetch`.
        if (getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(MOST_CALLS, signal)
        signal.addEventListener('abort', abort)
      }
      call.end(body ?? undefined)
    })
  }
}

/** The transport waits for the end of a response, which a streamed result must not. */
function isStreamed(headers: RequestInit['headers']): boolean {
  return headers != null && !isPlain(headers)
    ? isStreamed({ accept: new Headers(headers).get('accept') ?? '' })
    : Object.entries(headers ?? {}).some(([name, value]) => /^accept$/i.test(name) && /ndjson/i.test(String(value)))
}

function isPlain(headers: unknown): headers is Record<string, string> {
  return headers != null && Object.getPrototypeOf(headers) === Object.prototype
}

/** The part of `Response` that clients of Hasten use. Its body has arrived completely. */
class NodeResponse {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly body = { cancel: async () => {} }
  readonly headers: {
    get(name: string): string | null
    has(name: string): boolean
    getSetCookie(): string[]
    [Symbol.iterator](): Iterator<[string, string]>
  }
  readonly #bytes: Buffer

  constructor(message: http.IncomingMessage, bytes: Buffer) {
    this.status = message.statusCode!
    this.ok = this.status >= 200 && this.status < 300
    this.statusText = message.statusMessage!
    this.#bytes = bytes
    // Node.js parses `message.headers` when it is read for the first time.
    const get = (name: string) => {
      const value = message.headers[name.toLowerCase()]
      return value === undefined ? null : String(value)
    }
    this.headers = {
      get,
      has: (name) => get(name) !== null,
      getSetCookie: () => message.headers['set-cookie'] ?? [],
      *[Symbol.iterator]() {
        const { rawHeaders } = message
        for (let i = 0; i < rawHeaders.length; i += 2) yield [rawHeaders[i]!, rawHeaders[i + 1]!]
      },
    }
  }

  async text(): Promise<string> {
    return this.#bytes.toString()
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.#bytes.toString())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(this.#bytes).buffer
  }
}
