/** The type of `fetch`, independent of the runtime whose types you use. */
export type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>

export interface HastenOptions {
  /**
   * The `fetch` for all calls, instead of this package's transport (Node.js) or the global `fetch` (other runtimes): for a
   * proxy, or for tracing.
   */
  fetch?: Fetch
}
