// Prisma 5 without an engine, compared with its query engine.
import { fileURLToPath } from 'node:url'
import { DEPARTURES_OF_5 } from '../lib/departures.mjs'
import { EnginelessVersion, generateAll } from '../lib/engineless.mjs'

const version = new EnginelessVersion({
  home: fileURLToPath(new URL('.', import.meta.url)),
  major: 5,
  features: (list) => [...list.map((name) => name.replace('fullTextSearchPostgres', 'fullTextSearch')), 'omitApi'],
})
const { PrismaPg } = version.require('@prisma/adapter-pg')
const pg = version.require('pg')

/** In this version, the application must close the adapters' pools. */
function adaptersOf(databaseUrl) {
  const pools = []
  return {
    next() {
      const pool = new pg.Pool({ connectionString: databaseUrl })
      pool.on('error', () => {})
      pools.push(pool)
      return new PrismaPg(pool)
    },
    close: () => Promise.all(pools.map((pool) => pool.end())),
  }
}

export default {
  title: 'Prisma 5',
  major: 5,
  codeless: true,
  departures: DEPARTURES_OF_5,
  bareTransactionErrors: true,
  urlOption: 'datasourceUrl',
  extensions: version.extensions(),
  generate() {
    return generateAll(this)
  },
  candidate: (url, source) => version.clientsOf(url, source),
  references: {
    engine5: (databaseUrl, source) =>
      version.queryEngine(adaptersOf(databaseUrl), { source, features: ['driverAdapters'] }),
  },
}
