// Runs operations over all models of a schema against Hasten and a reference, and compares the results.
// Usage: see ../README.md
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compare, loadGeneration } from '../compare.mjs'
import { createDatabase } from '../lib/databases.mjs'
import { startHasten, stopHasten } from '../lib/hasten.mjs'
import { programOf } from './program.mjs'
import { readSource, SCHEMAS } from './source.mjs'

/** The result of the largest operation contains records of all models. */
const LIMITS = { HASTEN_DATABASES_DEFAULT_LIMITS_MAX_RESPONSE_BYTES: '64mb', HASTEN_HTTP_MAX_BODY_BYTES: '64mb' }

/**
 * Compares with one schema and one version of Prisma, and prints; returns whether all passed.
 * @param directUrl a PostgreSQL server, in which this creates two databases
 * @param sample, only, reference, slow see parseArgs below
 */
export async function verify({ schema, prisma, directUrl, stateDir, sample, only, reference, slow }) {
  const source = readSource(schema)
  const program = await programOf(source, sample)
  const name = `${source.title}-${prisma}`
  const referenceDatabaseUrl = await createDatabase(directUrl, `${name}-reference`)
  const candidateDatabaseUrl = await createDatabase(directUrl, `${name}-candidate`)
  const apiKey = randomBytes(24).toString('hex')
  const generation = await loadGeneration(prisma)
  const settings = { ...LIMITS, DATABASE_URL: candidateDatabaseUrl, HASTEN_API_KEY: apiKey }
  const server = await startHasten(name, stateDir, settings)
  try {
    const candidate = await generation.candidate(server.url.replace('YOUR_KEY', apiKey), source)
    return await compare({
      program,
      generation,
      references: reference,
      candidate,
      candidateDatabaseUrl,
      referenceDatabaseUrl,
      only,
      slow,
    })
  } finally {
    await stopHasten(server)
  }
}

async function main(values) {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-schemas-'))
  const postgres = values['server-url']
    ? undefined
    : await startHasten('postgres', stateDir, {}, { awaited: ['DATABASE_URL', 'DIRECT_URL'] })
  const directUrl = values['server-url'] ?? postgres.directUrl
  const sample = values.sample && Number(values.sample)
  let passed = true
  try {
    for (const schema of values.schema) {
      for (const prisma of values.prisma) {
        const file = path.resolve(schema)
        passed = (await verify({ ...values, schema: file, prisma, directUrl, stateDir, sample })) && passed
      }
    }
  } finally {
    if (postgres) await stopHasten(postgres)
    fs.rmSync(stateDir, { recursive: true, force: true })
  }
  return passed
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      schema: { type: 'string', multiple: true, default: SCHEMAS },
      prisma: { type: 'string', multiple: true, default: ['7', '6'] },
      reference: { type: 'string', multiple: true },
      'server-url': { type: 'string' },
      sample: { type: 'string' },
      only: { type: 'string' },
      slow: { type: 'boolean' },
    },
  })
  process.exit((await main(values)) ? 0 : 1)
}
