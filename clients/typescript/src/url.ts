/** Where a server is, and how to authenticate there. */
export interface Target {
  /** Such as `https://hasten.example.com`. */
  origin: string
  apiKey: string
}

/**
 * Parses the URL of a client: `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`. The URL itself never
 * appears in an error, because it contains the key.
 */
export function parseUrl(url: string | undefined): Target {
  if (!url) throw wrong('the URL is missing (is DATABASE_URL set?)')
  const { protocol, host, searchParams } = parse(url, 'the URL cannot be parsed')
  if (protocol !== 'prisma:' && protocol !== 'prisma+postgres:') {
    throw wrong(`the URL must start with prisma:// or prisma+postgres://, not with ${protocol}`)
  }
  if (!host) throw wrong('the URL has no host')
  const apiKey = searchParams.get('api_key')
  if (!apiKey) throw wrong('the URL has no api_key parameter')
  // Headers reject other characters, with an error that would quote the key.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw wrong('the api_key contains characters that are not allowed in an HTTP header')
  }
  // The same rule as in Prisma Client.
  const plain = protocol === 'prisma+postgres:' && /localhost|127\.0\.0\.1|\[::1\]/.test(host)
  return { origin: parse(`${plain ? 'http' : 'https'}://${host}`, 'the URL has an invalid host').origin, apiKey }
}

/** Like `new URL`, whose error would quote the URL. */
function parse(text: string, problem: string): URL {
  try {
    return new URL(text)
  } catch {
    throw wrong(problem)
  }
}

function wrong(problem: string): Error {
  return new Error(`@hasten/client: ${problem}`)
}
