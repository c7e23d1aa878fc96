// Tags, and when an invalidation takes effect.
import assert from 'node:assert/strict'
import { until } from '../../lib/until.mjs'
import { send, statusOf } from '../stage.mjs'

const HOUR = 3600
const ROUNDS = 200

/** Returns one read per model, by name, with these tags. */
const READS = {
  user: ['users', 'people'],
  team: ['people'],
  post: ['texts', 'users'],
  article: ['texts'],
  bulk: [],
}

const statusesOf = async (prisma) => {
  const statuses = {}
  for (const [model, tags] of Object.entries(READS)) {
    statuses[model] = await statusOf(prisma[model].findMany({ take: 2, cacheStrategy: { ttl: HOUR, tags } }))
  }
  return statuses
}

const all = (status) => Object.fromEntries(Object.keys(READS).map((model) => [model, status]))

/** Reads the counter through the cache. */
const counter = async (prisma, id = 1) =>
  (await prisma.counter.findMany({ where: { id }, cacheStrategy: { ttl: HOUR, swr: HOUR, tags: ['counter'] } }))[0].int

const refusedTags = {
  'a dash': [['with-dash'], /with-dash/],
  'a space': [['with space'], /with space/],
  'an umlaut': [['tür'], /A-Z/],
  'a comma': [['a,b'], /a,b/],
  'an empty tag': [[''], /tag/i],
  '65 characters': [['x'.repeat(65)], /64/],
  '6 tags': [['a', 'b', 'c', 'd', 'e', 'f'], /5/],
}

export default {
  'invalidating a tag removes exactly the entries with that tag, on every model': async ({ prisma }) => {
    const affected = {
      users: ['user', 'post'],
      people: ['user', 'team'],
      texts: ['post', 'article'],
      nobody: [],
    }
    assert.deepEqual(await statusesOf(prisma), all('miss'))
    for (const [tag, models] of Object.entries(affected)) {
      assert.deepEqual(await statusesOf(prisma), all('ttl'))
      await prisma.$accelerate.invalidate({ tags: [tag] })
      const expected = { ...all('ttl'), ...Object.fromEntries(models.map((model) => [model, 'miss'])) }
      assert.deepEqual(await statusesOf(prisma), expected, tag)
    }
  },

  'several tags at once': async ({ prisma }) => {
    await statusesOf(prisma)
    await prisma.$accelerate.invalidate({ tags: ['texts', 'nobody', 'people', 'x', 'y'] })
    assert.deepEqual(await statusesOf(prisma), { ...all('miss'), bulk: 'ttl' })
  },

  'a tag of 64 characters': async ({ prisma }) => {
    const tag = 'Az09_'.padEnd(64, 'x')
    const read = () => statusOf(prisma.team.findMany({ cacheStrategy: { ttl: HOUR, tags: [tag] } }))
    assert.equal(await read(), 'miss')
    assert.equal(await read(), 'ttl')
    await prisma.$accelerate.invalidate({ tags: [tag] })
    assert.equal(await read(), 'miss')
  },

  'tags are case-sensitive': async ({ prisma }) => {
    await statusesOf(prisma)
    await prisma.$accelerate.invalidate({ tags: ['USERS', 'Texts'] })
    assert.deepEqual(await statusesOf(prisma), all('ttl'))
  },

  'invalidateAll removes all entries, with and without tags': async ({ prisma }) => {
    await statusesOf(prisma)
    await prisma.$accelerate.invalidateAll()
    assert.deepEqual(await statusesOf(prisma), all('miss'))
    assert.deepEqual(await statusesOf(prisma), all('ttl'))
  },

  'stale entries are also removed': async ({ prisma }) => {
    const read = () => prisma.team.findMany({ where: { id: 1 }, cacheStrategy: { swr: HOUR, tags: ['t'] } })
    assert.equal(await statusOf(read()), 'miss')
    assert.equal(await statusOf(read()), 'swr')
    await prisma.$accelerate.invalidate({ tags: ['t'] })
    assert.equal(await statusOf(read()), 'miss')
  },

  'an invalidation by one key also applies to other keys': async (stage) => {
    const other = stage.open({ url: stage.urls[1] })
    await statusesOf(stage.prisma)
    await other.$accelerate.invalidate({ tags: ['users'] })
    assert.deepEqual(await statusesOf(stage.prisma), { ...all('ttl'), user: 'miss', post: 'miss' })
  },

  'a request’s own tags apply, even if the entry was created without them': async (stage) => {
    const read = (tags) => stage.prisma.team.findMany({ where: { id: 1 }, cacheStrategy: { ttl: HOUR, tags } })
    assert.equal((await read([]))[0].name, 'core')
    await stage.sql(`update "Team" set name = 'new' where id = 1`)
    await stage.prisma.$accelerate.invalidate({ tags: ['teams'] })
    assert.equal((await read(['teams']))[0].name, 'new')
  },

  'applies to every read that starts after its response': async (stage) => {
    for (let round = 1; round <= ROUNDS; round++) {
      await stage.sql('update "Counter" set int = $1 where id = 1', [round])
      await stage.prisma.$accelerate.invalidate({ tags: ['counter'] })
      assert.equal(await counter(stage.prisma), round)
    }
  },

  'applies to every read that starts after its response, under concurrent load on the same entry': async (stage) => {
    await stage.sql('update "Counter" set int = 0 where id = 1')
    let promised = 0
    let done = false
    let reads = 0
    const hammer = async (prisma) => {
      while (!done) {
        const least = promised
        const value = await counter(prisma)
        assert.ok(value >= least, `read ${value} after the invalidation of ${least}`)
        reads++
      }
    }
    const readers = [0, 1, 0, 1, 0, 1].map((i) => hammer(stage.open({ url: stage.urls[i] })))
    const write = async () => {
      for (let round = 1; round <= ROUNDS; round++) {
        await stage.prisma.counter.update({ where: { id: 1 }, data: { int: round } })
        if (round % 2) await stage.prisma.$accelerate.invalidate({ tags: ['counter'] })
        else await stage.prisma.$accelerate.invalidateAll()
        promised = round
        assert.equal(await counter(stage.prisma), round)
      }
    }
    const writing = write().finally(() => (done = true))
    const outcomes = await Promise.allSettled([writing, ...readers])
    for (const { reason } of outcomes) if (reason) throw reason
    assert.ok(reads > ROUNDS, `only ${reads} reads`)
  },

  'a read that started before it is neither shared with nor cached for requests that start after it': async (stage) => {
    const read = (prisma) =>
      prisma.postStat
        .findMany({ where: { authorId: 1 }, cacheStrategy: { ttl: HOUR, tags: ['stats'] } })
        .withAccelerateInfo()
        .then(({ data, info }) => ({ posts: Number(data[0].posts), status: info.cacheStatus }))
    const [early, late] = await stage.gated(async ({ waiting, open }) => {
      const first = send(read(stage.prisma))
      await until('the read to be under way', async () => (await waiting()) === 1)
      await stage.sql(`insert into "Post" (id, title, "authorId") values (900, 'more', 1)`)
      await stage.prisma.$accelerate.invalidate({ tags: ['stats'] })
      const second = send(read(stage.open()))
      await until('a read of its own', async () => (await waiting()) === 2)
      await open()
      return Promise.all([first, second])
    })
    assert.equal(early.posts, 3)
    assert.deepEqual(late, { posts: 4, status: 'miss' })
    assert.deepEqual(await read(stage.prisma), { posts: 4, status: 'ttl' })
  },

  'a refresh that started before it does not restore old data': async (stage) => {
    const read = (strategy) =>
      stage.prisma.postStat
        .findMany({ where: { authorId: 1 }, cacheStrategy: { ...strategy, tags: ['stats'] } })
        .then(([row]) => Number(row.posts))
    assert.equal(await read({ ttl: HOUR }), 3)
    await stage.gated(async ({ waiting, open }) => {
      assert.equal(await read({ swr: HOUR }), 3)
      await until('the refresh to be under way', async () => (await waiting()) === 1)
      await stage.sql(`insert into "Post" (id, title, "authorId") values (900, 'more', 1)`)
      await stage.prisma.$accelerate.invalidate({ tags: ['stats'] })
      await open()
      await until('the refresh to end', async () => (await waiting()) === 0)
    })
    for (let i = 0; i < 20; i++) assert.equal(await read({ ttl: HOUR }), 4)
  },

  'invalid tags are rejected with the reason': async ({ prisma }) => {
    await statusesOf(prisma)
    for (const [name, [tags, reason]] of Object.entries({ ...refusedTags, 'no tag': [[], /tag/i] })) {
      await assert.rejects(
        prisma.$accelerate.invalidate({ tags }),
        (error) => {
          assert.match(error.message, /Response was 400/)
          assert.match(error.message, /P6005/)
          assert.match(error.message.replace(/^.*?Bad Request\. /s, ''), reason)
          return true
        },
        name,
      )
    }
    await assert.rejects(prisma.$accelerate.invalidate({ tags: 'users' }), /Response was 400/)
    await assert.rejects(prisma.$accelerate.invalidate({}), /Response was 400/)
    await assert.rejects(prisma.$accelerate.invalidate({ tags: [1] }), /Response was 400/)
    assert.deepEqual(await statusesOf(prisma), all('ttl'))
  },

  'invalid tags in a strategy are rejected with the reason': async ({ prisma }) => {
    for (const [name, [tags, reason]] of Object.entries(refusedTags)) {
      // The extension joins tags with commas, so the server cannot distinguish these two from valid tags or no tags.
      if (name === 'a comma' || name === 'an empty tag') continue
      await assert.rejects(
        prisma.team.findMany({ cacheStrategy: { ttl: HOUR, tags } }),
        (error) => {
          assert.equal(error.code, 'P6005')
          assert.match(error.message, reason)
          return true
        },
        name,
      )
    }
  },
}
