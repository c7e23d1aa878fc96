// Runs the program with a reference on both sides, which must not produce any difference. This shows that the operations
// are deterministic, so that differences in a run against Hasten are caused by Hasten. With two different references, it
// shows how they differ.
// node self-check.mjs [--prisma 7] [--reference NAME] [--candidate NAME] <database URL 1> <database URL 2> [pattern]
// The contents of both databases are deleted.
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
