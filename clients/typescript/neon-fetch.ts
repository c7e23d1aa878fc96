// Hasten's helper for `@neondatabase/serverless`. Copy this file into your project; it has no dependencies.

/** The type of `fetch`, independent of the runtime whose types you use. */
export type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>

/** How long a result may be cached, in seconds, and the tags that invalidate it. */
export interface CacheStrategy {
  ttl?: number
  swr?: number
  tags?: string[]
}

/**
 * A `fetch` for `neonConfig.fetchFunction` that caches the statements whose `fetchOptions` have a `cacheStrategy`.
 * `fetchOptions.headers` cannot be used for that: it would replace the driver's own headers, including the API key.
 *
 * @example
 * ```ts
 * neonConfig.fetchEndpoint = 'https://hasten.example.com/sql'
 * neonConfig.fetchFunction = neonFetch()
 * await sql.query('SELECT * FROM users', [], { fetchOptions: { cacheStrategy: { ttl: 60, tags: ['users'] } } })
 * ```
 *
 * @param base the `fetch` to use; by default the global one, looked up on each call
 */
export function neonFetch(base: Fetch = (...args) => fetch(...args)): Fetch {
  return (input, init) => {
    const { cacheStrategy, ...rest } = (init ?? {}) as RequestInit & { cacheStrategy?: CacheStrategy }
    if (!cacheStrategy) return base(input, init)
    const headers = new Headers(rest.headers)
    const { ttl, swr, tags } = cacheStrategy
    const ages = [ttl !== undefined && `max-age=${ttl}`, swr !== undefined && `stale-while-revalidate=${swr}`]
    headers.set('cache-control', ages.filter(Boolean).join(',') || 'no-cache')
    if (tags?.length) headers.set('accelerate-cache-tags', tags.join(','))
    return base(input, { ...rest, headers })
  }
}
