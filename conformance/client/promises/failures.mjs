// What must not happen, even if the network or the configuration is broken.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const rows = async (stage, name) =>
  (await stage.sql(`select count(*)::int as n from "Team" where name = $1`, [name]))[0].n

export default {
  'the API key never leaves for another host': async (stage) => {
    const client = stage.client()
    await client.team.findMany({ cacheStrategy: { ttl: 60 } })
    await client.$accelerate.invalidate({ tags: ['a'] })
    await client.$accelerate.invalidateAll()
    assert.deepEqual(
      stage.fetched.filter(({ url }) => !url.startsWith(`${stage.origin}/`)),
      [],
    )
  },

  'a fetch of the app gets invalidations for its own host only': async (stage) => {
    const sent = []
    const own = async (input, init) => {
      sent.push(String(input))
      return fetch(input, init)
    }
    await stage.client({ options: { fetch: own } }).$accelerate.invalidateAll()
    assert.deepEqual(sent, [`${stage.origin}/invalidate`])
  },

  'with a public host, only that host is called, with the key of the URL': async (stage) => {
    const url = 'prisma://hasten.example/?api_key=the-key-of-the-app'
    const sent = []
    const real = new URL(stage.url)
    const client = stage.client({
      url,
      options: {
        fetch: async (input, init) => {
          const { origin, pathname } = new URL(String(input))
          sent.push({ origin, pathname, authorization: new Headers(init.headers).get('authorization') })
          const headers = new Headers(init.headers)
          headers.set('authorization', `Bearer ${real.searchParams.get('api_key')}`)
          return fetch(stage.origin + pathname, { ...init, headers })
        },
      },
    })
    const schemaUpload = stage.major < 7
    // Prisma 7 asks for the connection, and 5 and 6 upload the schema, with the global fetch, which rejects this host.
    await client.team.findMany({ cacheStrategy: { ttl: 60 } }).catch(() => {})
    await client.$accelerate.invalidate({ tags: ['a'] })
    assert.ok(sent.some(({ pathname }) => pathname === '/invalidate'))
    for (const { origin, authorization } of sent) {
      assert.equal(origin, 'https://hasten.example')
      assert.equal(authorization, 'Bearer the-key-of-the-app')
    }
    assert.ok(!schemaUpload || sent.some(({ pathname }) => pathname.endsWith('/graphql')))
  },

  'a write whose response is lost is not repeated': async (stage) => {
    const client = stage.client()
    await client.team.count()
    stage.link.loseNextResponse()
    await assert.rejects(client.team.create({ data: { name: 'once' } }), { code: 'P1017' })
    assert.equal(stage.link.lost, 1)
    await until(async () => (await rows(stage, 'once')) === 1)
    await sleep(500)
    assert.equal(await rows(stage, 'once'), 1)
  },

  'raw SQL whose response is lost is not repeated': async (stage) => {
    const client = stage.client()
    await client.team.count()
    const lost = stage.link.lost
    stage.link.loseNextResponse()
    await assert.rejects(client.$executeRaw`insert into "Team" (name) values ('raw')`, { code: 'P1017' })
    assert.equal(stage.link.lost, lost + 1)
    await until(async () => (await rows(stage, 'raw')) === 1)
    await sleep(500)
    assert.equal(await rows(stage, 'raw'), 1)
  },

  'a batch whose response is lost is not repeated': async (stage) => {
    const client = stage.client()
    await client.team.count()
    stage.link.loseNextResponse()
    const batch = client.$transaction([
      client.team.create({ data: { name: 'batch' } }),
      client.team.create({ data: { name: 'batch' } }),
    ])
    await assert.rejects(batch)
    await sleep(1000)
    assert.ok([0, 2].includes(await rows(stage, 'batch')), `${await rows(stage, 'batch')} rows`)
  },

  'a read whose response is lost is repeated': async (stage) => {
    const client = stage.client()
    await client.team.count()
    const lost = stage.link.lost
    stage.link.loseNextResponse()
    assert.equal((await client.team.findMany()).length, 3)
    assert.equal(stage.link.lost, lost + 1)
  },

  'connections that were closed while they were idle do not fail reads': async (stage) => {
    const client = stage.client()
    await Promise.all([1, 2, 3, 4].map(() => client.team.count()))
    stage.link.breakAll()
    assert.equal((await client.team.findMany()).length, 3)
  },

  'an aborted call ends its statement in PostgreSQL': async (stage) => {
    const running = async () =>
      (await stage.sql(`select count(*)::int as n from pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'`))[0].n
    const fetch = stage.hasten.hastenFetch(stage.url)
    const abort = new AbortController()
    const call = fetch(`${stage.origin}/sql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${new URL(stage.url).searchParams.get('api_key')}` },
      body: JSON.stringify({ query: 'select pg_sleep(60)' }),
      signal: abort.signal,
    })
    const reason = new Error('enough')
    const rejected = assert.rejects(call, reason)
    await until(async () => (await running()) === 1)
    abort.abort(reason)
    await rejected
    await until(async () => (await running()) === 0)
    await assert.rejects(fetch(`${stage.origin}/sql`, { signal: abort.signal }), reason)
  },

  'a write is not repeated if a proxy loses the response': async (stage) => {
    for (const status of [500, 502, 503, 504, 429]) {
      const name = `proxy ${status}`
      const client = stage.client({
        options: {
          fetch: async (input, init) => {
            const response = await fetch(input, init)
            await response.text()
            return new Response('<html>Bad gateway</html>', { status, headers: { 'content-type': 'text/html' } })
          },
        },
      })
      await assert.rejects(client.team.create({ data: { name } }), { code: 'P1017' })
      // Prisma 5 and 6 upload the schema with the first call.
      assert.ok((await rows(stage, name)) <= 1, name)
      await assert.rejects(client.$executeRaw`insert into "Team" (name) values (${name})`, { code: 'P1017' })
      assert.ok((await rows(stage, name)) <= 2, name)
    }
  },

  'errors of the server itself are passed on': async (stage) => {
    const client = stage.client({
      options: {
        fetch: async () =>
          Response.json(
            { code: 'P5011', message: 'too many', error_code: 'P5011', is_panic: false, meta: {} },
            { status: 429, headers: { 'prisma-error-code': 'P5011' } },
          ),
      },
    })
    await assert.rejects(client.team.create({ data: { name: 'refused' } }), { code: 'P5011' })
  },

  'a client with another URL is an error': async (stage) => {
    const { PrismaClient } = stage.modules.query
    const other = stage.url.replace('localhost', '127.0.0.1').replace(/:\d+\//, ':1/')
    const client = new PrismaClient({ [stage.generation.urlOption]: stage.url, errorFormat: 'minimal' })
    await assert.rejects(client.$extends(stage.hasten.withHasten(other)).team.create({ data: { name: 'other' } }), { code: 'P6001' })
    assert.equal(await rows(stage, 'other'), 0)
    await client.$disconnect()
  },

  'a server that is down is an error of each call, and nothing else': async (stage) => {
    const unhandled = []
    const listener = (error) => unhandled.push(error)
    process.on('unhandledRejection', listener)
    try {
      const client = stage.client({ url: stage.urlOf(1) })
      await sleep(200)
      await assert.rejects(client.team.findMany(), (error) => !String(error).includes(stage.apiKey))
      await assert.rejects(client.team.create({ data: { name: 'down' } }))
      await sleep(200)
    } finally {
      process.off('unhandledRejection', listener)
    }
    assert.deepEqual(unhandled, [])
  },

  'a wrong key is an error of each call, and nothing else': async (stage) => {
    const unhandled = []
    const listener = (error) => unhandled.push(error)
    process.on('unhandledRejection', listener)
    try {
      const client = stage.client({ url: stage.urlOf(stage.link.port, 'wrong_key_0123456789') })
      await sleep(200)
      await assert.rejects(client.team.findMany(), (error) => !String(error).includes('wrong_key'))
    } finally {
      process.off('unhandledRejection', listener)
    }
    assert.deepEqual(unhandled, [])
  },

  'a URL that is not one of Hasten is rejected without showing it': async ({ hasten }) => {
    for (const url of [undefined, '', 'secret', 'postgresql://u:secret@h/d', 'prisma://h', 'prisma://h/?api_key=', 'https://h/?api_key=secret', 'prisma://h/?api_key=sec\u00e4ret']) {
      for (const use of [hasten.withHasten, hasten.hastenFetch, hasten.installHastenFetch]) {
        assert.throws(() => use(url), (error) => error.message.startsWith('@hasten/client: the ') && !error.message.includes('sec'))
      }
    }
  },
}

async function until(condition) {
  for (let i = 0; i < 100; i++) {
    if (await condition()) return
    await sleep(50)
  }
  throw new Error('not within five seconds')
}
