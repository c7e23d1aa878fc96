import { hastenFetch } from './fetch.js'
import type { Fetch, HastenOptions } from './types.js'
import { parseUrl } from './url.js'

/** How long a result may be cached, in seconds, and the tags that invalidate it. */
export interface CacheStrategy {
  ttl?: number
  swr?: number
  tags?: string[]
}

/**
 * Settings for `@neondatabase/serverless`. Statements whose `fetchOptions` have a `cacheStrategy` are cached.
 *
 * @example
 * ```ts
 * Object.assign(neonConfig, hastenNeon(process.env.DATABASE_URL))
 * await sql.query('SELECT * FROM users', [], { fetchOptions: { cacheStrategy: { ttl: 60, tags: ['users'] } } })
 * ```
 *
 * @param url `prisma://HOST/?api_key=KEY` or `prisma+postgres://HOST/?api_key=KEY`
 * @throws Error if `url` is not such a URL; the message contains neither the URL nor the key
 */
export function hastenNeon(url: string | undefined, options: HastenOptions = {}) {
  return { fetchEndpoint: `${parseUrl(url).origin}/sql`, fetchFunction: cachingFetch(hastenFetch(url, options)) }
}

/** `fetchOptions.headers` cannot be used for the strategy: it would replace the driver's own headers, with the API key. */
function cachingFetch(base: Fetch): Fetch {
  return (input, init) => {
    const { cacheStrategy, ...rest } = (init ?? {}) as RequestInit & { cacheStrategy?: CacheStrategy }
    if (!cacheStrategy) return base(input, init)
    const { ttl, swr, tags } = cacheStrategy
    const ages = [ttl !== undefined && `max-age=${ttl}`, swr !== undefined && `stale-while-revalidate=${swr}`]
    const headers = new Headers(rest.headers)
    headers.set('cache-control', ages.filter(Boolean).join(',') || 'no-cache')
    if (tags?.length) headers.set('accelerate-cache-tags', tags.join(','))
    return base(input, { ...rest, headers })
  }
}
