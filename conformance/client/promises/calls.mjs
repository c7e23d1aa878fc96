// Everything that an app does with a client.
import assert from 'node:assert/strict'

const cacheStrategy = { ttl: 3600, tags: ['teams'] }
const asc = { id: 'asc' }

const teams = (client) => client.team.findMany({ orderBy: asc, cacheStrategy }).withAccelerateInfo()

export default {
  'reads are cached, and invalidated by tag': async (stage) => {
    const client = stage.client()
    const first = await teams(client)
    await stage.sql(`insert into "Team" (name) values ('new')`)
    const second = await teams(client)
    const { requestId } = await client.$accelerate.invalidate({ tags: ['teams'] })
    const third = await teams(client)
    assert.deepEqual(
      [first, second, third].map(({ info }) => info.cacheStatus),
      ['miss', 'ttl', 'miss'],
    )
    assert.equal(third.data.length, first.data.length + 1)
    assert.match(requestId, /^[0-9a-f]{16}/)
    await client.$accelerate.invalidateAll()
    assert.equal((await teams(client)).info.cacheStatus, 'miss')
  },

  'writes, nested writes and errors are those of Prisma Client': async (stage) => {
    const client = stage.client()
    const user = await client.user.create({
      data: { email: 'new@x.test', posts: { create: [{ title: 'a' }, { title: 'b' }] } },
      include: { posts: { orderBy: { title: 'asc' } } },
    })
    assert.deepEqual(
      user.posts.map(({ title }) => title),
      ['a', 'b'],
    )
    await assert.rejects(client.user.create({ data: { email: 'new@x.test' } }), (error) => {
      assert.equal(error.code, 'P2002')
      assert.ok(JSON.stringify(error.meta).includes('email'), JSON.stringify(error.meta))
      return true
    })
    await assert.rejects(client.user.findUniqueOrThrow({ where: { id: -1 } }), { code: 'P2025' })
  },

  'raw SQL uses the package': async (stage) => {
    const client = stage.client()
    assert.deepEqual(await client.$queryRaw`select ${41} + 1 as n`, [{ n: 42 }])
    assert.deepEqual(await client.$queryRawUnsafe('select 1 as n'), [{ n: 1 }])
    assert.equal(await client.$executeRaw`update "Team" set name = name`, 3)
    assert.equal(await client.$executeRawUnsafe('update "Team" set name = name'), 3)
    assert.deepEqual(paths(stage, /\/(query|graphql)$/), [])
  },

  'batches use the package': async (stage) => {
    const client = stage.client()
    const [found, created, raw] = await client.$transaction([
      client.team.findMany({ orderBy: asc }),
      client.team.create({ data: { name: 'batch' } }),
      client.$queryRaw`select count(*)::int as n from "Team"`,
    ])
    assert.equal(found.length, 3)
    assert.equal(created.name, 'batch')
    assert.deepEqual(raw, [{ n: 4 }])
    // Prisma 7 runs a batch as an interactive transaction, which it starts and ends with the global fetch.
    assert.deepEqual(paths(stage, /\/(query|graphql)$/), [])
  },

  'interactive transactions commit and roll back': async (stage) => {
    const client = stage.client()
    await client.$transaction(async (tx) => {
      await tx.team.create({ data: { name: 'inside' } })
      assert.equal(await tx.team.count(), 4)
    })
    const failure = new Error('stop')
    const rolledBack = client.$transaction(async (tx) => {
      await tx.team.create({ data: { name: 'never' } })
      throw failure
    })
    await assert.rejects(rolledBack, failure)
    assert.equal(await client.team.count(), 4)
  },

  'many calls at once': async (stage) => {
    const client = stage.client()
    const counts = await Promise.all(Array.from({ length: 20 }, () => client.team.count()))
    assert.deepEqual(new Set(counts), new Set([3]))
  },

  'an installed fetch returns complete responses, also streamed ones': async (stage) => {
    const undo = stage.hasten.installHastenFetch(stage.url)
    try {
      const call = (headers) =>
        fetch(`${stage.origin}/sql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${new URL(stage.url).searchParams.get('api_key')}`, ...headers },
          body: JSON.stringify({ query: 'select n from generate_series(1, 3) n' }),
        })
      const response = await call()
      assert.ok(response instanceof Response)
      assert.equal(response.clone().headers.get('content-type'), 'application/json')
      assert.equal((await response.json()).rows.length, 3)
      const streamed = await call({ Accept: 'application/x-ndjson' })
      const lines = []
      for await (const part of streamed.body.pipeThrough(new TextDecoderStream())) lines.push(part)
      assert.equal(lines.join('').trim().split('\n').length, 5)
    } finally {
      undo()
    }
  },

  'an installed fetch is used for transactions, too, until it is removed': async (stage) => {
    const client = stage.client()
    const undo = stage.hasten.installHastenFetch(stage.url)
    try {
      await client.$transaction((tx) => tx.team.count())
      assert.deepEqual(paths(stage, /transaction/), [])
    } finally {
      undo()
    }
    await client.$transaction((tx) => tx.team.count())
    assert.notDeepEqual(paths(stage, /transaction/), [])
  },
}

/** The paths of the calls of the global fetch that match. */
function paths(stage, pattern) {
  return stage.fetched.map(({ url }) => new URL(url).pathname).filter((path) => pattern.test(path))
}
