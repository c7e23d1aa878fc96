// Runs the program with a real @prisma/client against a reference and a candidate and compares both.
// Usage: see README.md
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Database } from './lib/databases.mjs'
import { compareOperation, Target } from './lib/runner.mjs'
import { setUp } from './schema/schema.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/** How long clients may take to disconnect. Milliseconds. */
const CLOSING = 10_000

/**
 * A generation of clients (prisma7/generation.mjs and so on):
 *   title, major
 *   candidate(url)   clients of a server of the protocol that this generation speaks
 *   references       by name, what to compare with: a function of the database's URL that answers clients
 *   codeless, bareTransactionErrors   what its errors lack, see lib/operations.mjs and lib/diff.mjs
 *   departures       which operations Hasten answers otherwise than the engine, see lib/departures.mjs
 *   Instrumentation  PrismaInstrumentation of this version
 *   urlOption        the client's option for the URL of the server
 *   extensions       `withAccelerate` by version of @prisma/extension-accelerate
 * Clients are `{modules, connect(module, options), stop()}`, see lib/runner.mjs.
 */
export async function loadGeneration(major) {
  return (await import(`./prisma${major}/generation.mjs`)).default
}

/**
 * Compares and prints; returns whether all passed.
 * @param generation one of loadGeneration
 * @param references names of those of the generation's references to compare with; all when not given
 * @param candidate the clients of the candidate
 * @param candidateName its name when it is a reference, too (selfCheck)
 * @param only regular expression on `theme/name [variant]`
 * @param selfCheck the candidate is a reference: expected differences are not expected
 */
export async function compare({
  generation,
  references: names = Object.keys(generation.references),
  candidate: candidateClients,
  candidateName = 'candidate',
  candidateDatabaseUrl,
  referenceDatabaseUrl,
  only,
  selfCheck = false,
  slow = false,
}) {
  const started = Date.now()
  const tables = await setUp(referenceDatabaseUrl, generation.major)
  // One connection for all references: some operations end every other one of the database.
  const referenceDatabase = await Database.prepare(referenceDatabaseUrl, tables)
  const candidateDatabase = await Database.prepare(candidateDatabaseUrl, tables)
  const target = (name, clients, database) => new Target(name, { clients, generation, database })
  const references = []
  for (const name of names) {
    references.push(target(name, await generation.references[name](referenceDatabaseUrl), referenceDatabase))
  }
  const candidate = target(candidateName, candidateClients, candidateDatabase)

  let passed = 0
  let inapplicable = 0
  let departing = 0
  const failed = []
  try {
    for (const { operation, variant, title } of await loadProgram(only && new RegExp(only, 'i'))) {
      if (operation.since > generation.major) {
        inapplicable++
        continue
      }
      const begin = Date.now()
      const departs = !selfCheck && generation.departures?.some(([titles]) => titles.test(title))
      if (departs) departing++
      const problems = await compareOperation(operation, variant, departs ? [] : references, candidate, {
        honourExpectations: !selfCheck,
      })
      if (slow && Date.now() - begin > 1000) console.log(`slow ${title}: ${Date.now() - begin} ms`)
      if (problems.length === 0) {
        passed++
        continue
      }
      failed.push(title)
      console.log(`FAILED ${title}\n${problems.slice(0, 12).join('\n')}`)
      if (problems.length > 12) console.log(`    ... and ${problems.length - 12} more differences`)
    }
  } finally {
    // A query engine that something in the program has broken never says that it is disconnected.
    const open = [...references, candidate, referenceDatabase, candidateDatabase]
    await Promise.race([Promise.allSettled(open.map((one) => one.close())), sleep(CLOSING)])
  }
  console.log(
    `${generation.title} program against ${names.join(' and ')}: ${Math.round((Date.now() - started) / 1000)} s` +
      (inapplicable ? `, without ${inapplicable} operations of later versions` : '') +
      (departing ? `; ${departing} only checked for what they announce` : ''),
  )
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0
}

/** The operations of program/*.mjs whose title matches, in the order of files and of each file. */
export async function loadProgram(pattern) {
  const directory = path.join(here, 'program')
  const selected = []
  const titles = new Set()
  for (const file of fs
    .readdirSync(directory)
    .filter((name) => name.endsWith('.mjs'))
    .sort()) {
    const { default: operations } = await import(pathToFileURL(path.join(directory, file)))
    for (const operation of operations) {
      for (const variant of operation.variants) {
        const title = `${path.parse(file).name}/${operation.name}${variant === 'query' ? '' : ` [${variant}]`}`
        if (titles.has(title)) throw new Error(`two operations are called ${title}`)
        titles.add(title)
        if (!pattern || pattern.test(title)) selected.push({ operation, variant, title })
      }
    }
  }
  return selected
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      prisma: { type: 'string', default: '7' },
      reference: { type: 'string', multiple: true },
      'candidate-url': { type: 'string' },
      'candidate-database-url': { type: 'string' },
      'reference-database-url': { type: 'string' },
      only: { type: 'string' },
      slow: { type: 'boolean' },
    },
  })
  for (const name of ['candidate-url', 'candidate-database-url', 'reference-database-url']) {
    if (!values[name]) {
      console.error(`--${name} is missing`)
      process.exit(2)
    }
  }
  const generation = await loadGeneration(values.prisma)
  const ok = await compare({
    generation,
    references: values.reference,
    candidate: await generation.candidate(values['candidate-url']),
    candidateDatabaseUrl: values['candidate-database-url'],
    referenceDatabaseUrl: values['reference-database-url'],
    only: values.only,
    slow: values.slow,
  })
  process.exit(ok ? 0 : 1)
}
