import { transport } from '#transport'
import type { Fetch, HastenOptions } from './types.js'
import { parseUrl } from './url.js'

/** To this address, the stock extension posts invalidations, with the API key. */
const VENDOR_INVALIDATE = 'https://accelerate.prisma-data.net/invalidate'

/** Errors of connecting, and of invalid arguments: nothing was sent. Others can happen after the server has received the request. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|E(HOST|NET)UNREACH|CERT_|ERR_(TLS|SSL|INVALID|UNESCAPED|HTTP_INVALID)|DEPTH_|SELF_SIGNED|UNABLE_|UND_ERR_CONNECT)/

/** Paths of Prisma 7, and of Prisma 5 and 6. */
const QUERY = /^\/(query|[^/]+\/[^/]+\/graphql)$/

/** The beginning of the body of a read, of Prisma 7, and of Prisma 5 and 6. */
const READ = /^\{"model(Name)?":"\w+","(operation|action)":"(find|count|aggregate|groupBy)/

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
  const installed = createFetch(url, options, (...args) => before(...args)) as typeof fetch
  globalThis.fetch = installed
  return () => {
    if (globalThis.fetch === installed) globalThis.fetch = before
  }
}

function createFetch(url: string | undefined, options: HastenOptions, global: Fetch): Fetch {
  const { origin, apiKey } = parseUrl(url)
  const other = options.fetch ?? global
  const send = options.fetch ?? transport(origin, global)
  return (input, init) => {
    if (typeof input === 'object' && 'url' in input) return other(input, init)
    const target = String(input)
    if (target === VENDOR_INVALIDATE && init?.method === 'POST') {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${apiKey}`)
      return send(`${origin}/invalidate`, { ...init, headers })
    }
    const path = pathAt(origin, target)
    return path === undefined ? other(input, init) : sendOnce(send, origin, path, init)
  }
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
 * Prisma 5 and 6 repeat a call whose `fetch` throws, although it may have been executed. They do not repeat one that returns
 * a known error.
 */
async function sendOnce(send: Fetch, origin: string, path: string, init?: RequestInit): Promise<Response> {
  try {
    return await send(origin + path, init)
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
    const isPrismaCall = init?.method === 'POST' && path !== '/sql' && path !== '/invalidate'
    if (!isPrismaCall || init.signal?.aborted || NOT_SENT.test(String(code ?? cause?.code))) throw error
    if (QUERY.test(path) && typeof init.body === 'string' && READ.test(init.body)) return send(origin + path, init)
    return connectionLost()
  }
}

/** P1017, as Prisma 7 expects it, and as 5 and 6 expect it. */
function connectionLost(): Response {
  const message = 'The connection to Hasten was lost. It is not known whether the request was executed.'
  return Response.json({ code: 'P1017', error_code: 'P1017', is_panic: false, message, meta: {} }, { status: 500 })
}
