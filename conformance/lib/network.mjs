// Records and restricts the `fetch` calls of this process.

/**
 * Replaces the global fetch by one that records exchanges, adds headers on demand, and rejects every host other than this
 * machine, because a test must not reach a public host.
 */
export class Network {
  #original = globalThis.fetch
  #watchers = new Set()
  #forced = {}

  constructor() {
    globalThis.fetch = (input, init) => this.#fetch(input, init)
  }

  async #fetch(input, init = {}) {
    const url = new URL(String(input))
    const exchange = { url: url.href, path: url.pathname, method: init.method ?? 'GET', body: init.body }
    for (const watcher of this.#watchers) watcher.push(exchange)
    if (!isThisMachine(url.hostname)) throw new Error(`a test tried to reach ${url.origin}`)
    const headers = new Headers(init.headers)
    if (/\/(query|graphql)$/.test(url.pathname))
      for (const [name, text] of Object.entries(this.#forced)) headers.set(name, text)
    exchange.requestHeaders = headers
    const response = await this.#original.call(globalThis, input, { ...init, headers })
    exchange.status = response.status
    exchange.headers = response.headers
    return response
  }

  /** Runs fn; returns `[the result of fn, the exchanges in the meantime]`. */
  async watch(fn) {
    const exchanges = []
    this.#watchers.add(exchanges)
    try {
      return [await fn(), exchanges]
    } finally {
      this.#watchers.delete(exchanges)
    }
  }

  /** Runs fn; every query sent in the meantime has these headers. */
  async forcing(headers, fn) {
    this.#forced = headers
    try {
      return await fn()
    } finally {
      this.#forced = {}
    }
  }

  /** Restores the global fetch. */
  close() {
    globalThis.fetch = this.#original
  }
}

function isThisMachine(hostname) {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}
