// The two sides of a comparison: HTTP clients of Hasten, and the same clients directly on PostgreSQL.
import fs from 'node:fs'
import { neon, types as neonTypes } from '@neondatabase/serverless'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { NeonDialect } from 'kysely-neon'
import pg from 'pg'
import * as drizzleSchema from './drizzle-schema.mjs'
import { FreshSession, referenceNeon, SESSION } from './reference.mjs'

const SEED = fs.readFileSync(new URL('seed.sql', import.meta.url), 'utf8')
const FIXTURES = fs.readFileSync(new URL('fixtures.sql', import.meta.url), 'utf8')

/** Generated ids start here, so that they never collide with the ids of the seed. */
const FIRST_GENERATED_ID = 1000

/** Types whose parsers in the driver drizzle replaces for the whole process. */
const CHANGED_BY_DRIZZLE = [1082, 1114, 1184, 1186, 1231, 1115, 1185, 1187, 1182]

/** The database of a side, accessed through a separate connection for set-up and checks. */
class SideDatabase {
  #client
  #resetSql

  static async prepare(url) {
    const database = new SideDatabase()
    database.url = url
    database.#client = new pg.Client({ connectionString: url, ...SESSION })
    database.#client.on('error', () => {})
    await database.#client.connect()
    await database.sql('set client_min_messages = warning')
    await database.sql('drop schema if exists public cascade; drop schema if exists scratch cascade')
    await database.sql(`create schema public; create schema scratch; grant all on schema public to public; ${FIXTURES}`)
    const tables = await database.sql(
      `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    database.#resetSql = `
      begin; set local session_replication_role = replica; set local lock_timeout = '20s';
      ${tables.map(({ name }) => `delete from ${name};`).join('\n')}
      ${SEED}
      select setval(format('%I.%I', schemaname, sequencename), ${FIRST_GENERATED_ID}, false)
        from pg_sequences where schemaname = 'public';
      drop schema if exists scratch cascade; create schema scratch;
      commit;`
    await database.reset()
    return database
  }

  /** Runs SQL; returns the rows if it is a single statement. */
  async sql(text, values) {
    const result = await this.#client.query(text, values)
    return result.rows
  }

  async reset() {
    try {
      await this.#client.query(this.#resetSql)
    } catch (error) {
      await this.#client.query('rollback')
      throw error
    }
  }

  /** Returns every row of every table, as text. */
  async dump() {
    const tables = await this.sql(
      `select relnamespace::regnamespace || '.' || quote_ident(relname) as name from pg_class
       where relnamespace in ('public'::regnamespace, 'scratch'::regnamespace) and relkind in ('r', 'm') order by 1`,
    )
    const dump = {}
    for (const { name } of tables) {
      const rows = await this.sql(`select x::text as row from ${name} x order by 1`)
      dump[name] = rows.map(({ row }) => row)
    }
    return dump
  }

  /** Returns the name of a table or type that is not built in, because its OID differs between databases. */
  async nameOf(catalog, oid) {
    if (oid < 16384) return oid
    const cast = { relation: '$1::oid::regclass::text', type: 'format_type($1::oid, null)' }[catalog]
    const [{ name }] = await this.sql(`select ${cast} as name`, [oid])
    return name
  }

  close() {
    return this.#client.end()
  }
}

/** The environment of a program on one side. */
class Side {
  constructor(name, database) {
    Object.assign(this, { name, database })
  }

  /** The driver's query function. */
  get sql() {
    return this.neon()
  }

  /** Creates a view, function or similar object through the set-up connection, which is not part of the comparison. */
  setUp(text) {
    return this.database.sql(text)
  }

  /** Returns a full result, with names instead of OIDs that differ between databases. */
  async full({ command, rowCount, rows, fields }) {
    const described = []
    for (const { name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier, format } of fields) {
      described.push({
        name,
        dataTypeID: await this.database.nameOf('type', dataTypeID),
        tableID: await this.database.nameOf('relation', tableID),
        columnID,
        dataTypeSize,
        dataTypeModifier,
        format,
      })
    }
    return { command, rowCount, rows, fields: described }
  }
}

/** @neondatabase/serverless, drizzle-orm/neon-http and kysely-neon with Hasten. */
export class Candidate extends Side {
  #url
  #parsers = CHANGED_BY_DRIZZLE.map((oid) => [oid, neonTypes.getTypeParser(oid)])

  /** @param url the app's connection string; the password is the API key */
  static async open(url, databaseUrl) {
    const side = new Candidate('candidate', await SideDatabase.prepare(databaseUrl))
    side.#url = url
    return side
  }

  neon(options) {
    return neon(this.#url, options)
  }

  drizzle(options) {
    return drizzleNeon(neon(this.#url), { schema: drizzleSchema, ...options })
  }

  /** Runs drizzle queries as one transaction. */
  batch(db, queries) {
    return db.batch(queries)
  }

  kysely() {
    return new Kysely({ dialect: new NeonDialect({ neon: neon(this.#url) }) })
  }

  async reset() {
    for (const [oid, parser] of this.#parsers) neonTypes.setTypeParser(oid, parser)
  }

  close() {
    return this.database.close()
  }
}

/** The same programs with `pg`. */
export class Reference extends Side {
  #session
  #open = []

  static async open(databaseUrl) {
    const side = new Reference('reference', await SideDatabase.prepare(databaseUrl))
    side.#session = new FreshSession(databaseUrl)
    return side
  }

  neon(options) {
    return referenceNeon(this.#session, options)
  }

  drizzle(options) {
    return drizzlePg(this.#pool(), { schema: drizzleSchema, ...options })
  }

  async batch(db, queries) {
    await db.execute('begin')
    try {
      const results = []
      for (const query of queries) results.push(await query)
      await db.execute('commit')
      return results
    } catch (error) {
      await db.execute('rollback')
      throw error
    }
  }

  kysely() {
    return new Kysely({ dialect: new PostgresDialect({ pool: this.#pool() }) })
  }

  /** Opens a pool with one connection, which is closed after the promise. */
  #pool() {
    const pool = new pg.Pool({ connectionString: this.database.url, max: 1, ...SESSION })
    this.#open.push(pool)
    return pool
  }

  async reset() {
    await Promise.all(this.#open.splice(0).map((pool) => pool.ended || pool.end()))
  }

  async close() {
    await this.#session.close()
    await this.database.close()
  }
}
