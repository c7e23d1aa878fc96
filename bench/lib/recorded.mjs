// Resources of the module of `hasten bench`.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const resources = fileURLToPath(new URL('../src/main/resources/dev/hasten/bench/', import.meta.url))

/** Returns a recorded request of Prisma Client; see bench/capture. */
export const recorded = (name) => fs.readFileSync(`${resources}requests/${name}.json`, 'utf8').trim()

/** Creates the tables of `hasten bench`. */
export const TABLES_SQL = `${resources}tables.sql`
