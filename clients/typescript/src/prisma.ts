import { makeAccelerateExtension, type withAccelerate } from '@prisma/extension-accelerate'
import { hastenFetch, isOf, knownError } from './fetch.js'
import type { Fetch, HastenOptions } from './types.js'
import { parseUrl } from './url.js'

/**
 * Replaces `withAccelerate()`, with the same types and features.
 *
 * @example
 * ```ts
 * const url = process.env.DATABASE_URL! // prisma://hasten.example.com/?api_key=...
 * const prisma = new PrismaClient({ accelerateUrl: url }).$extends(withHasten(url))
 * ```
 *
 * @param url `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`
 * @throws Error if `url` is not such a URL; the message contains neither the URL nor the key
 */
export function withHasten(url: string | undefined, options: HastenOptions = {}): ReturnType<typeof withAccelerate> {
  const server = hastenFetch(url, options)
  const { origin } = parseUrl(url)
  // Otherwise, calls of a client with another URL would silently not be protected.
  const fetch: Fetch = async (input, init) => (isOf(origin, String(input)) ? server(input, init) : knownError(OTHER_URL))
  const extension = makeAccelerateExtension(fetch as never)
  return ((client: ExtensibleClient) => extension(facade(client.$extends(coverage(fetch))))) as never
}

const OTHER_URL = {
  code: 'P6001',
  message:
    '@hasten/client: the client and withHasten have different URLs. Before Prisma 6.8, prisma+postgres://localhost means https',
}

interface ExtensibleClient {
  $extends(extension: unknown): ExtensibleClient
}

/**
 * What the stock extension sees of the client. It asks the engine for the API key at once, which makes Prisma 7 call the server
 * when the app starts, and sends the key along with invalidations. `hastenFetch` adds the real key.
 */
function facade(client: ExtensibleClient) {
  return {
    $extends: (extension: unknown) => client.$extends(extension),
    _engine: { start: () => Promise.resolve(), apiKey: () => 'unused' },
  }
}

/** What the stock extension sends with the global `fetch`: raw SQL and batches. */
function coverage(fetch: Fetch) {
  const hook = ({ args, query, __internalParams }: Hooked) => {
    __internalParams.customDataProxyFetch = () => fetch
    return query(args, __internalParams)
  }
  const names = ['$queryRaw', '$executeRaw', '$queryRawUnsafe', '$executeRawUnsafe', '$queryRawTyped', '$__internalBatch']
  return { name: '@hasten/client', query: Object.fromEntries(names.map((name) => [name, hook])) }
}

interface Hooked {
  args: unknown
  query(args: unknown, params: unknown): unknown
  __internalParams: { customDataProxyFetch?: () => Fetch }
}
