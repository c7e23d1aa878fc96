// Creates, seeds, resets and reads the two databases of a run.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'

/** Generated ids start here, so that they never collide with the ids of seed.sql. */
const FIRST_GENERATED_ID = 1000

/** Makes `pg` return all values in PostgreSQL's own text format. */
const AS_TEXT = { getTypeParser: () => (text) => text }

/** Runs `use` with a connection to `url`, and then closes the connection. */
export async function withConnection(url, use) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Creates the database `name` on the server of `adminUrl` (dropping an old one) and returns its URL. */
export async function createDatabase(adminUrl, name) {
  await withConnection(adminUrl, async (c) => {
    await c.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    await c.query(`create database ${pg.escapeIdentifier(name)} template template0`)
  })
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

let schemaEngine

/** Loads the schema engine. Its JavaScript part supports only one instance per process. */
function loadSchemaEngine() {
  schemaEngine ??= instantiateSchemaEngine()
  return schemaEngine
}

async function instantiateSchemaEngine() {
  // The npm package is intended for bundlers, so its WebAssembly module must be passed in.
  const home = fileURLToPath(new URL('../node_modules/@prisma/schema-engine-wasm/', import.meta.url))
  const runtime = await import(path.join(home, 'schema_engine_bg.js'))
  const module = new WebAssembly.Module(fs.readFileSync(path.join(home, 'schema_engine_bg.wasm')))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': runtime })
  runtime.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return runtime
}

/** Returns the DDL that Prisma's own schema engine generates from a schema for an empty database. */
export async function ddlOf(schemaPath, schema, databaseUrl) {
  const runtime = await loadSchemaEngine()
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl, max: 1 }))
  const engine = await runtime.SchemaEngine.new({}, () => {}, factory)
  try {
    const diff = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: schema }] },
      script: true,
      shadowDatabaseUrl: null,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return diff.stdout ?? ''
  } finally {
    engine.free()
  }
}

async function createTables(client, ddl, extra) {
  await client.query('drop schema if exists public cascade; create schema public')
  const { rowCount } = await client.query(`select 1 from pg_available_extensions where name = 'citext'`)
  await client.query(rowCount ? 'create extension if not exists citext' : 'create domain citext as text')
  await client.query(ddl)
  await client.query(extra)
}

/**
 * If a statement violates several foreign keys, PostgreSQL reports the one whose trigger has the first name. These names
 * end with the OID of the trigger, so the tables must be created again if not all OIDs have the same number of digits.
 */
async function violationsDependOnOids(client) {
  const { rows } = await client.query('select count(distinct length(oid::text)) > 1 as depends from pg_trigger')
  return rows[0].depends
}

/** A target's database, accessed through one connection that is only used for set-up and checks. */
export class Database {
  /** Deletes the contents of the database, creates the tables and inserts the seed. The user must be a superuser. */
  static async prepare(url, { ddl, extra, seed }) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    // Error messages and text representations must not depend on the machine.
    await client.query(`set timezone = 'UTC'; set client_min_messages = warning`)
    do await createTables(client, ddl, extra)
    while (await violationsDependOnOids(client))
    const database = new Database(url, client, seed)
    await database.#learn()
    await database.reset()
    database.seedRows = await database.dump()
    return database
  }

  /** The result of `dump` directly after a reset. */
  seedRows = {}
  #client
  #seed
  #tables = []
  #resetSql = ''
  #dumpSql = ''

  constructor(url, client, seed) {
    this.url = url
    this.#client = client
    this.#seed = seed
  }

  async #learn() {
    this.#tables = (await this.#userTables()).sort()
    const quoted = this.#tables.map((name) => pg.escapeIdentifier(name))
    // Without foreign keys and triggers (replica), DELETE from nearly empty tables is much faster than TRUNCATE.
    this.#resetSql = `
      begin; set local session_replication_role = replica;
      ${quoted.map((name) => `delete from ${name};`).join('\n')}
      ${this.#seed}
      select setval(format('%I.%I', schemaname, sequencename), ${FIRST_GENERATED_ID}, false)
        from pg_sequences where schemaname = 'public';
      commit;`
    this.#dumpSql = quoted.map((name) => `select * from ${name};`).join('\n')
  }

  async #userTables() {
    const { rows } = await this.#client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    return rows.map((row) => row.relname)
  }

  /** Runs SQL on the set-up connection; returns the rows if it is a single statement. */
  async sql(text, params) {
    const result = await this.#client.query(text, params)
    return result.rows
  }

  /** Returns a mark that changes when any transaction of this PostgreSQL server writes something. */
  async writeMark() {
    return (await this.sql('select pg_snapshot_xmax(pg_current_snapshot())::text as mark'))[0].mark
  }

  /** Restores the seed; also drops tables that an operation left behind. */
  async reset() {
    await this.#client.query('set lock_timeout = 20000')
    const strange = (await this.#userTables()).filter((name) => !this.#tables.includes(name))
    for (const name of strange) await this.#client.query(`drop table ${pg.escapeIdentifier(name)} cascade`)
    try {
      await this.#client.query(this.#resetSql)
    } catch (error) {
      await this.#client.query('rollback').catch(() => {})
      throw error
    }
  }

  /** Returns every row of every table: `{table: [row, ...]}` with all values as text. */
  async dump() {
    const results = await this.#client.query({ text: this.#dumpSql, types: AS_TEXT })
    return Object.fromEntries(this.#tables.map((name, i) => [name, results[i].rows]))
  }

  close() {
    return this.#client.end()
  }
}
