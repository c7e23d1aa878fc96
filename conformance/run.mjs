// The conformance suite that bin/test runs, after `npm ci` here and in prisma5/, prisma6/ and sql/: starts Hasten, compares,
// verifies, and stops Hasten.
// node run.mjs [pattern]      The command is ../bin/hasten, or the one in HASTEN_COMMAND.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { verify as verifyDataProxy } from './dataproxy/verify.mjs'
import { createDatabase } from './lib/databases.mjs'
import { startHasten, stopHasten } from './lib/hasten.mjs'
import { verify as verifySql } from './sql/verify.mjs'

/** Hasten's default limits are too small for the largest requests and responses of the program. */
const LIMITS = { HASTEN_DATABASES_DEFAULT_LIMITS_MAX_RESPONSE_BYTES: '64mb', HASTEN_HTTP_MAX_BODY_BYTES: '64mb' }

/** Clients of Prisma 5 only support HTTPS. */
const COMPARISONS = [{ prisma: 7 }, { prisma: 6 }, { prisma: 5, tls: true }]

/** Each version of the cache extension is tested once: versions 1 and 2 work with both Prisma 5 and 6. */
const CACHES = [
  { prisma: 7, extension: '3.0.1' },
  { prisma: 6, extension: '2.0.2' },
  { prisma: 5, extension: '1.3.0', tls: true },
]

const only = process.argv[2]
const newKey = () => randomBytes(24).toString('hex')

/**
 * Runs a script of this folder; returns whether it exited with 0. Only a separate process can trust another certificate.
 * @param options options of the script; a list repeats an option, undefined omits it
 */
function runScript(name, options, caFile) {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const args = Object.entries(options).flatMap(([option, given]) =>
    [given].flat().flatMap((value) => (value === undefined ? [] : [`--${option}=${value}`])),
  )
  const env = caFile ? { ...process.env, NODE_EXTRA_CA_CERTS: caFile } : process.env
  const child = spawn(process.execPath, [script, ...args], { env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0))
  })
}

/** Runs the program with the clients of one version. */
async function compare({ prisma, tls }, provider) {
  const referenceDatabaseUrl = await createDatabase(provider.directUrl, `reference${prisma}`)
  const candidateDatabaseUrl = await createDatabase(provider.directUrl, `candidate${prisma}`)
  const apiKey = newKey()
  const settings = { ...LIMITS, DATABASE_URL: candidateDatabaseUrl, HASTEN_API_KEY: apiKey }
  return withHasten(`candidate for Prisma ${prisma}`, settings, { tls }, (candidate) =>
    runScript(
      'compare.mjs',
      {
        prisma,
        'candidate-url': candidate.url.replace('YOUR_KEY', apiKey),
        'candidate-database-url': candidateDatabaseUrl,
        'reference-database-url': referenceDatabaseUrl,
        only,
      },
      tls && candidate.caFile,
    ),
  )
}

/** Verifies the promises of the cache with one version of the extension. */
async function cache({ prisma, extension, tls }, provider) {
  const databaseUrl = await createDatabase(provider.directUrl, 'cache')
  const keys = [newKey(), newKey()]
  const settings = { HASTEN_CONFIG: cacheConfiguration(databaseUrl, keys), HASTEN_REGION: 'eu-west-1' }
  return withHasten(`cache for Prisma ${prisma} and ${extension}`, settings, { tls }, ({ url, caFile }) =>
    runScript(
      'accelerate/verify.mjs',
      { prisma, extension, url: keys.map((key) => url.replace('YOUR_KEY', key)), 'database-url': databaseUrl, only },
      tls && caFile,
    ),
  )
}

/** Writes the configuration of a server whose database has two API keys; returns the path of the file. */
function cacheConfiguration(url, keys) {
  const file = path.join(stateDir, 'cache.yaml')
  const database = {
    url,
    keys: keys.map((secret, i) => ({ name: `key-${i}`, secret })),
    // No rate limit, because tests invalidate in loops.
    cache: { invalidations: 0 },
  }
  // JSON is YAML.
  fs.writeFileSync(file, JSON.stringify({ databases: { default: database } }))
  return file
}

/** Starts Hasten, uses it and stops it. */
async function withHasten(name, settings, options, use) {
  const server = await startHasten(name, stateDir, settings, options)
  let result
  try {
    result = await use(server)
  } catch (error) {
    await server.stop()
    throw error
  }
  await stopHasten(server)
  return result
}

/** Runs one part of the suite; an exception is a failure. */
async function part(run) {
  try {
    return await run()
  } catch (error) {
    console.error(error)
    console.log('0 passed, 1 failed')
    return false
  }
}

const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-conformance-'))
const results = []
await part(() =>
  withHasten('provider', {}, { awaited: ['DATABASE_URL', 'DIRECT_URL'] }, async (provider) => {
    for (const comparison of COMPARISONS) results.push(await part(() => compare(comparison, provider)))
    for (const version of CACHES) results.push(await part(() => cache(version, provider)))
    results.push(
      await part(async () =>
        verifyDataProxy({ databaseUrl: await createDatabase(provider.directUrl, 'data_proxy'), only }),
      ),
    )
    results.push(
      await part(async () => verifySql({ databaseUrl: await createDatabase(provider.directUrl, 'sql'), only })),
    )
  }),
).then((ended) => results.push(ended !== false))
fs.rmSync(stateDir, { recursive: true, force: true })
process.exit(results.every(Boolean) ? 0 : 1)
