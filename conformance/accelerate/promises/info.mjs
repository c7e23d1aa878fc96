// The results of withAccelerateInfo() and the headers.
import assert from 'node:assert/strict'
import { until } from '../../lib/until.mjs'

const HOUR = 3600

const read = (prisma, cacheStrategy, where = { id: { gt: 1 } }) =>
  prisma.article.findMany({ where, ...(cacheStrategy && { cacheStrategy }) }).withAccelerateInfo()

/** HTTP dates are rounded to seconds. Server and client run on the same machine, so their clocks agree. */
function assertNow(date) {
  assert.ok(date instanceof Date && Math.abs(date.getTime() - Date.now()) < 60_000, String(date))
}

export default {
  'is complete and correct for every cache status': async ({ prisma, network }) => {
    const states = [
      [undefined, 'none'],
      [{ ttl: HOUR }, 'miss'],
      [{ ttl: HOUR }, 'ttl'],
      [{ swr: HOUR }, 'swr'],
    ]
    const ids = new Set()
    for (const [strategy, cacheStatus] of states) {
      const [{ info }, [{ headers }]] = await network.watch(() => read(prisma, strategy))
      assert.deepEqual(Object.keys(info).sort(), ['cacheStatus', 'lastModified', 'region', 'requestId', 'signature'])
      assert.equal(info.cacheStatus, cacheStatus)
      assertNow(info.lastModified)
      assert.equal(info.lastModified.toUTCString(), headers.get('last-modified'))
      assert.equal(info.region, 'eu_west_1')
      assert.equal(info.requestId, `${headers.get('x-request-id')}-eu_west_1`)
      assert.match(info.signature, /^[0-9a-f]{64}$/)
      ids.add(info.requestId)
    }
    assert.equal(ids.size, states.length)
  },

  'lastModified is the time when the data was read: the same for all hits, later after a refresh': async ({ prisma }) => {
    const { info: filled } = await read(prisma, { ttl: HOUR })
    for (let i = 0; i < 5; i++) {
      const { info } = await read(prisma, { ttl: HOUR })
      assert.deepEqual([info.cacheStatus, info.lastModified], ['ttl', filled.lastModified])
    }
    await until('a refresh', async () => {
      const { info } = await read(prisma, { swr: HOUR })
      assert.ok(info.lastModified >= filled.lastModified)
      return info.lastModified > filled.lastModified
    })
  },

  'age counts the seconds since the data was read': async ({ prisma, network }) => {
    const age = async (strategy) => {
      const [{ info }, [{ headers }]] = await network.watch(() => read(prisma, strategy))
      assert.match(headers.get('age'), /^\d+$/)
      return { status: info.cacheStatus, age: Number(headers.get('age')) }
    }
    assert.deepEqual(await age(), { status: 'none', age: 0 })
    const begin = Date.now()
    assert.deepEqual(await age({ ttl: HOUR }), { status: 'miss', age: 0 })
    let last = 0
    await until('an age of two seconds', async () => {
      const { status, age: seconds } = await age({ ttl: HOUR })
      assert.equal(status, 'ttl')
      assert.ok(seconds >= last && seconds <= (Date.now() - begin) / 1000)
      last = seconds
      return seconds >= 2
    })
  },

  'signature identifies the operation: it does not depend on the strategy, and differs for other arguments': async (stage) => {
    const signature = async (prisma, strategy, where) => (await read(prisma, strategy, where)).info.signature
    const { prisma } = stage
    const first = await signature(prisma)
    for (const strategy of [undefined, { ttl: HOUR }, { ttl: 60, swr: 5 }, { swr: HOUR }, { ttl: 5, tags: ['a'] }]) {
      assert.equal(await signature(prisma, strategy), first)
    }
    assert.equal(await signature(stage.open({ url: stage.urls[1] })), first)
    const others = [
      await signature(prisma, undefined, { id: { gt: 2 } }),
      await signature(prisma, undefined, { id: { gte: 1 } }),
      (await prisma.article.count({ where: { id: { gt: 1 } } }).withAccelerateInfo()).info.signature,
      (await prisma.team.findMany({ where: { id: { gt: 1 } } }).withAccelerateInfo()).info.signature,
    ]
    assert.equal(new Set([first, ...others]).size, 5)
  },

  'invalidations return a request id with this region': async ({ prisma }) => {
    for (const answer of [
      await prisma.$accelerate.invalidate({ tags: ['a'] }),
      await prisma.$accelerate.invalidateAll(),
    ]) {
      assert.match(answer.requestId, /^[^-]+-eu_west_1$/)
    }
  },

  'responses to calls without a cache-control header have none of the headers': async ({ prisma, network }) => {
    const [, [{ headers, requestHeaders, path }]] = await network.watch(() => prisma.$queryRaw`select 1`)
    assert.match(path, /\/(query|graphql)$/)
    assert.equal(requestHeaders.get('cache-control'), null)
    for (const name of ['accelerate-cache-status', 'last-modified', 'age', 'cf-ray', 'accelerate-signature']) {
      assert.equal(headers.get(name), null, name)
    }
  },
}
