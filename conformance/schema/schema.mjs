// The schema shared by the program and the promises of the cache, for each major version of Prisma, and the scripts that
// fill a database.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ddlOf } from '../lib/databases.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const file = (name) => fs.readFileSync(path.join(here, name), 'utf8')

export const schemaPath = path.join(here, 'schema.prisma')

/** Preview features of each variant's client, in addition to those in the schema. */
export const VARIANTS = { query: [], join: ['relationJoins', 'nativeDistinct'] }

/** Returns the schema without the lines that require a later major version of Prisma (`/// since 6`). */
export function schemaFor(major) {
  const later = (line) => Number(/\/\/\/ since (\d+)$/.exec(line)?.[1] ?? 0) > major
  return file('schema.prisma')
    .split('\n')
    .filter((line) => !later(line))
    .join('\n')
}

/** Returns the schema with other preview features; `change` maps the list of features to the new list. */
export function withPreviewFeatures(schema, change) {
  return schema.replace(/previewFeatures = (\[[^\]]*\])/, (_, list) => {
    return `previewFeatures = ${JSON.stringify(change(JSON.parse(list)))}`
  })
}

/**
 * What the clients of a generation are generated from: `name` is the prefix of their folders, `path` the file that messages
 * show.
 */
export const PROGRAM_SCHEMA = { name: '', path: schemaPath, variants: VARIANTS, schemaFor }

const setUps = new Map()

/** Returns the argument of `Database.prepare`; created once per process and version, with any reachable database. */
export function setUp(databaseUrl, major) {
  if (!setUps.has(major)) setUps.set(major, makeSetUp(databaseUrl, major))
  return setUps.get(major)
}

async function makeSetUp(databaseUrl, major) {
  return {
    ddl: await ddlOf(schemaPath, schemaFor(major), databaseUrl),
    extra: file('extra.sql'),
    seed: file('seed.sql'),
  }
}
