// How often PostgreSQL runs a query.
import assert from 'node:assert/strict'
import { until } from '../../lib/until.mjs'
import { send } from '../stage.mjs'

const HOUR = 3600
const CROWD = 50

/** Reads that the gate blocks; each is one statement on the view. */
const READS = {
  findMany: (prisma, cacheStrategy) => prisma.postStat.findMany({ orderBy: { authorId: 'asc' }, cacheStrategy }),
  findFirst: (prisma, cacheStrategy) => prisma.postStat.findFirst({ where: { authorId: 2 }, cacheStrategy }),
  count: (prisma, cacheStrategy) => prisma.postStat.count({ where: { authorId: { gt: 0 } }, cacheStrategy }),
  aggregate: (prisma, cacheStrategy) => prisma.postStat.aggregate({ _max: { posts: true }, cacheStrategy }),
}

export default {
  'concurrent identical misses reach PostgreSQL once': async (stage) => {
    const clients = [stage.prisma, stage.open(), stage.open({ url: stage.urls[1] })]
    // Opens the connections first, so that the requests arrive at the same time.
    for (const client of clients) await client.team.count()
    for (const [name, read] of Object.entries(READS)) {
      const { value: answers, calls } = await stage.counting('post_stat', () =>
        stage.gated(async ({ waiting, open }) => {
          const reads = Array.from({ length: CROWD }, (_, i) =>
            send(read(clients[i % clients.length], { ttl: HOUR, swr: i }).withAccelerateInfo()),
          )
          await until('a read to be under way', async () => (await waiting()) > 0)
          await open()
          return Promise.all(reads)
        }),
      )
      assert.equal(calls, 1, name)
      for (const { data, info } of answers) {
        assert.deepEqual(data, answers[0].data)
        assert.match(info.cacheStatus, /^(miss|ttl)$/)
        assert.deepEqual(info.lastModified, answers[0].info.lastModified)
      }
    }
  },

  'concurrent different misses do not wait for each other': async (stage) => {
    const { calls } = await stage.counting('post_stat', () =>
      stage.gated(async ({ waiting, open }) => {
        const reads = [1, 2, 3, 4, 5].map((take) =>
          send(stage.prisma.postStat.findMany({ take, cacheStrategy: { ttl: HOUR } })),
        )
        await until('all reads to be under way', async () => (await waiting()) === reads.length)
        await open()
        return Promise.all(reads)
      }),
    )
    assert.equal(calls, 5)
  },

  'concurrent stale hits start one refresh, and none of them waits for it': async (stage) => {
    const clients = [stage.prisma, stage.open({ url: stage.urls[1] })]
    const read = (i, strategy) => READS.findMany(clients[i % 2], strategy).withAccelerateInfo()
    await read(0, { ttl: HOUR })
    const { value: statuses, calls } = await stage.counting('post_stat', async () => {
      const answers = await stage.gated(async ({ waiting, open }) => {
        // The gate is closed, so these responses cannot come from the refresh.
        const stale = await Promise.all(Array.from({ length: CROWD }, (_, i) => read(i, { swr: HOUR })))
        await until('the refresh to be under way', async () => (await waiting()) === 1)
        stale.push(await read(0, { swr: HOUR }), await read(1, { swr: HOUR }))
        assert.equal(await waiting(), 1)
        await open()
        await until('the refresh to end', async () => (await waiting()) === 0)
        return stale
      })
      const [{ info }] = answers
      assert.ok(answers.every((answer) => answer.info.lastModified.getTime() === info.lastModified.getTime()))
      return answers.map((answer) => answer.info.cacheStatus)
    })
    assert.deepEqual(new Set(statuses), new Set(['swr']))
    // pg_stat_statements includes the refresh after it has ended, possibly shortly after it has released its lock.
    assert.ok(calls <= 1, `${calls} refreshes`)
  },

  'a client that disconnects does not cancel the read for the others': async (stage) => {
    const leaver = new AbortController()
    const leaving = stage.open({ fetch: (input, init) => fetch(input, { ...init, signal: leaver.signal }) })
    for (const client of [leaving, stage.prisma]) await client.team.count()
    const { calls } = await stage.counting('post_stat', () =>
      stage.gated(async ({ waiting, open }) => {
        const first = send(READS.findMany(leaving, { ttl: HOUR }))
        await until('its read to be under way', async () => (await waiting()) === 1)
        const others = [1, 2, 3].map(() => send(READS.findMany(stage.prisma, { ttl: HOUR })))
        assert.equal(await waiting(), 1)
        leaver.abort()
        await assert.rejects(first, /Unable to connect to the Accelerate API/)
        await open()
        for (const rows of await Promise.all(others)) assert.equal(rows.length, 3)
      }),
    )
    assert.equal(calls, 1)
  },
}
