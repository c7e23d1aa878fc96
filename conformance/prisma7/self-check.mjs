// The program with the official executor on both sides: must give no difference at all. Shows that the operations are
// deterministic and that what a run against Hasten reports is Hasten's.
// node prisma7/self-check.mjs <database URL 1> <database URL 2> [pattern]      (both databases are wiped)
import { startReference } from '../lib/processes.mjs'
import { compare } from './compare.mjs'

const [referenceDatabaseUrl, candidateDatabaseUrl, only] = process.argv.slice(2)
if (!candidateDatabaseUrl) {
  console.error('usage: node prisma7/self-check.mjs <database URL 1> <database URL 2> [pattern]')
  process.exit(2)
}
const second = await startReference(candidateDatabaseUrl)
let ok = false
try {
  ok = await compare({
    candidateUrl: second.url,
    candidateDatabaseUrl,
    referenceDatabaseUrl,
    only,
    selfCheck: true,
    slow: true,
  })
} finally {
  await second.stop()
}
process.exit(ok ? 0 : 1)
