// Checks what the cache promises to the real @prisma/client with the real @prisma/extension-accelerate.
// Usage: see ../README.md
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Database } from '../lib/databases.mjs'
import { Network } from '../lib/network.mjs'
import { clientModules, setUp } from '../prisma7/schema.mjs'
import { accelerateFetch } from './helper.mjs'
import { Stage } from './stage.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/** A promise that is not kept within this time is broken. Milliseconds. */
const TIMEOUT = 180_000

/**
 * Verifies and prints; returns whether all promises were kept.
 * @param urls two client URLs of the same database, with different API keys
 * @param databaseUrl the same database; it is wiped. Its server preloads pg_stat_statements
 * @param only regular expression on `theme/name`
 */
export async function verify({ urls, databaseUrl, only, slow = false }) {
  const started = Date.now()
  const database = await Database.prepare(databaseUrl, await setUp(databaseUrl))
  await database.sql('drop extension if exists pg_stat_statements; drop schema if exists stats cascade')
  await database.sql('create schema stats; create extension pg_stat_statements schema stats')
  const modules = await clientModules()
  const network = new Network()
  const stage = new Stage({ urls, database, modules, network, accelerateFetch: await accelerateFetch() })
  await stage.buildGate()
  let passed = 0
  const failed = []
  try {
    for (const { title, run } of await loadPromises(only && new RegExp(only, 'i'))) {
      const begin = Date.now()
      const error = await keep(stage, run)
      if (slow) console.log(`${title}: ${Date.now() - begin} ms`)
      if (!error) {
        passed++
        continue
      }
      failed.push(title)
      console.log(`FAILED ${title}\n${indent(error)}`)
    }
  } finally {
    await stage.close()
    network.close()
  }
  console.log(`Promises of the cache to @prisma/extension-accelerate: ${Math.round((Date.now() - started) / 1000)} s`)
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0
}

/** Runs one promise and tidies up; returns the error when it was broken. */
async function keep(stage, run) {
  const broken = await errorOf(within(TIMEOUT, run(stage)))
  const untidy = await errorOf(stage.reset())
  return broken ?? untidy
}

async function errorOf(work) {
  try {
    await work
    return undefined
  } catch (error) {
    return error ?? new Error('rejected without an error')
  }
}

async function within(milliseconds, work) {
  const clock = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: clock.signal }).then(
    () => Promise.reject(new Error(`not within ${milliseconds} ms`)),
    () => {},
  )
  try {
    return await Promise.race([work, late])
  } finally {
    clock.abort()
  }
}

function indent(error) {
  return String(error?.stack ?? error)
    .slice(0, 3000)
    .replaceAll(/^/gm, '    ')
}

/** The promises in promises/*.mjs whose title matches, in the order of files and of each file. */
async function loadPromises(pattern) {
  const directory = path.join(here, 'promises')
  const selected = []
  for (const file of fs.readdirSync(directory).sort()) {
    const { default: promises } = await import(pathToFileURL(path.join(directory, file)))
    for (const [name, run] of Object.entries(promises)) {
      const title = `${path.parse(file).name}/${name}`
      if (!pattern || pattern.test(title)) selected.push({ title, run })
    }
  }
  return selected
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', multiple: true },
      'database-url': { type: 'string' },
      only: { type: 'string' },
      slow: { type: 'boolean' },
    },
  })
  if (values.url?.length !== 2 || !values['database-url']) {
    console.error(
      'usage: verify.mjs --url URL_WITH_KEY --url URL_WITH_OTHER_KEY --database-url URL [--only pattern] [--slow]',
    )
    process.exit(2)
  }
  const ok = await verify({ ...values, urls: values.url, databaseUrl: values['database-url'] })
  process.exit(ok ? 0 : 1)
}
