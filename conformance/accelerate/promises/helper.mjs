// Tests of clients/typescript/accelerate-fetch.ts.
import assert from 'node:assert/strict'
import { typeErrors } from '../helper.mjs'
import { statusOf } from '../stage.mjs'

const VENDOR = 'https://accelerate.prisma-data.net/invalidate'
const SECRET = 'very-secret-key'

/** A fetch that responds with `{}` to every call and records its arguments. */
function stub() {
  const calls = []
  const fetch = async (input, init) => {
    calls.push({ input, init })
    return Response.json({}, { headers: { 'cf-ray': 'id-place' } })
  }
  return { calls, fetch }
}

/** The request that the stock extension sends. */
const invalidation = (body = '{"tags":"all"}') => ({
  method: 'POST',
  headers: { authorization: 'Bearer of-another-place', 'content-type': 'application/json' },
  body,
})

export default {
  'type-checks as the fetch option of the extension, with the types of browsers and of Node.js': async () => {
    const errors = await Promise.all([
      typeErrors(),
      typeErrors('--lib', 'ES2022', '--types', 'node'),
      typeErrors('--lib', 'ES2022,DOM', '--types', 'node'),
    ])
    assert.deepEqual(errors, ['', '', ''])
  },

  'sends an invalidation to the host of the URL with the key of the URL': async ({ accelerateFetch }) => {
    const endpoints = {
      [`prisma://hasten.example/?api_key=${SECRET}`]: 'https://hasten.example/invalidate',
      [`prisma://hasten.example:8443/path?x=1&api_key=${SECRET}`]: 'https://hasten.example:8443/invalidate',
      [`prisma://localhost:4466/?api_key=${SECRET}`]: 'https://localhost:4466/invalidate',
      [`prisma+postgres://hasten.example/?api_key=${SECRET}`]: 'https://hasten.example/invalidate',
      [`prisma+postgres://localhost:4466/?api_key=${SECRET}`]: 'http://localhost:4466/invalidate',
      [`prisma+postgres://127.0.0.1:4466/?api_key=${SECRET}`]: 'http://127.0.0.1:4466/invalidate',
      [`prisma+postgres://[::1]:4466/?api_key=${SECRET}`]: 'http://[::1]:4466/invalidate',
      [`prisma+postgres://[2001:db8::1]:4466/?api_key=${SECRET}`]: 'https://[2001:db8::1]:4466/invalidate',
    }
    for (const [url, endpoint] of Object.entries(endpoints)) {
      const { calls, fetch } = stub()
      const response = await accelerateFetch(url, fetch)(VENDOR, invalidation('{"tags":["a"]}'))
      assert.equal(response.headers.get('cf-ray'), 'id-place')
      assert.equal(calls.length, 1)
      const [{ input, init }] = calls
      assert.equal(String(input), endpoint)
      assert.equal(init.method, 'POST')
      assert.equal(init.body, '{"tags":["a"]}')
      const headers = new Headers(init.headers)
      assert.equal(headers.get('authorization'), `Bearer ${SECRET}`)
      assert.equal(headers.get('content-type'), 'application/json')
    }
  },

  'keeps the rest of the call, and does not modify the caller’s objects': async ({ accelerateFetch }) => {
    const { calls, fetch } = stub()
    const init = { ...invalidation(), signal: new AbortController().signal, keepalive: true }
    const before = structuredClone(init.headers)
    await accelerateFetch(`prisma://hasten.example/?api_key=${SECRET}`, fetch)(new URL(VENDOR), init)
    assert.equal(calls[0].init.signal, init.signal)
    assert.equal(calls[0].init.keepalive, true)
    assert.deepEqual(init.headers, before)
  },

  'passes every other call through unchanged': async ({ accelerateFetch }) => {
    const others = [
      ['https://hasten.example/query', { method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } }],
      ['https://hasten.example/invalidate', invalidation()],
      [VENDOR, { method: 'GET' }],
      [VENDOR, undefined],
      [`${VENDOR}/more`, invalidation()],
      ['https://accelerate.prisma-data.net/query', invalidation()],
      ['http://accelerate.prisma-data.net/invalidate', invalidation()],
      [new URL('https://elsewhere.example/'), undefined],
      [new Request('https://elsewhere.example/'), undefined],
    ]
    for (const [input, init] of others) {
      const { calls, fetch } = stub()
      await accelerateFetch(`prisma://hasten.example/?api_key=${SECRET}`, fetch)(input, init)
      assert.equal(calls.length, 1)
      assert.equal(calls[0].input, input)
      assert.equal(calls[0].init, init)
    }
  },

  'looks up the global fetch on each call': async ({ accelerateFetch }) => {
    const made = accelerateFetch(`prisma://hasten.example/?api_key=${SECRET}`)
    const original = globalThis.fetch
    const { calls, fetch } = stub()
    try {
      globalThis.fetch = fetch
      await made(VENDOR, invalidation())
    } finally {
      globalThis.fetch = original
    }
    assert.equal(String(calls[0].input), 'https://hasten.example/invalidate')
  },

  'reports the problem with a URL, but never the key': async ({ accelerateFetch }) => {
    const wrong = [
      [undefined, /missing/],
      ['', /missing/],
      ['not a URL', /cannot be parsed/],
      [`prisma://[::/?api_key=${SECRET}`, /cannot be parsed/],
      [`postgresql://user:${SECRET}@db.example/app`, /must start with prisma:\/\/ or prisma\+postgres:\/\//],
      [`https://hasten.example/?api_key=${SECRET}`, /must start with prisma:\/\/ or prisma\+postgres:\/\//],
      ['prisma://hasten.example', /no api_key/],
      ['prisma://hasten.example/?api_key=', /no api_key/],
      [`prisma:///?api_key=${SECRET}`, /no host/],
      [`prisma:hasten.example?api_key=${SECRET}`, /no host/],
      [`prisma://a%20b/?api_key=${SECRET}`, /host/],
      [`prisma://hasten.example/?api_key=${SECRET}%0A`, /characters/],
      [`prisma://hasten.example/?api_key=${SECRET}%F0%9F%98%80`, /characters/],
    ]
    for (const [url, message] of wrong) {
      assert.throws(
        () => accelerateFetch(url),
        (error) => {
          assert.match(error.message, message)
          assert.match(error.message, /accelerateFetch/)
          assert.ok(!`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes(SECRET), error.message)
          return true
        },
        String(url),
      )
    }
  },

  'without it, the extension would call the vendor': async (stage) => {
    const prisma = stage.open({ url: aliasOf(stage.urls[0]), fetch: (input, init) => fetch(input, init) })
    await prisma.team.count()
    const [, exchanges] = await stage.network.watch(() =>
      assert.rejects(prisma.$accelerate.invalidateAll(), /Unable to connect to the Accelerate API/),
    )
    assert.deepEqual(
      exchanges.map(({ url }) => url),
      [VENDOR],
    )
  },

  'with it, the extension invalidates this server’s cache': async (stage) => {
    const url = aliasOf(stage.urls[0])
    const prisma = stage.open({ url, fetch: stage.accelerateFetch(url) })
    const read = () => prisma.team.count({ cacheStrategy: { ttl: 3600, tags: ['teams'] } })
    const [, exchanges] = await stage.network.watch(async () => {
      for (const invalidate of [
        () => prisma.$accelerate.invalidate({ tags: ['teams'] }),
        () => prisma.$accelerate.invalidateAll(),
      ]) {
        assert.equal(await statusOf(read()), 'miss')
        assert.equal(await statusOf(read()), 'ttl')
        const { requestId } = await invalidate()
        assert.match(requestId, /-eu_west_1$/)
      }
      assert.equal(await statusOf(read()), 'miss')
    })
    assert.ok(exchanges.some(({ path }) => path === '/invalidate'))
    for (const exchange of exchanges) assert.match(new URL(exchange.url).hostname, /^(127\.0\.0\.1|localhost)$/)
  },

  'with a public host, only that host is called, over https': async (stage) => {
    const hasten = new URL(stage.urls[0].replace('prisma+postgres:', 'http:').replace('prisma:', 'https:'))
    const key = hasten.searchParams.get('api_key')
    const asked = []
    const publicHost = async (input, init) => {
      const url = new URL(String(input))
      asked.push(url.href)
      assert.equal(url.origin, 'https://hasten.example')
      assert.equal(new Headers(init.headers).get('authorization'), `Bearer ${key}`)
      return original(new URL(url.pathname, hasten).href, init)
    }
    const url = `prisma://hasten.example/?api_key=${key}`
    const original = globalThis.fetch
    globalThis.fetch = publicHost
    try {
      const prisma = stage.open({ url, fetch: stage.accelerateFetch(url) })
      const read = () => prisma.team.count({ cacheStrategy: { ttl: 3600 } })
      assert.equal(await statusOf(read()), 'miss')
      assert.equal(await statusOf(read()), 'ttl')
      await prisma.$accelerate.invalidateAll()
      assert.equal(await statusOf(read()), 'miss')
    } finally {
      globalThis.fetch = original
    }
    assert.ok(asked.includes('https://hasten.example/invalidate'))
    assert.ok(asked.some((address) => /\/(query|graphql)$/.test(address)))
  },
}

/**
 * Returns a URL for which the extension calls the vendor. Any `prisma:` URL is one. Otherwise, spells the address such that
 * the client recognizes it as local (it searches the host for 127.0.0.1), but the extension does not (it compares the whole
 * host). [::1] would have the same effect, but not every machine has it.
 */
function aliasOf(url) {
  if (url.startsWith('prisma:')) return url
  const alias = url.replace(/(localhost|127\.0\.0\.1|\[::1\])/, '127.0.0.1.')
  assert.notEqual(alias, url)
  return alias
}
