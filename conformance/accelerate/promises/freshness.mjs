// The cache status of responses, and what each status means.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../lib/until.mjs'
import { statusOf } from '../stage.mjs'

const HOUR = 3600

/** Reads the article and returns `{title, status}`. */
async function article(stage, cacheStrategy, id = 1) {
  const args = { where: { id }, select: { title: true }, ...(cacheStrategy && { cacheStrategy }) }
  const { data, info } = await stage.prisma.article.findMany(args).withAccelerateInfo()
  return { title: data[0].title, status: info.cacheStatus }
}

const rename = (stage, title) => stage.sql('update "Article" set title = $1 where id = 1', [title])

export default {
  'none: without a strategy, every call reads the database': async (stage) => {
    const { calls } = await stage.counting('Article', async () => {
      assert.deepEqual(await article(stage), { title: 'Cats', status: 'none' })
      await rename(stage, 'new')
      assert.deepEqual(await article(stage), { title: 'new', status: 'none' })
    })
    assert.equal(calls, 2)
  },

  'none: a call without a strategy does not use an entry that another call created': async (stage) => {
    assert.equal((await article(stage, { ttl: HOUR })).status, 'miss')
    await rename(stage, 'new')
    assert.deepEqual(await article(stage), { title: 'new', status: 'none' })
    assert.deepEqual(await article(stage, { ttl: HOUR }), { title: 'Cats', status: 'ttl' })
  },

  'none: ttl 0 and swr 0 mean no caching': async (stage) => {
    for (const strategy of [{ ttl: 0 }, { swr: 0 }, { ttl: 0, swr: 0 }, {}, { tags: ['a'] }]) {
      assert.equal((await article(stage, strategy)).status, 'none')
      assert.equal((await article(stage, strategy)).status, 'none')
    }
  },

  'miss, then fresh hits that do not reach PostgreSQL': async (stage) => {
    const { calls } = await stage.counting('Article', async () => {
      assert.deepEqual(await article(stage, { ttl: HOUR }), { title: 'Cats', status: 'miss' })
      await rename(stage, 'new')
      for (let i = 0; i < 20; i++) {
        assert.deepEqual(await article(stage, { ttl: HOUR }), { title: 'Cats', status: 'ttl' })
      }
    })
    assert.equal(calls, 1)
  },

  'only ttl: after it has expired, the database is read again and no stale response is returned': async (stage) => {
    const strategy = { ttl: 1 }
    assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'miss' })
    await rename(stage, 'new')
    await until('a miss', async () => {
      const { title, status } = await article(stage, strategy)
      if (status === 'ttl') return assert.equal(title, 'Cats')
      assert.deepEqual({ title, status }, { title: 'new', status: 'miss' })
      return true
    })
  },

  'ttl and swr: fresh, then stale during the refresh, then fresh with the new data': async (stage) => {
    const strategy = { ttl: 1, swr: HOUR }
    assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'miss' })
    await rename(stage, 'new')
    await until('a stale hit', async () => {
      const { title, status } = await article(stage, strategy)
      assert.equal(title, 'Cats')
      if (status === 'swr') return true
      assert.equal(status, 'ttl')
    })
    await until('the new data', async () => {
      const { title, status } = await article(stage, strategy)
      assert.match(status, /^(swr|ttl)$/)
      return title === 'new'
    })
    await until('a fresh hit of the new data', async () => (await article(stage, strategy)).status === 'ttl')
  },

  'ttl and swr: a miss after both have expired': async (stage) => {
    const strategy = { ttl: 1, swr: 1 }
    assert.equal((await article(stage, strategy)).status, 'miss')
    // A read in the meantime would refresh the entry. The entry is older than its response, so it expires before this ends.
    await sleep(2_050)
    assert.equal((await article(stage, strategy)).status, 'miss')
  },

  'only swr: every hit is stale and starts a refresh': async (stage) => {
    const strategy = { swr: HOUR }
    assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'miss' })
    await rename(stage, 'new')
    assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'swr' })
    const titles = []
    await until('the new data', async () => {
      const { title, status } = await article(stage, strategy)
      assert.equal(status, 'swr')
      titles.push(title)
      return title === 'new'
    })
    await rename(stage, 'newer')
    await until('newer data', async () => {
      const { title, status } = await article(stage, strategy)
      assert.equal(status, 'swr')
      return title === 'newer'
    })
  },

  'each request applies its own ttl and swr to an entry': async (stage) => {
    assert.equal((await article(stage, { ttl: HOUR })).status, 'miss')
    assert.equal((await article(stage, { ttl: HOUR, swr: 5 })).status, 'ttl')
    assert.equal((await article(stage, { ttl: 2 * HOUR })).status, 'ttl')
    await rename(stage, 'new')
    assert.deepEqual(await article(stage, { swr: HOUR }), { title: 'Cats', status: 'swr' })
    await until('the new data', async () => (await article(stage, { ttl: HOUR })).title === 'new')
  },

  'an entry expires ttl + swr after it was read, whatever later requests would accept': async (stage) => {
    assert.equal((await article(stage, { ttl: 1, swr: 1 })).status, 'miss')
    await until('a miss', async () => {
      const { status } = await article(stage, { ttl: HOUR })
      assert.match(status, /^(ttl|miss)$/)
      return status === 'miss'
    })
  },

  'a failed refresh keeps the stale entry, and the next successful one replaces it': async (stage) => {
    const strategy = { swr: HOUR }
    assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'miss' })
    await stage.sql('alter table "Article" rename to "Away"')
    try {
      const { calls } = await stage.counting('Away', async () => {
        for (let i = 0; i < 30; i++) {
          assert.deepEqual(await article(stage, strategy), { title: 'Cats', status: 'swr' })
        }
      })
      assert.equal(calls, 0)
      await assert.rejects(article(stage), { code: 'P2021' })
    } finally {
      await stage.sql('alter table "Away" rename to "Article"')
    }
    await rename(stage, 'new')
    await until('the new data', async () => {
      const { title, status } = await article(stage, strategy)
      assert.equal(status, 'swr')
      return title === 'new'
    })
  },

  'null is cached like any other result': async (stage) => {
    const find = () => stage.prisma.article.findFirst({ where: { id: 77 }, cacheStrategy: { ttl: HOUR, tags: ['x'] } })
    assert.equal(await statusOf(find()), 'miss')
    await stage.sql(`insert into "Article" (id, title, text) values (77, 'late', '')`)
    const { data, info } = await find().withAccelerateInfo()
    assert.deepEqual([data, info.cacheStatus], [null, 'ttl'])
    await stage.prisma.$accelerate.invalidate({ tags: ['x'] })
    assert.equal((await find()).title, 'late')
  },

  'an invalid strategy is rejected': async (stage) => {
    for (const strategy of [{ ttl: -1 }, { swr: -1 }, { ttl: 1.5 }, { ttl: 31_536_001 }, { swr: 1e10 }, { ttl: NaN }]) {
      await assert.rejects(article(stage, strategy), { code: 'P6005' }, JSON.stringify(strategy))
    }
    assert.equal((await article(stage, { ttl: 31_536_000, swr: 31_536_000 })).status, 'miss')
  },
}
