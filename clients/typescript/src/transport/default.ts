import type { Fetch } from '../types.js'

/** Outside of Node.js, the built-in `fetch` is fast. */
export function transport(_origin: string, base: Fetch): Fetch {
  return base
}
