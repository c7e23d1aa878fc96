// Hasten's helper for `@prisma/extension-accelerate`. Copy this file into your project; it has no dependencies.

/** The type of `fetch`, independent of the runtime whose types you use. */
export type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>

/** The URL to which the stock extension posts invalidations, with the API key. README.md lists the exceptions. */
const VENDOR_INVALIDATE = 'https://accelerate.prisma-data.net/invalidate'

/**
 * A `fetch` for `withAccelerate` that sends `$accelerate.invalidate()` and `$accelerate.invalidateAll()` to your own
 * server, with your own API key. Every other call is passed to `base` unchanged.
 *
 * @example
 * ```ts
 * const url = process.env.DATABASE_URL // prisma://hasten.example.com/?api_key=...
 * const prisma = new PrismaClient({ accelerateUrl: url }).$extends(withAccelerate({ fetch: accelerateFetch(url) }))
 * ```
 *
 * @param url  the client's URL: `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`
 * @param base the `fetch` to use; by default the global one, looked up on each call
 * @throws Error if `url` is not such a URL; the message never contains the URL or the key
 */
export function accelerateFetch(url: string | undefined, base: Fetch = (...args) => fetch(...args)): Fetch {
  const { endpoint, apiKey } = invalidationTarget(url)
  return (input, init) => {
    if (String(input) !== VENDOR_INVALIDATE || init?.method !== 'POST') return base(input, init)
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${apiKey}`)
    return base(endpoint, { ...init, headers })
  }
}

function invalidationTarget(url: string | undefined): { endpoint: string; apiKey: string } {
  if (!url) throw new Error('accelerateFetch: the URL is missing (is DATABASE_URL set?)')
  const parsed = parse(url, 'the URL cannot be parsed')
  const { protocol, host } = parsed
  if (protocol !== 'prisma:' && protocol !== 'prisma+postgres:') {
    throw new Error(`accelerateFetch: the URL must start with prisma:// or prisma+postgres://, not with ${protocol}`)
  }
  if (!host) throw new Error('accelerateFetch: the URL has no host')
  const apiKey = parsed.searchParams.get('api_key')
  if (!apiKey) throw new Error('accelerateFetch: the URL has no api_key parameter')
  // Headers reject other characters, with an error that would quote the key.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new Error('accelerateFetch: the api_key contains characters that are not allowed in an HTTP header')
  // The same rule as in Prisma Client.
  const plain = protocol === 'prisma+postgres:' && /localhost|127\.0\.0\.1|\[::1\]/.test(host)
  const endpoint = parse(`${plain ? 'http' : 'https'}://${host}/invalidate`, 'the URL has an invalid host')
  return { endpoint: endpoint.href, apiKey }
}

/** Like `new URL`, whose error would quote the URL and with it the key. */
function parse(text: string, problem: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new Error(`accelerateFetch: ${problem}`)
  }
}
