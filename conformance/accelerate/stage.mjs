// The environment of a promise.
import pg from 'pg'
import { withConnection } from '../lib/databases.mjs'

/** The advisory lock that `gate` waits for. */
const GATE = 4466

/** Hasten, its database, and its clients. */
export class Stage {
  #clients = new Map()
  #own = []

  /**
   * @param urls two client URLs of the same database, with different API keys
   * @param admin URL and token of the admin API of Hasten
   * @param generation the generation of the clients; `modules` are its generated modules
   * @param withAccelerate the stock extension
   * @param hastenFetch of the package; the default where the extension would call the vendor's host
   */
  constructor({ urls, admin, database, generation, modules, withAccelerate, network, hastenFetch }) {
    Object.assign(this, { urls, admin, database, generation, modules, withAccelerate, network, hastenFetch })
    this.major = generation.major
  }

  /** Returns the client of a variant (`query` or `join`), with the stock extension. */
  client(variant = 'query') {
    if (!this.#clients.has(variant)) this.#clients.set(variant, this.#connect({ variant }))
    return this.#clients.get(variant)
  }

  get prisma() {
    return this.client()
  }

  /** Calls the admin API of Hasten. */
  async callAdmin(method, path) {
    const response = await fetch(`${this.admin.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.admin.token}` },
    })
    return response.status === 204 ? undefined : response.json()
  }

  /** Opens another client, which is disconnected after the promise. */
  open(options = {}) {
    const client = this.#connect(options)
    this.#own.push(client)
    return client
  }

  /** `extension` is called before the stock extension; `onQuery` receives the statements that ran for the client. */
  #connect({ variant = 'query', url = this.urls[0], fetch, extension = {}, onQuery, ...options }) {
    const { PrismaClient } = this.modules[variant]
    const log = onQuery ? [{ emit: 'event', level: 'query' }] : undefined
    const { urlOption } = this.generation
    const client = new PrismaClient({ [urlOption]: url, errorFormat: 'minimal', ...(log && { log }), ...options })
    if (onQuery) client.$on('query', onQuery)
    const accelerated = this.withAccelerate({ fetch: fetch ?? this.#fetchFor(url) })
    return client.$extends(extension).$extends(accelerated)
  }

  /** With Prisma 7, the extension sends invalidations to a server on this machine by itself. */
  #fetchFor(url) {
    // The global fetch, because the network is recorded there.
    return this.major < 7 ? this.hastenFetch(url, { fetch: (...args) => fetch(...args) }) : undefined
  }

  get Prisma() {
    return this.modules.query.Prisma
  }

  sql(text, params) {
    return this.database.sql(text, params)
  }

  /** Calls fn and counts how often PostgreSQL ran SELECTs on the table in the meantime. */
  async counting(table, fn) {
    const before = await this.#calls(table)
    const value = await fn()
    return { value, calls: (await this.#calls(table)) - before }
  }

  async #calls(table) {
    const [{ calls }] = await this.sql(
      `select coalesce(sum(calls), 0)::int as calls from stats.pg_stat_statements
       where dbid = (select oid from pg_database where datname = current_database())
         and query ilike 'select%' and position($1 in query) > 0`,
      [pg.escapeIdentifier(table)],
    )
    return calls
  }

  /**
   * Runs fn while reads of the view `post_stat` block inside their statement, after its snapshot of "Post" was taken. fn
   * gets `waiting()`, the number of blocked statements, and `open()`, which lets them continue. They also continue when
   * fn has ended.
   */
  async gated(fn) {
    return withConnection(this.database.url, async (connection) => {
      await connection.query('select pg_advisory_lock($1)', [GATE])
      const waiting = async () => {
        const [{ n }] = await this.sql(
          `select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and locktype = 'advisory' and objid = $1 and not granted`,
          [GATE],
        )
        return n
      }
      return fn({ waiting, open: () => connection.query('select pg_advisory_unlock_all()') })
    })
  }

  /** Adds the gate to the view. A statement takes its snapshot before it waits. */
  async buildGate() {
    await this.sql(`
      create function gate() returns int language plpgsql volatile as
        $$ begin perform pg_advisory_xact_lock_shared(${GATE}); return 0; end $$;
      create or replace view post_stat as
        select "authorId", count(*) as posts, sum(views)::bigint + min(g.wait) as views, avg(rating) as rating
        from "Post", (select gate() as wait offset 0) g group by "authorId"`)
  }

  /** Restores the seed and empties the cache. */
  async restore() {
    await this.database.reset()
    await this.prisma.$accelerate.invalidateAll()
  }

  /** Cleans up after a promise. */
  async reset() {
    await Promise.all(this.#own.splice(0).map((client) => client.$disconnect()))
    await this.restore()
  }

  async close() {
    await Promise.all([...this.#clients.values(), ...this.#own].map((client) => client.$disconnect()))
    await this.database.close()
  }
}

/** Sends a call immediately; Prisma's own promises are lazy. */
export function send(call) {
  const answer = call.then((value) => value)
  // Callers that await the result get the error; this only prevents an unhandled rejection before that.
  answer.catch(() => {})
  return answer
}

/** Runs a read and returns its cache status. */
export async function statusOf(read) {
  return (await read.withAccelerateInfo()).info?.cacheStatus
}
