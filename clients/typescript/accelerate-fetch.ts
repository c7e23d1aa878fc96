// Hasten's helper for `@prisma/extension-accelerate`. Copy this file into your project; it depends on nothing.

/** What `fetch` is, whichever runtime's types are in use. */
export type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>

/** Where the stock extension posts invalidations, with the API key. README.md lists the exceptions. */
const VENDOR_INVALIDATE = 'https://accelerate.prisma-data.net/invalidate'

/**
 * A `fetch` for `withAccelerate` that sends `$accelerate.invalidate()` and `$accelerate.invalidateAll()` to your own
 * server, with your own API key. Every other call goes to `base` as it is.
 *
 * @example
 * ```ts
 * const url = process.env.DATABASE_URL // prisma://hasten.example.com/?api_key=...
 * const prisma = new PrismaClient({ accelerateUrl: url }).$extends(withAccelerate({ fetch: accelerateFetch(url) }))
 * ```
 *
 * @param url  the URL that the client is given: `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`
 * @param base the fetch to build on; by default the global one, as it is at the time of each call
 * @throws Error when `url` is not such a URL; its message never contains the URL or the key
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
  // A header refuses anything else with an error that quotes it.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new Error('accelerateFetch: the api_key has characters that no key has')
  // As Prisma Client decides it.
  const plain = protocol === 'prisma+postgres:' && /localhost|127\.0\.0\.1|\[::1\]/.test(host)
  const endpoint = parse(`${plain ? 'http' : 'https'}://${host}/invalidate`, 'the URL has an impossible host')
  return { endpoint: endpoint.href, apiKey }
}

/** `new URL`, but its error quotes the URL and with it the key. */
function parse(text: string, problem: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new Error(`accelerateFetch: ${problem}`)
  }
}
