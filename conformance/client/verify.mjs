// Checks the promises of the package @hasten/client with the real @prisma/client and @prisma/extension-accelerate.
// The package is the tarball that clients/typescript/pack installs, never its sources.
// Usage: see ../README.md
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Database } from '../lib/databases.mjs'
import { verifyPromises } from '../lib/promises.mjs'
import { loadGeneration } from '../compare.mjs'
import { setUp } from '../schema/schema.mjs'
import { loadPackage } from './package.mjs'
import { Stage } from './stage.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Verifies and prints; returns whether all promises were kept.
 * @param url of Hasten for clients, with a key
 * @param databaseUrl the same database; its contents are deleted
 * @param only regular expression for `theme/name`
 */
export async function verify({ prisma, url, databaseUrl, only, slow = false }) {
  const generation = await loadGeneration(prisma)
  const database = await Database.prepare(databaseUrl, await setUp(databaseUrl, generation.major))
  const { modules } = await generation.candidate(url)
  const stage = await Stage.open({ server: url, database, generation, modules, hasten: loadPackage(generation.major) })
  try {
    const title = `Promises of @hasten/client to ${generation.title}`
    return await verifyPromises(path.join(here, 'promises'), stage, { title, only, slow })
  } finally {
    await stage.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      prisma: { type: 'string', default: '7' },
      url: { type: 'string' },
      'database-url': { type: 'string' },
      only: { type: 'string' },
      slow: { type: 'boolean' },
    },
  })
  if (!values.url || !values['database-url']) {
    console.error('usage: verify.mjs [--prisma 7] --url URL_WITH_KEY --database-url URL [--only pattern] [--slow]')
    process.exit(2)
  }
  const ok = await verify({ ...values, databaseUrl: values['database-url'] })
  process.exit(ok ? 0 : 1)
}
