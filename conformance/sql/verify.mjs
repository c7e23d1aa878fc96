// Checks Hasten's promises to clients of SQL over HTTP.
// Usage: see ../README.md
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Network } from '../lib/network.mjs'
import { verifyPromises } from '../lib/promises.mjs'
import { Stage } from './stage.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Starts Hasten, verifies and prints; returns whether all promises were kept.
 * @param databaseUrl a database whose contents are deleted; its user must be a superuser
 * @param only regular expression for `theme/name`
 */
export async function verify({ databaseUrl, only, slow = false }) {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-sql-'))
  const network = new Network()
  const stage = await Stage.open({ stateDir, databaseUrl })
  try {
    const title = 'Promises of SQL over HTTP'
    return await verifyPromises(path.join(here, 'promises'), stage, { title, only, slow })
  } finally {
    await stage.close()
    network.close()
    fs.rmSync(stateDir, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { 'database-url': { type: 'string' }, only: { type: 'string' }, slow: { type: 'boolean' } },
  })
  if (!values['database-url']) {
    console.error('usage: verify.mjs --database-url URL [--only pattern] [--slow]')
    process.exit(2)
  }
  const ok = await verify({ ...values, databaseUrl: values['database-url'] })
  process.exit(ok ? 0 : 1)
}
