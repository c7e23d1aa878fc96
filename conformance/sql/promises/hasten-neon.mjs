// hastenNeon of the package @hasten/client.
import assert from 'node:assert/strict'
import { neon, neonConfig } from '@neondatabase/serverless'
import { hastenNeon } from '@hasten/client/neon'

const count = 'select count(*)::int as n from item'

/** Runs work with the helper as the driver's fetch; passes on the requests that it makes. */
async function withHelper(stage, work) {
  const requests = []
  const recording = async (url, init) => {
    const response = await fetch(url, init)
    requests.push({ init, status: response.headers.get('accelerate-cache-status') })
    return response
  }
  const before = neonConfig.fetchEndpoint
  Object.assign(neonConfig, hastenNeon(urlOf(stage), { fetch: recording }))
  try {
    await work(neon(stage.urlFor('app')), requests)
  } finally {
    neonConfig.fetchFunction = undefined
    neonConfig.fetchEndpoint = before
  }
}

/** The URL that Prisma Client would use. */
const urlOf = ({ origin, secrets }) => `prisma+postgres://${new URL(origin).host}/?api_key=${secrets.app}`

const n = async (sql, cacheStrategy) =>
  (await sql.query(count, [], cacheStrategy ? { fetchOptions: { cacheStrategy } } : {}))[0].n

export default {
  'hastenNeon caches the statements that have a cacheStrategy, and no others': (stage) =>
    withHelper(stage, async (sql, requests) => {
      assert.equal(await n(sql, { ttl: 60, swr: 30, tags: ['items', 'all'] }), 3)
      await stage.sql('insert into item values (50)')
      assert.equal(await n(sql, { ttl: 60, swr: 30, tags: ['items', 'all'] }), 3)
      assert.equal(await n(sql), 4)
      assert.deepEqual(
        requests.map(({ status }) => status ?? 'none'),
        ['miss', 'ttl', 'none'],
      )
      const { init } = requests[0]
      assert.equal(init.headers.get('cache-control'), 'max-age=60,stale-while-revalidate=30')
      assert.equal(init.headers.get('accelerate-cache-tags'), 'items,all')
      assert.ok(!('cacheStrategy' in init))
    }),

  'hastenNeon sends single ages, and no-cache for an empty strategy': (stage) =>
    withHelper(stage, async (sql, requests) => {
      for (const strategy of [{ ttl: 5 }, { swr: 5 }, {}]) await n(sql, strategy)
      assert.deepEqual(
        requests.map(({ init }) => init.headers.get('cache-control')),
        ['max-age=5', 'stale-while-revalidate=5', 'no-cache'],
      )
    }),
}
