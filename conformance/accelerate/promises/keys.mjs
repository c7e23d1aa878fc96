// Which requests share an entry, and that a hit returns the same response.
import assert from 'node:assert/strict'
import { encode } from '../../lib/encode.mjs'
import { since } from '../../lib/promises.mjs'
import { until } from '../../lib/until.mjs'
import { statusOf } from '../stage.mjs'

const HOUR = 3600
const cacheStrategy = { ttl: HOUR }

export default {
  'different arguments have different entries': async ({ prisma }) => {
    const reads = {
      all: {},
      where: { where: { id: 1 } },
      'another value': { where: { id: 2 } },
      'another filter': { where: { id: { gte: 1 } } },
      select: { select: { id: true } },
      'another select': { select: { id: true, name: true } },
      omit: { omit: { name: true } },
      include: { include: { profile: true } },
      order: { orderBy: { id: 'asc' } },
      'another order': { orderBy: { id: 'desc' } },
      take: { take: 1 },
      skip: { skip: 1 },
      distinct: { distinct: ['name'] },
    }
    for (const [name, args] of Object.entries(reads)) {
      assert.equal(await statusOf(prisma.user.findMany({ ...args, cacheStrategy })), 'miss', name)
    }
    for (const [name, args] of Object.entries(reads)) {
      assert.equal(await statusOf(prisma.user.findMany({ ...args, cacheStrategy })), 'ttl', name)
    }
    const others = {
      findFirst: prisma.user.findFirst({ cacheStrategy }),
      findUnique: prisma.user.findUnique({ where: { id: 1 }, cacheStrategy }),
      count: prisma.user.count({ cacheStrategy }),
      'another model': prisma.category.findMany({ cacheStrategy }),
    }
    for (const [name, read] of Object.entries(others)) assert.equal(await statusOf(read), 'miss', name)
  },

  'values of different types have different entries': async ({ prisma }) => {
    const read = (where) => prisma.scalar.findMany({ where, select: { id: true }, cacheStrategy }).withAccelerateInfo()
    const filters = [
      { str: '1' },
      { int: 1 },
      { big: 1n },
      { dec: '1' },
      { dec: '1.5' },
      { float: 1.5 },
      { bool: true },
    ]
    for (const where of filters) assert.equal((await read(where)).info.cacheStatus, 'miss')
    assert.deepEqual((await read({ big: 9223372036854775807n })).data, [{ id: 5 }])
    assert.deepEqual((await read({ big: 9223372036854775806n })).data, [])
    for (const where of filters) assert.equal((await read(where)).info.cacheStatus, 'ttl')
  },

  'two API keys of a database share entries': async (stage) => {
    const other = stage.open({ url: stage.urls[1] })
    const read = (prisma) => prisma.team.findMany({ cacheStrategy }).withAccelerateInfo()
    const { data, info } = await read(stage.prisma)
    assert.equal(info.cacheStatus, 'miss')
    const hit = await read(other)
    assert.equal(hit.info.cacheStatus, 'ttl')
    assert.deepEqual(hit.data, data)
  },

  'tags are not part of the cache key': async ({ prisma }) => {
    const read = (tags) => statusOf(prisma.team.findMany({ cacheStrategy: { ttl: HOUR, tags } }))
    assert.equal(await read(['a']), 'miss')
    assert.equal(await read(['a']), 'ttl')
    assert.equal(await read(['a', 'b']), 'ttl')
    assert.equal(await read([]), 'ttl')
  },

  'comments that change with each call do not prevent hits': since(7, async (stage) => {
    let calls = 0
    const traceparent = () => ({ traceparent: `00-${String(++calls).padStart(32, '0')}-${'1'.padStart(16, '0')}-01` })
    const action = ({ query }) => ({ action: query.action })
    const clients = [stage.open({ comments: [traceparent, action] }), stage.open({ comments: [action, traceparent] })]
    const read = (prisma) => prisma.team.findMany({ where: { id: { gt: 1 } }, cacheStrategy }).withAccelerateInfo()
    const [{ info }, exchanges] = await stage.network.watch(() => read(clients[0]))
    assert.equal(info.cacheStatus, 'miss')
    assert.match(JSON.parse(exchanges.at(-1).body).comments.traceparent, /^00-0+1-/)
    for (const prisma of [clients[0], clients[1], clients[0]]) {
      const hit = await read(prisma)
      assert.deepEqual([hit.info.cacheStatus, hit.info.signature], ['ttl', info.signature])
    }
    assert.equal(calls, 4)
  }),

  'a client that adds comments shares entries with one that does not': since(7, async (stage) => {
    const commenting = stage.open({ comments: [() => ({ traceparent: 'x' })] })
    const read = (prisma) => prisma.team.findMany({ where: { id: { gt: 1 } }, cacheStrategy }).withAccelerateInfo()
    const { info } = await read(commenting)
    assert.equal(info.cacheStatus, 'miss')
    for (const prisma of [stage.prisma, commenting]) {
      const hit = await read(prisma)
      assert.deepEqual([hit.info.cacheStatus, hit.info.signature], ['ttl', info.signature])
    }
  }),

  'text in arguments that looks like a comment is not treated as one': since(7, async (stage) => {
    const commenting = stage.open({ comments: [() => ({ traceparent: 'x' })] })
    const status = (text) =>
      statusOf(commenting.article.findMany({ where: { text: { contains: text } }, cacheStrategy }))
    const texts = ['a","comments":{"traceparent":"x"}', 'a","comments":{"traceparent":"y"}', '"comments":{}', '\\"}']
    for (const text of texts) assert.equal(await status(text), 'miss')
    for (const text of texts) assert.equal(await status(text), 'ttl')
  }),

  'a client that captures telemetry shares entries with one that does not': async (stage) => {
    const queries = []
    const telling = stage.open({ onQuery: ({ query }) => queries.push(query) })
    const read = (prisma) => prisma.team.findMany({ where: { id: { lt: 3 } }, cacheStrategy }).withAccelerateInfo()
    const miss = await read(telling)
    assert.equal(miss.info.cacheStatus, 'miss')
    assert.equal(queries.length, 1)
    const hits = [await read(stage.prisma), await read(telling)]
    assert.deepEqual(
      hits.map(({ info }) => info.cacheStatus),
      ['ttl', 'ttl'],
    )
    for (const { data } of hits) assert.deepEqual(data, miss.data)
    // A hit runs no statement.
    assert.equal(queries.length, 1)
  },

  'compressed hits equal the original response': async ({ prisma, network }) => {
    const read = () => prisma.bulk.findMany({ orderBy: { id: 'asc' }, cacheStrategy }).withAccelerateInfo()
    const filled = await read()
    assert.equal(filled.info.cacheStatus, 'miss')
    assert.equal(filled.data.length, 100)
    await until('a compressed hit', async () => {
      const [{ data, info }, [{ headers }]] = await network.watch(read)
      assert.equal(info.cacheStatus, 'ttl')
      assert.deepStrictEqual(encode(data), encode(filled.data))
      return headers.get('content-encoding') === 'gzip'
    })
  },

  'a client that does not accept gzip gets uncompressed hits': async (stage) => {
    const plain = stage.open({
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, 'accept-encoding': 'identity' } }),
    })
    const read = (prisma) => prisma.bulk.findMany({ orderBy: { id: 'desc' }, cacheStrategy }).withAccelerateInfo()
    const filled = await read(stage.prisma)
    for (const client of [stage.prisma, plain, stage.prisma, plain]) {
      const [{ data, info }, [{ headers }]] = await stage.network.watch(() => read(client))
      assert.equal(info.cacheStatus, 'ttl')
      assert.deepEqual(data, filled.data)
      if (client === plain) assert.equal(headers.get('content-encoding'), null)
    }
  },

  'a large response is cached completely': async (stage) => {
    await stage.sql(`insert into "Bulk" (id, n, label)
      select 1000 + i, i % 10, repeat('x' || i, 20) from generate_series(1, 20000) i`)
    const read = () => stage.prisma.bulk.findMany({ orderBy: { id: 'asc' }, cacheStrategy }).withAccelerateInfo()
    const miss = await read()
    assert.equal(miss.data.length, 20100)
    for (let i = 0; i < 3; i++) {
      const { data, info } = await read()
      assert.equal(info.cacheStatus, 'ttl')
      assert.deepEqual(data, miss.data)
    }
  },
}
