// The environment of a promise of the package @hasten/client.
import { Link } from './link.mjs'

/** The host to which the stock extension sends invalidations. */
export const VENDOR = 'https://accelerate.prisma-data.net'

/** Hasten behind a link, and the clients of one version of Prisma with the package. */
export class Stage {
  #server
  #own = []
  #calls = []
  #fetch = globalThis.fetch

  /**
   * @param server the URL of Hasten for clients, with a key
   * @param hasten the package as this version of Prisma loads it
   */
  static async open({ server, database, generation, modules, hasten }) {
    const stage = Object.assign(new Stage(), { database, generation, modules, hasten, major: generation.major })
    stage.#server = new URL(server)
    stage.link = await Link.to(Number(stage.#server.port))
    stage.url = stage.urlOf(stage.link.port)
    globalThis.fetch = (...args) => stage.#record(...args)
    return stage
  }

  /** Returns the client URL for a port. */
  urlOf(port, key = this.#server.searchParams.get('api_key')) {
    const url = new URL(this.#server)
    url.port = port
    url.searchParams.set('api_key', key)
    return url.href
  }

  /** The base URL of the link. */
  get origin() {
    return `${this.url.startsWith('prisma:') ? 'https' : 'http'}://localhost:${this.link.port}`
  }

  /** Calls of the global fetch never leave this machine. */
  async #record(input, init) {
    const url = String(input?.url ?? input)
    this.#calls.push({ url, authorization: new Headers(init?.headers).get('authorization') })
    const { hostname } = new URL(url)
    if (hostname !== 'localhost' && hostname !== '127.0.0.1') throw new Error(`a test tried to reach ${hostname}`)
    return this.#fetch.call(globalThis, input, init)
  }

  /** The calls of the global fetch since the last promise. */
  get fetched() {
    return this.#calls
  }

  /** Opens a client with the package, which is disconnected after the promise. */
  client({ url = this.url, options, ...more } = {}) {
    const { PrismaClient } = this.modules.query
    const client = new PrismaClient({ [this.generation.urlOption]: url, errorFormat: 'minimal', ...more }).$extends(
      this.hasten.withHasten(url, options),
    )
    this.#own.push(client)
    return client
  }

  sql(text, params) {
    return this.database.sql(text, params)
  }

  async reset() {
    await Promise.all(this.#own.splice(0).map((client) => client.$disconnect()))
    await this.database.reset()
    await this.client().$accelerate.invalidateAll()
    await Promise.all(this.#own.splice(0).map((client) => client.$disconnect()))
    this.#calls = []
  }

  async close() {
    globalThis.fetch = this.#fetch
    await this.link.close()
    await this.database.close()
  }
}
