// Runs the program with a real @prisma/client against references and a candidate, and compares the results.
// Usage: see README.md
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Database } from './lib/databases.mjs'
import { compareOperation, Target } from './lib/runner.mjs'
import { PROGRAM_SCHEMA, setUp } from './schema/schema.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/** How long clients may take to disconnect. Milliseconds. */
const CLOSING = 10_000

/**
 * A generation of clients (prisma7/generation.mjs and so on):
 *   title, major
 *   generate()       writes all clients that the functions below use, unless they are already there
 *   candidate(url, source)   returns clients of a server of the protocol that this generation uses; they are generated from
 *                    `source`, by default PROGRAM_SCHEMA
 *   references       the references by name: functions that return clients for the URL of a database and a source
 *   codeless, bareTransactionErrors   what its errors lack, see lib/operations.mjs and lib/diff.mjs
 *   departures       operations for which Hasten's response differs from the engine's, see lib/departures.mjs
 *   Instrumentation  PrismaInstrumentation of this version
 *   urlOption        the client's option for the URL of the server
 *   extensions       `withAccelerate` by version of @prisma/extension-accelerate
 * Clients are `{modules, connect(module, options), stop()}`, see lib/runner.mjs.
 */
export async function loadGeneration(major) {
  return (await import(`./prisma${major}/generation.mjs`)).default
}

/** The operations of `program/`, the schema of their clients, and the set-up of their databases. */
export const PROGRAM = { title: 'program', source: PROGRAM_SCHEMA, setUp, load: loadProgram }

/**
 * Compares and prints; returns whether all passed.
 * @param program what to run; `load` gets a pattern and returns the operations whose title matches
 * @param generation the result of loadGeneration
 * @param references names of the generation's references to compare with; by default all
 * @param candidate the clients of the candidate
 * @param candidateName the candidate's name if it is also a reference (selfCheck)
 * @param only regular expression for `theme/name [variant]`
 * @param selfCheck the candidate is a reference, so `expectDifference` does not apply
 */
export async function compare({
  program = PROGRAM,
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
  const tables = await program.setUp(referenceDatabaseUrl, generation.major)
  // All references share one set-up connection, because some operations terminate all other connections.
  const referenceDatabase = await Database.prepare(referenceDatabaseUrl, tables)
  const candidateDatabase = await Database.prepare(candidateDatabaseUrl, tables)
  const target = (name, clients, database) => new Target(name, { clients, generation, database })
  const references = []
  for (const name of names) {
    references.push(
      target(name, await generation.references[name](referenceDatabaseUrl, program.source), referenceDatabase),
    )
  }
  const candidate = target(candidateName, candidateClients, candidateDatabase)

  let passed = 0
  let inapplicable = 0
  let departing = 0
  const failed = []
  try {
    for (const { operation, variant, title } of await program.load(only && new RegExp(only, 'i'))) {
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
    // A query engine that the program has broken never finishes disconnecting.
    const open = [...references, candidate, referenceDatabase, candidateDatabase]
    await Promise.race([Promise.allSettled(open.map((one) => one.close())), sleep(CLOSING)])
  }
  console.log(
    `${generation.title} ${program.title} against ${names.join(' and ')}: ${Math.round((Date.now() - started) / 1000)} s` +
      (inapplicable ? `, without ${inapplicable} operations that require a later version` : '') +
      (departing ? `; ${departing} only checked for success or the declared error` : ''),
  )
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0
}

/** Returns the operations of program/*.mjs whose title matches, ordered by file and by position in the file. */
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
        if (titles.has(title)) throw new Error(`two operations have the title ${title}`)
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
