import { transport } from '#transport'
import { isRead } from './reads.js'
import type { Fetch, HastenOptions } from './types.js'
import { parseUrl } from './url.js'

/** To this address, the stock extension posts invalidations, with the API key. */
const VENDOR_INVALIDATE = 'https://accelerate.prisma-data.net/invalidate'

/** Errors of connecting, as far as a `fetch` reports them: nothing was sent. The transport marks its errors itself. */
const NOT_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_|UND_ERR_CONNECT)/

/** Paths of Prisma 7, and of Prisma 5 and 6. */
const QUERY = /^\/(query|[^/]+\/[^/]+\/graphql)$/

/**
 * A `fetch` for one Hasten server. In Node.js, it needs much less CPU than the built-in `fetch`. Calls to other hosts go to
 * the global `fetch`.
 *
 * - `$accelerate.invalidate()` goes to your server. The stock extension can send it to its vendor, with your API key.
 * - If the connection is lost after a write was sent, the write fails with P1017. Prisma 5 and 6 would repeat it.
 *
 * @param url `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`
 * @throws Error if `url` is not such a URL; the message contains neither the URL nor the key
 */
export function hastenFetch(url: string | undefined, options: HastenOptions = {}): Fetch {
  // Looked up on each call, because tests and tracing replace it.
  return createFetch(url, options, (...args) => fetch(...args))
}

/**
 * Replaces the global `fetch` for calls to your server: the only way to cover the start and end of interactive transactions and
 * the schema upload of Prisma 5 and 6, for which Prisma Client always uses the global `fetch`.
 *
 * @returns a function that restores the previous `fetch`
 */
export function installHastenFetch(url: string | undefined, options: HastenOptions = {}): () => void {
  const before = globalThis.fetch
  const send = createFetch(url, options, (...args) => before(...args))
  // The app's own calls get a complete Response.
  const installed = (async (input, init) => complete(await send(input, init))) as typeof fetch
  globalThis.fetch = installed
  return () => {
    if (globalThis.fetch === installed) globalThis.fetch = before
  }
}

/** Makes a Response of the result of the transport. */
async function complete(response: Response): Promise<Response> {
  const isComplete: boolean = response instanceof Response
  if (isComplete) return response
  const { status, statusText, headers } = response
  const hasBody = status !== 204 && status !== 205 && status !== 304
  return new Response(hasBody ? await response.arrayBuffer() : null, {
    status,
    statusText,
    headers: [...(headers as unknown as Iterable<[string, string]>)],
  })
}

function createFetch(url: string | undefined, options: HastenOptions, global: Fetch): Fetch {
  const { origin, apiKey } = parseUrl(url)
  const other = options.fetch ?? global
  const direct = transport(origin, global, options.fetch)
  // A redirect would take the request, with the key of Neon's driver, to another host.
  const send: Fetch = (input, init) => direct(input, { ...init, redirect: 'manual' })
  const call: Fetch = async (input, init) => {
    if (typeof input === 'object' && 'url' in input) {
      return isOf(origin, input.url) ? call(input.url, await unpacked(new Request(input, init))) : other(input, init)
    }
    const target = String(input)
    if (target === VENDOR_INVALIDATE && init?.method?.toUpperCase() === 'POST') {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${apiKey}`)
      return send(`${origin}/invalidate`, { ...init, headers })
    }
    const path = pathAt(origin, target)
    return path === undefined ? other(input, init) : sendOnce(send, origin + path, init ?? {})
  }
  return call
}

/** The parts of a Request, so that it gets the same protection as other calls. */
async function unpacked(request: Request): Promise<RequestInit> {
  const { method, headers, signal } = request
  const body = request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }
  return { method, headers, signal, ...body }
}

/** Whether calls to an address go to the server with this origin. */
export function isOf(origin: string, target: string): boolean {
  return target === VENDOR_INVALIDATE || pathAt(origin, target) !== undefined
}

/** Returns what follows the origin, even if it is spelled in another way, as in `https://EXAMPLE.com:443/query`. */
function pathAt(origin: string, target: string): string | undefined {
  if (target.startsWith(`${origin}/`)) return target.slice(origin.length)
  try {
    const url = new URL(target)
    return url.origin === origin ? url.pathname + url.search : undefined
  } catch {
    return undefined
  }
}

/**
 * Prisma 5 and 6 repeat a call whose `fetch` throws, or whose response has status 429 or 5xx, although it may have been executed.
 * They do not repeat one that returns a known error.
 */
async function sendOnce(send: Fetch, url: string, init: RequestInit): Promise<Response> {
  const path = url.replace(/^\w+:\/\/[^/]+|\?.*/g, '')
  const isPrismaCall = init.method?.toUpperCase() === 'POST' && path !== '/sql' && path !== '/invalidate'
  const isReading = QUERY.test(path) && isRead(init)
  try {
    const response = await send(url, init)
    if (!isPrismaCall || isReading || !isOfProxy(response)) return response
    // Otherwise, some runtimes keep the connection for the rest of the response.
    await response.body?.cancel()
    return knownError(LOST)
  } catch (error) {
    if (!isPrismaCall || init.signal?.aborted || wasNotSent(error)) throw error
    return isReading ? send(url, init) : knownError(LOST)
  }
}

/** A proxy in front of the server has lost the response. Errors of the server itself have a code. */
function isOfProxy({ status, headers }: Response): boolean {
  return (status < 200 || status === 429 || status >= 500) && headers.get('prisma-error-code') === null
}

function wasNotSent(error: unknown): boolean {
  const { notSent, code, cause } = (error ?? {}) as { notSent?: boolean; code?: unknown; cause?: { code?: unknown } }
  return notSent ?? NOT_SENT.test(String(code ?? cause?.code))
}

const LOST = { code: 'P1017', message: 'The connection to Hasten was lost. It is not known whether the request was executed.' }

/** An error as Prisma 7 expects it, and as 5 and 6 expect it. */
export function knownError({ code, message }: { code: string; message: string }): Response {
  const body = { code, error_code: code, is_panic: false, message, meta: {} }
  return Response.json(body, { status: 500, headers: { 'prisma-error-code': code } })
}
