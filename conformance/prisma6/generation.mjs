// Prisma 6 without an engine, compared with both engines of Prisma 6.
import { fileURLToPath } from 'node:url'
import { DEPARTURES } from '../lib/departures.mjs'
import { EnginelessVersion, generateAll } from '../lib/engineless.mjs'

const version = new EnginelessVersion({ home: fileURLToPath(new URL('.', import.meta.url)), major: 6 })
const { PrismaPg } = version.require('@prisma/adapter-pg')
const { PrismaInstrumentation } = version.require('@prisma/instrumentation')

/** Each client closes the pool of its adapter. */
const adaptersOf = (databaseUrl) => ({
  next: () => new PrismaPg({ connectionString: databaseUrl }),
  close: () => {},
})

export default {
  title: 'Prisma 6',
  major: 6,
  codeless: true,
  departures: DEPARTURES,
  bareTransactionErrors: true,
  Instrumentation: PrismaInstrumentation,
  urlOption: 'datasourceUrl',
  extensions: version.extensions(),
  generate() {
    return generateAll(this)
  },
  candidate: (url, source) => version.clientsOf(url, source),
  references: {
    engine6: (databaseUrl, source) => version.queryEngine(adaptersOf(databaseUrl), { source }),
    client6: (databaseUrl, source) => version.clientEngine(adaptersOf(databaseUrl), { source }),
  },
}
