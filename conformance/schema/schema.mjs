// The schema that the program and the promises of the cache share, for each major version of Prisma, and what fills a
// database.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ddlOf } from '../lib/databases.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const file = (name) => fs.readFileSync(path.join(here, name), 'utf8')

export const schemaPath = path.join(here, 'schema.prisma')

/** Preview features that each variant's client has on top of those in the schema. */
export const VARIANTS = { query: [], join: ['relationJoins', 'nativeDistinct'] }

/** The schema without the lines that a later major version of Prisma brought (`/// since 6`). */
export function schemaFor(major) {
  const later = (line) => Number(/\/\/\/ since (\d+)$/.exec(line)?.[1] ?? 0) > major
  return file('schema.prisma')
    .split('\n')
    .filter((line) => !later(line))
    .join('\n')
}

/** The schema with other preview features; `change` gets the list and answers another. */
export function withPreviewFeatures(schema, change) {
  return schema.replace(/previewFeatures = (\[[^\]]*\])/, (_, list) => {
    return `previewFeatures = ${JSON.stringify(change(JSON.parse(list)))}`
  })
}

const setUps = new Map()

/** What `Database.prepare` wants; made once per process and version, by way of any database that can be reached. */
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
