// The schema that the program and the promises of the cache share: its clients and what fills a database.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateClient, withPreviewFeatures } from '../lib/clients.mjs'
import { ddlOf } from '../lib/databases.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const generatedDir = path.join(here, '../generated')
const schemaPath = path.join(here, 'schema.prisma')
const file = (name) => fs.readFileSync(path.join(here, name), 'utf8')

/** Preview features that each variant's client has on top of those in the schema. */
const VARIANTS = { query: [], join: ['relationJoins', 'nativeDistinct'] }

let generated

/** The generated client modules by variant; generated once per process. */
export function clientModules() {
  generated ??= generateAll()
  return generated
}

async function generateAll() {
  const schema = file('schema.prisma')
  const modules = {}
  for (const [variant, features] of Object.entries(VARIANTS)) {
    const outputDir = path.join(generatedDir, variant)
    modules[variant] = await generateClient({ schema: withPreviewFeatures(schema, features), schemaPath, outputDir })
  }
  return modules
}

let tables

/** What `Database.prepare` wants; made once per process, by way of any database that can be reached. */
export function setUp(databaseUrl) {
  tables ??= makeSetUp(databaseUrl)
  return tables
}

async function makeSetUp(databaseUrl) {
  return {
    ddl: await ddlOf(schemaPath, file('schema.prisma'), databaseUrl),
    extra: file('extra.sql'),
    seed: file('seed.sql'),
  }
}
