// The program with references on both sides: must give no difference at all. Shows that the operations are deterministic
// and that what a run against Hasten reports is Hasten's; with two different references, in what they differ.
// node self-check.mjs [--prisma 7] [--reference NAME] [--candidate NAME] <database URL 1> <database URL 2> [pattern]
// Both databases are wiped.
import { parseArgs } from 'node:util'
import { compare, loadGeneration } from './compare.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prisma: { type: 'string', default: '7' },
    reference: { type: 'string' },
    candidate: { type: 'string' },
  },
})
const [referenceDatabaseUrl, candidateDatabaseUrl, only] = positionals
if (!candidateDatabaseUrl) {
  console.error('usage: node self-check.mjs [--prisma 7] <database URL 1> <database URL 2> [pattern]')
  process.exit(2)
}
const generation = await loadGeneration(values.prisma)
const reference = values.reference ?? Object.keys(generation.references)[0]
const candidate = values.candidate ?? reference
const ok = await compare({
  generation,
  references: [reference],
  candidate: await generation.references[candidate](candidateDatabaseUrl),
  candidateName: candidate,
  candidateDatabaseUrl,
  referenceDatabaseUrl,
  only,
  selfCheck: true,
  slow: true,
})
process.exit(ok ? 0 : 1)
