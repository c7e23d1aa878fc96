import { isRead } from '../reads.js'
import type { Fetch } from '../types.js'

interface DenoWithClients {
  createHttpClient?(options: { poolMaxIdlePerHost: number }): unknown
}

/**
 * Outside of Node.js, the built-in `fetch` is fast. That of Deno repeats a request if the server closes a connection that was
 * used before, so a write gets a new connection.
 */
export function transport(_origin: string, global: Fetch, own?: Fetch): Fetch {
  const base = own ?? global
  const { Deno } = globalThis as { Deno?: DenoWithClients }
  const client = Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 })
  if (!client) return base
  return (input, init) => base(input, init?.method?.toUpperCase() === 'POST' && !isRead(init) ? ({ ...init, client } as RequestInit) : init)
}
