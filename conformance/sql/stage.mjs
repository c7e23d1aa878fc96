// The environment of a promise of SQL over HTTP.
import fs from 'node:fs'
import path from 'node:path'
import { neonConfig } from '@neondatabase/serverless'
import { createDatabase, withConnection } from '../lib/databases.mjs'
import { startHasten, stopHasten } from '../lib/hasten.mjs'
import { configuration, GUEST } from './keys.mjs'
import { Candidate, Reference } from './side.mjs'

/** Makes the driver use a server other than its vendor's; an app must set the same option. */
neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`

/** Hasten with its database, and an equal database without Hasten. */
export class Stage {
  #stateDir
  #databaseUrl
  #servers = []
  #mark

  /**
   * @param databaseUrl a database whose contents are deleted, with a superuser; the reference database is created on the
   *   same server
   */
  static async open({ stateDir, databaseUrl }) {
    const stage = new Stage()
    stage.#stateDir = stateDir
    stage.#databaseUrl = databaseUrl
    try {
      await stage.#open()
    } catch (error) {
      await stage.#stopServers()
      throw error
    }
    return stage
  }

  async #open() {
    await makeGuest(this.#databaseUrl)
    Object.assign(this, await this.start('sql'))
    const name = `${new URL(this.#databaseUrl).pathname.slice(1)}_reference`
    this.reference = await Reference.open(await createDatabase(this.#databaseUrl, name))
    this.candidate = await Candidate.open(this.urlFor('app'), this.#databaseUrl)
    await this.sql(`grant all on all tables in schema public to ${GUEST}; grant usage on schema scratch to ${GUEST}`)
    this.#mark = await this.#currentMark()
  }

  /** Starts a server, which is stopped with the stage; returns its origin and the secrets of its keys. */
  async start(name, options) {
    const { secrets, configuration: content } = configuration(this.#databaseUrl, options)
    const file = path.join(this.#stateDir, `${name}.yaml`)
    // JSON is YAML.
    fs.writeFileSync(file, JSON.stringify(content))
    const server = await startHasten(name, this.#stateDir, { HASTEN_CONFIG: file })
    this.#servers.push(server)
    return { origin: `http://${new URL(server.url).host}`, secrets }
  }

  /** Returns an app's connection string with a key. */
  urlFor(key) {
    return connectionString(this.secrets[key], new URL(this.origin))
  }

  /** Runs SQL directly on the server's database; returns the rows if it is a single statement. */
  sql(text, values) {
    return this.candidate.database.sql(text, values)
  }

  /** Sends a request; returns `{status, headers, body, text}`, with `body` parsed if it is JSON. */
  async call(pathname, body, { method = 'POST', key = 'app', headers, origin = this.origin, signal } = {}) {
    const response = await fetch(origin + pathname, {
      method,
      headers: {
        // For /sql, the driver sends no content type, so fetch sends that of text.
        ...(pathname !== '/sql' && body !== undefined && { 'content-type': 'application/json' }),
        ...(key && { authorization: `Bearer ${this.secrets[key] ?? key}` }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' || ArrayBuffer.isView(body) ? body : JSON.stringify(body),
      signal,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parsed(text) }
  }

  /** Sends a query, or the body of a request, to /sql. */
  post(query, options) {
    return this.call('/sql', typeof query === 'string' ? { query } : query, options)
  }

  /** Sends a query that must succeed; returns the body. */
  async query(query, options) {
    const { status, text, body } = await this.post(query, options)
    if (status !== 200) throw new Error(`returned ${status}: ${text}`)
    return body
  }

  async invalidate(tags) {
    const { status, text } = await this.call('/invalidate', tags)
    if (status !== 200) throw new Error(`/invalidate returned ${status}: ${text}`)
  }

  /** Reports a migration to the server. */
  async migrated() {
    const { status, text } = await this.call('/schema/invalidate', {}, { key: 'migrations' })
    if (status !== 200) throw new Error(`/schema/invalidate returned ${status}: ${text}`)
  }

  /** Returns the number of rows in `item` in addition to the seed. */
  async added() {
    const [{ n }] = await this.sql('select count(*)::int as n from item where id > 3')
    return n
  }

  /** Restores the databases and empties the cache. */
  async reset() {
    await Promise.all([this.candidate.reset(), this.reference.reset()])
    if ((await this.#currentMark()) !== this.#mark) {
      await Promise.all([this.candidate.database.reset(), this.reference.database.reset()])
      await this.sql(`grant usage on schema scratch to ${GUEST}`)
      this.#mark = await this.#currentMark()
    }
    await this.invalidate({ tags: 'all' })
  }

  /** Returns a mark that changes when any transaction of this PostgreSQL server writes something. */
  async #currentMark() {
    const [{ mark }] = await this.sql('select pg_snapshot_xmax(pg_current_snapshot())::text as mark')
    return mark
  }

  async close() {
    await Promise.all([this.candidate.close(), this.reference.close()])
    await this.#stopServers()
  }

  async #stopServers() {
    for (const server of this.#servers) await stopHasten(server)
  }
}

/** Returns a connection string as an app writes it: any user, the key as the password, any database. */
export function connectionString(secret, { hostname, port }) {
  return `postgresql://app:${encodeURIComponent(secret)}@${hostname}:${port}/app`
}

/** Creates the role if it does not exist: all databases of a server share their roles. */
function makeGuest(databaseUrl) {
  return withConnection(databaseUrl, (connection) =>
    connection.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${GUEST}') then
        create role ${GUEST} login password '${GUEST}';
      end if;
    end $$`),
  )
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
