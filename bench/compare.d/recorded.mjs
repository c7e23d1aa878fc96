// What the generator of `hasten bench` has in its module.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const resources = fileURLToPath(new URL('../src/main/resources/dev/hasten/bench/', import.meta.url))

/** A request that Prisma Client has sent; see bench/capture. */
export const recorded = (name) => fs.readFileSync(`${resources}requests/${name}.json`, 'utf8').trim()

/** Makes its tables. */
export const TABLES_SQL = `${resources}tables.sql`
