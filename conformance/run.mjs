// The conformance suite that bin/test runs, after `npm ci` here and in prisma5/, prisma6/, sql/, edge/ and guides/: starts Hasten,
// compares, verifies, and stops Hasten.
// node run.mjs [pattern]      Runs the tests whose title matches; it is an error if none does. The command is ../bin/hasten, or
//                             the one in HASTEN_COMMAND.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDatabase } from './lib/databases.mjs'
import { startHasten, stopHasten } from './lib/hasten.mjs'
import { loadPromises } from './lib/promises.mjs'
import { loadProgram } from './compare.mjs'
import { combinations } from './edge/verify.mjs'
import { guidesFor } from './guides/verify.mjs'
import { TITLES as RESTARTS } from './restart/verify.mjs'
import { programOf } from './schemas/program.mjs'
import { readSource, SCHEMAS } from './schemas/source.mjs'

/**
 * How many parts run at the same time. A part uses little more than one core: its client, Hasten and PostgreSQL wait for each
 * other.
 */
const LANES = Math.min(2, os.availableParallelism())

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

/** Some models of one schema are enough here. `bin/test schemas` tests all models of all schemas. */
const SCHEMA = { file: SCHEMAS[0], sample: 2 }

/**
 * The parts in the order in which they start; the short ones are last, so that the lanes end at about the same time.
 * `clients` are the versions of Prisma whose clients the part uses; the cache's type checks use those of 7. `tests` gets
 * a pattern and returns the tests whose title matches. `run` gets a PostgreSQL and a function that prints, and returns whether
 * the part passed.
 */
const PARTS = [
  ...COMPARISONS.map((version) => ({
    title: `The program with Prisma ${version.prisma}`,
    clients: [version.prisma],
    tests: (pattern) => operations(version.prisma, pattern),
    run: (...args) => compare(version, ...args),
  })),
  ...CACHES.map((version) => ({
    title: `The cache with Prisma ${version.prisma}`,
    clients: [7, version.prisma],
    tests: (pattern) => promises('accelerate', version.prisma, pattern),
    run: (...args) => cache(version, ...args),
  })),
  ...COMPARISONS.map((version) => ({
    title: `The package with Prisma ${version.prisma}`,
    clients: [version.prisma],
    tests: (pattern) => promises('client', version.prisma, pattern),
    run: (...args) => client(version, ...args),
  })),
  ...[7, 6].map((prisma) => ({
    title: `A large schema with Prisma ${prisma}`,
    clients: [],
    tests: schemaOperations,
    run: (...args) => schema(prisma, ...args),
  })),
  {
    title: 'SQL over HTTP',
    clients: [],
    tests: (pattern) => promises('sql', undefined, pattern),
    run: (...args) => verify('sql', ...args),
  },
  {
    title: 'The runtimes of edge platforms',
    clients: [7, 6, 5],
    tests: async (pattern) => combinations().filter(({ title }) => !pattern || pattern.test(title)),
    run: (...args) => verify('edge', ...args),
  },
  {
    title: 'The guides',
    clients: [],
    tests: async (pattern) => guidesFor(pattern, false),
    run: (...args) => verify('guides', ...args),
  },
  {
    title: 'Restarts',
    clients: [7, 6],
    tests: async (pattern) => RESTARTS.filter((title) => !pattern || pattern.test(title)),
    run: (...args) => verify('restart', ...args),
  },
  {
    title: 'The data proxy protocol',
    clients: [6],
    tests: (pattern) => promises('dataproxy', 6, pattern),
    run: (...args) => verify('dataproxy', ...args),
  },
]

/** More memory for new objects than Node's default, in MiB: large results are collected less often, and copied less. */
const NODE_OPTIONS = ['--max-semi-space-size=64']

const only = process.argv[2]
const newKey = () => randomBytes(24).toString('hex')

/**
 * Runs a script of this folder; returns whether it exited with 0. Only a separate process can trust another certificate.
 * @param options options of the script; a list repeats an option, undefined omits it
 */
function runScript(name, options, print, caFile) {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const args = Object.entries(options).flatMap(([option, given]) =>
    [given].flat().flatMap((value) => (value === undefined ? [] : [`--${option}=${value}`])),
  )
  const env = caFile ? { ...process.env, NODE_EXTRA_CA_CERTS: caFile } : process.env
  const child = spawn(process.execPath, [...NODE_OPTIONS, script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code === 0))
  })
}

/** Returns the operations of the program whose title matches and that a version of Prisma supports. */
async function operations(prisma, pattern) {
  return (await loadProgram(pattern)).filter(({ operation }) => !(operation.since > prisma))
}

/** Returns the operations for the models of SCHEMA whose title matches. Without a pattern, their number does not matter. */
async function schemaOperations(pattern) {
  return pattern ? (await programOf(readSource(SCHEMA.file), SCHEMA.sample)).load(pattern) : [SCHEMA]
}

/** Returns the promises of a folder whose title matches and that a version of Prisma supports. */
async function promises(folder, prisma, pattern) {
  const directory = fileURLToPath(new URL(`${folder}/promises`, import.meta.url))
  return (await loadPromises(directory, pattern)).filter(({ run }) => !(run.since > prisma))
}

/** Returns the parts with a test whose title matches. The others would start their servers for nothing. */
async function matchingParts(pattern) {
  const counts = await Promise.all(PARTS.map(async ({ tests }) => (await tests(pattern)).length))
  return PARTS.filter((_, i) => counts[i] > 0)
}

/** Runs the program with the clients of one version. */
async function compare({ prisma, tls }, { directUrl }, print) {
  const referenceDatabaseUrl = await createDatabase(directUrl, `reference${prisma}`)
  const candidateDatabaseUrl = await createDatabase(directUrl, `candidate${prisma}`)
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
      print,
      tls && candidate.caFile,
    ),
  )
}

/** Runs operations over models of a large schema, whose script starts its own Hasten. */
function schema(prisma, { directUrl }, print) {
  const { file, sample } = SCHEMA
  // One reference is enough, and its clients take long to generate.
  const reference = prisma === 6 ? 'engine6' : 'executor7'
  return runScript(
    'schemas/verify.mjs',
    { schema: file, sample, prisma, reference, 'server-url': directUrl, only },
    print,
  )
}

/** Verifies the promises of the cache with one version of the extension. */
async function cache({ prisma, extension, tls }, { directUrl }, print) {
  const databaseUrl = await createDatabase(directUrl, `cache${prisma}`)
  const keys = [newKey(), newKey()]
  const file = path.join(stateDir, `cache${prisma}.yaml`)
  fs.writeFileSync(file, cacheConfiguration(databaseUrl, keys))
  const settings = { HASTEN_CONFIG: file, HASTEN_REGION: 'eu-west-1' }
  return withHasten(`cache for Prisma ${prisma} and ${extension}`, settings, { tls }, ({ url, admin, caFile }) =>
    runScript(
      'accelerate/verify.mjs',
      {
        prisma,
        extension,
        url: keys.map((key) => url.replace('YOUR_KEY', key)),
        'database-url': databaseUrl,
        'admin-url': admin.url,
        'admin-token': admin.token,
        only,
      },
      print,
      tls && caFile,
    ),
  )
}

/** Verifies the promises of the npm package with one version of Prisma. */
async function client({ prisma, tls }, { directUrl }, print) {
  const databaseUrl = await createDatabase(directUrl, `client${prisma}`)
  const apiKey = newKey()
  const settings = { DATABASE_URL: databaseUrl, HASTEN_API_KEY: apiKey, HASTEN_DATABASES_DEFAULT_CACHE_SCHEMA_POLL: '0s' }
  return withHasten(`package with Prisma ${prisma}`, settings, { tls }, ({ url, caFile }) =>
    runScript(
      'client/verify.mjs',
      { prisma, url: url.replace('YOUR_KEY', apiKey), 'database-url': databaseUrl, only },
      print,
      tls && caFile,
    ),
  )
}

/** Returns the configuration of a server whose database has two API keys. */
function cacheConfiguration(url, keys) {
  const database = {
    url,
    keys: keys.map((secret, i) => ({ name: `key-${i}`, secret })),
    // No rate limit, because tests invalidate in loops. No poll, because tests change the schema themselves and then count hits.
    cache: { invalidations: 0, schema_poll: '0s' },
  }
  // JSON is YAML.
  return JSON.stringify({ databases: { default: database } })
}

/** Verifies promises that need a server of their own, which their script starts. */
async function verify(folder, { directUrl }, print) {
  const databaseUrl = await createDatabase(directUrl, folder)
  return runScript(`${folder}/verify.mjs`, { 'database-url': databaseUrl, only }, print)
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

/** Starts the PostgreSQL of a lane. Nothing else may write on it, so that a part can see whether an operation wrote something. */
function startPostgres(lane) {
  return startHasten(`postgres ${lane}`, stateDir, {}, { awaited: ['DATABASE_URL', 'DIRECT_URL'] })
}

const generations = new Map()

/** Generates the clients of a version, once. */
async function generate(prisma, print) {
  if (!generations.has(prisma)) generations.set(prisma, runScript('generate.mjs', { prisma }, print))
  if (!(await generations.get(prisma))) throw new Error(`the clients of Prisma ${prisma} cannot be generated`)
}

/** Runs one part of the suite, and then prints its output; returns whether it passed. An exception is a failure. */
async function runPart({ title, clients, run }, postgres) {
  const started = Date.now()
  let output = ''
  const print = (text) => {
    output += text
  }
  let passed = false
  try {
    for (const prisma of clients) await generate(prisma, print)
    passed = await run(postgres, print)
  } catch (error) {
    print(`${error.stack}\n0 passed, 1 failed\n`)
  }
  console.log(`\n-- ${title}: ${Math.round((Date.now() - started) / 1000)} s with its servers\n${output.trimEnd()}`)
  return passed
}

/** Runs parts until none is left; returns whether all passed. */
async function runLane(parts, postgres) {
  let passed = true
  for (let part = parts.shift(); part; part = parts.shift()) passed = (await runPart(part, postgres)) && passed
  await stopHasten(postgres)
  return passed
}

let parts
try {
  parts = await matchingParts(only && new RegExp(only, 'i'))
} catch (error) {
  if (!(error instanceof SyntaxError)) throw error
  console.error(error.message)
  process.exit(2)
}
if (parts.length === 0) {
  console.error(`No title matches \`${only}\`.`)
  process.exit(1)
}
const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-conformance-'))
const lanes = []
let previous = Promise.resolve()
for (let lane = 1; lane <= Math.min(LANES, parts.length); lane++) {
  // They start one after the other, because each looks for a free port.
  const postgres = previous.then(() => startPostgres(lane))
  previous = postgres.catch(() => {})
  lanes.push(
    postgres
      .then((server) => runLane(parts, server))
      .catch((error) => {
        console.error(error)
        return false
      }),
  )
}
const results = await Promise.all(lanes)
fs.rmSync(stateDir, { recursive: true, force: true })
process.exit(results.every(Boolean) ? 0 : 1)
