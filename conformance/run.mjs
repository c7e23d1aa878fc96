// The conformance suite as bin/test runs it, after `npm ci` here: starts Hasten, compares, verifies, stops Hasten.
// node run.mjs [pattern]      The command is ../bin/hasten, or what HASTEN_COMMAND names.
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { verify } from './accelerate/verify.mjs'
import { createDatabase } from './lib/databases.mjs'
import { startProcess } from './lib/processes.mjs'
import { compare } from './prisma7/compare.mjs'

const command = process.env.HASTEN_COMMAND ?? fileURLToPath(new URL('../bin/hasten', import.meta.url))

/** Hasten's defaults are smaller than the largest answers of the program. */
const LIMITS = { HASTEN_DATABASES_DEFAULT_LIMITS_RESPONSE_BYTES: '64mb', HASTEN_HTTP_BODY_BYTES: '64mb' }

/** Starts `hasten serve`, waits until it has printed the awaited URLs; answers the process with the URLs. */
async function startHasten(name, stateDir, settings, awaited = ['DATABASE_URL']) {
  const { DATABASE_URL, DIRECT_URL, ...inherited } = process.env
  const printed = {}
  const server = await startProcess(command, ['serve'], {
    name: `hasten serve (${name})`,
    env: {
      ...inherited,
      HASTEN_PORT: '0',
      HASTEN_ADMIN_PORT: '0',
      HASTEN_STATE_DIR: path.join(stateDir, name),
      ...settings,
    },
    ready: (line) => {
      const found = /^\s*(?:export )?(DATABASE_URL|DIRECT_URL)="([^"]+)"/.exec(line)
      if (found) printed[found[1]] = found[2]
      return awaited.every((variable) => printed[variable] !== undefined)
    },
  })
  return { ...server, name, url: printed.DATABASE_URL, directUrl: printed.DIRECT_URL }
}

/** Writes the configuration of a server whose database has two API keys; returns the path of the file. */
function cacheConfiguration(url, keys) {
  const file = path.join(stateDir, 'cache.yaml')
  const database = {
    url,
    keys: keys.map((secret, i) => ({ name: `key-${i}`, secret })),
    // As many as a loop can make.
    cache: { invalidations: 0 },
  }
  // JSON is YAML.
  fs.writeFileSync(file, JSON.stringify({ databases: { default: database } }))
  return file
}

const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-conformance-'))
const servers = []
let ok = false
try {
  const provider = await startHasten('provider', stateDir, {}, ['DATABASE_URL', 'DIRECT_URL'])
  servers.push(provider)
  const referenceDatabaseUrl = await createDatabase(provider.directUrl, 'reference')
  const candidateDatabaseUrl = await createDatabase(provider.directUrl, 'candidate')
  const apiKey = randomBytes(24).toString('hex')
  const candidate = await startHasten('candidate', stateDir, {
    ...LIMITS,
    DATABASE_URL: candidateDatabaseUrl,
    HASTEN_API_KEY: apiKey,
  })
  servers.push(candidate)
  const equal = await compare({
    candidateUrl: candidate.url.replace('YOUR_KEY', apiKey),
    candidateDatabaseUrl,
    referenceDatabaseUrl,
    only: process.argv[2],
  })
  const cacheDatabaseUrl = await createDatabase(provider.directUrl, 'cache')
  const keys = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
  const cache = await startHasten('cache', stateDir, {
    HASTEN_CONFIG: cacheConfiguration(cacheDatabaseUrl, keys),
    HASTEN_REGION: 'eu-west-1',
  })
  servers.push(cache)
  const kept = await verify({
    urls: keys.map((key) => cache.url.replace('YOUR_KEY', key)),
    databaseUrl: cacheDatabaseUrl,
    only: process.argv[2],
  })
  ok = equal && kept
} catch (error) {
  console.error(error)
  console.log('0 passed, 1 failed')
} finally {
  for (const server of servers.reverse()) {
    const code = await server.stop()
    if (code !== 0) {
      ok = false
      console.error(
        `hasten serve (${server.name}) ended with ${code} after SIGTERM:\n${server.lines.slice(-20).join('\n')}`,
      )
    }
  }
  fs.rmSync(stateDir, { recursive: true, force: true })
}
process.exit(ok ? 0 : 1)
