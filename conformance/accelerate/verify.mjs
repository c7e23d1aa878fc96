// Checks the cache's promises with the real @prisma/client and the real @prisma/extension-accelerate.
// Usage: see ../README.md
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Database } from '../lib/databases.mjs'
import { Network } from '../lib/network.mjs'
import { verifyPromises } from '../lib/promises.mjs'
import { loadGeneration } from '../compare.mjs'
import { setUp } from '../schema/schema.mjs'
import { loadPackage } from '../client/package.mjs'
import { Stage } from './stage.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Verifies and prints; returns whether all promises were kept.
 * @param generation the generation of the clients, from loadGeneration
 * @param extension the version of the extension; by default the newest of the generation
 * @param urls two client URLs of the same database, with different API keys
 * @param databaseUrl the same database; its contents are deleted. Its server must preload pg_stat_statements
 * @param admin URL and token of the admin API of Hasten
 * @param only regular expression for `theme/name`
 */
export async function verify({ generation, extension, urls, databaseUrl, admin, only, slow = false }) {
  const version = extension ?? Object.keys(generation.extensions)[0]
  const withAccelerate = generation.extensions[version]
  const database = await Database.prepare(databaseUrl, await setUp(databaseUrl, generation.major))
  await database.sql('drop extension if exists pg_stat_statements; drop schema if exists stats cascade')
  await database.sql('create schema stats; create extension pg_stat_statements schema stats')
  const { modules } = await generation.candidate(urls[0])
  const network = new Network()
  const stage = new Stage({
    urls,
    admin,
    database,
    generation,
    modules,
    withAccelerate,
    network,
    hastenFetch: loadPackage(generation.major).hastenFetch,
  })
  await stage.buildGate()
  try {
    const title = `Promises of the cache to ${generation.title} with @prisma/extension-accelerate ${version}`
    return await verifyPromises(path.join(here, 'promises'), stage, { title, only, slow })
  } finally {
    await stage.close()
    network.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      prisma: { type: 'string', default: '7' },
      extension: { type: 'string' },
      url: { type: 'string', multiple: true },
      'database-url': { type: 'string' },
      'admin-url': { type: 'string' },
      'admin-token': { type: 'string' },
      only: { type: 'string' },
      slow: { type: 'boolean' },
    },
  })
  if (values.url?.length !== 2 || !values['database-url'] || !values['admin-url'] || !values['admin-token']) {
    console.error(
      'usage: verify.mjs [--prisma 7] [--extension 3.0.1] --url URL_WITH_KEY --url URL_WITH_OTHER_KEY --database-url URL --admin-url URL --admin-token TOKEN [--only pattern] [--slow]',
    )
    process.exit(2)
  }
  const generation = await loadGeneration(values.prisma)
  const ok = await verify({
    ...values,
    generation,
    urls: values.url,
    databaseUrl: values['database-url'],
    admin: { url: values['admin-url'], token: values['admin-token'] },
  })
  process.exit(ok ? 0 : 1)
}
