// What the statistics of the admin API say about the queries of Prisma Client.
import assert from 'node:assert/strict'
import { since } from '../../lib/promises.mjs'
import { until } from '../../lib/until.mjs'

const HOUR = 3600

/** The queries of the current window with this model and operation. */
async function reported(stage, model, operation) {
  const { queries } = await stage.callAdmin('GET', `/insights?limit=10000&search=${model}.${operation}`)
  return queries.filter((query) => query.model === model && query.operation === operation)
}

export default {
  'queries are named by model and operation, with calls, hits and rows': async (stage) => {
    await stage.callAdmin('POST', '/insights/reset')
    const where = { id: { gt: -1 } }
    for (let i = 0; i < 4; i++) await stage.prisma.article.findMany({ where, cacheStrategy: { ttl: HOUR } })
    for (let i = 0; i < 3; i++) await stage.prisma.article.findMany({ where: { id: { gt: i } } })
    // A request is counted when its response has been sent.
    const [query] = await until('seven calls', async () => {
      const found = await reported(stage, 'Article', 'findMany')
      return found[0]?.calls === 7 && found
    })
    assert.equal(query.misses, 1)
    assert.equal(query.hits, 3)
    assert.equal(query.uncached, 3)
    assert.equal(query.executions, 4)
    assert.match(query.sql, /^SELECT .*"Article"/)
    assert.ok(query.database_mean_ms > 0 && query.bytes > 0)
  },

  'errors are counted by their code': async (stage) => {
    await stage.callAdmin('POST', '/insights/reset')
    await assert.rejects(stage.prisma.article.findUniqueOrThrow({ where: { id: -1 } }), { code: 'P2025' })
    await assert.rejects(stage.prisma.article.delete({ where: { id: -1 } }), { code: 'P2025' })
    assert.ok(
      await until('the error of delete', async () => {
        const { queries } = await stage.callAdmin('GET', '/insights?limit=10000&sort=errors')
        return queries.some((query) => query.errors.P2025 === 1 && /delete/.test(query.operation))
      }),
    )
  },

  'the comments of @prisma/sqlcommenter-query-insights show the arguments': since(7, async (stage) => {
    const { prismaQueryInsights } = await import('@prisma/sqlcommenter-query-insights')
    await stage.callAdmin('POST', '/insights/reset')
    const prisma = stage.open({ comments: [prismaQueryInsights()] })
    await prisma.article.findMany({ where: { title: 'secret' }, take: 3 })
    const [query] = await until('the query', async () => {
      const found = await reported(stage, 'Article', 'findMany')
      return found.length > 0 && found
    })
    const { where, take } = JSON.parse(query.arguments)
    assert.ok(where.title, query.arguments)
    assert.equal(take, 3)
    assert.ok(!JSON.stringify(query).includes('secret'))
  }),
}
