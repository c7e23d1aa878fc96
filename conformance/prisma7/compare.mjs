// Runs the program with the real @prisma/client against the official executor and a candidate and compares both.
// Usage: see ../README.md
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Database } from '../lib/databases.mjs'
import { startReference } from '../lib/processes.mjs'
import { compareOperation, Target } from '../lib/runner.mjs'
import { clientModules, setUp } from './schema.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Compares and prints; returns whether all passed.
 * @param only regular expression on `theme/name [variant]`
 * @param selfCheck the candidate is the official executor too: expected differences are not expected
 */
export async function compare({
  candidateUrl,
  candidateDatabaseUrl,
  referenceDatabaseUrl,
  referencePort = 0,
  only,
  selfCheck = false,
  slow = false,
}) {
  const started = Date.now()
  const modules = await clientModules()
  const tables = await setUp(referenceDatabaseUrl)
  const referenceDatabase = await Database.prepare(referenceDatabaseUrl, tables)
  const candidateDatabase = await Database.prepare(candidateDatabaseUrl, tables)
  const server = await startReference(referenceDatabaseUrl, referencePort)
  const reference = new Target('reference', { url: server.url, database: referenceDatabase, modules })
  const candidate = new Target('candidate', { url: candidateUrl, database: candidateDatabase, modules })

  let passed = 0
  const failed = []
  try {
    for (const { operation, variant, title } of await loadProgram(only && new RegExp(only, 'i'))) {
      const begin = Date.now()
      const problems = await compareOperation(operation, variant, reference, candidate, {
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
    await Promise.allSettled([reference.close(), candidate.close()])
    await server.stop()
  }
  console.log(`Prisma 7 program against the official executor: ${Math.round((Date.now() - started) / 1000)} s`)
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
      'candidate-url': { type: 'string' },
      'candidate-database-url': { type: 'string' },
      'reference-database-url': { type: 'string' },
      'reference-port': { type: 'string', default: '0' },
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
  const ok = await compare({
    candidateUrl: values['candidate-url'],
    candidateDatabaseUrl: values['candidate-database-url'],
    referenceDatabaseUrl: values['reference-database-url'],
    referencePort: Number(values['reference-port']),
    only: values.only,
    slow: values.slow,
  })
  process.exit(ok ? 0 : 1)
}
