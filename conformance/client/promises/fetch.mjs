// hastenFetch by itself, with a fetch that only records.
import assert from 'node:assert/strict'
import { typeErrors } from '../package.mjs'
import { VENDOR as VENDOR_HOST } from '../stage.mjs'

const VENDOR = `${VENDOR_HOST}/invalidate`
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
  'strict TypeScript accepts it, with the types of browsers and of Node.js': async ({ major }) => {
    const browser = { lib: ['ES2022', 'DOM'], types: [] }
    const node = { lib: ['ES2022'], types: ['node'] }
    assert.equal(await typeErrors(major, browser), '')
    // Prisma 5 and 6 have no types of Node.js next to them.
    if (major === 7) assert.equal(await typeErrors(major, node), '')
    else assert.equal(await typeErrors(major, browser, 'extension-accelerate-1'), '')
  },

  'sends an invalidation to the host of the URL with the key of the URL': async ({ hasten: { hastenFetch } }) => {
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
      const response = await hastenFetch(url, { fetch })(VENDOR, invalidation('{"tags":["a"]}'))
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

  'keeps the rest of the call, and does not modify the caller’s objects': async ({ hasten: { hastenFetch } }) => {
    const { calls, fetch } = stub()
    const init = { ...invalidation(), signal: new AbortController().signal, keepalive: true }
    const before = structuredClone(init.headers)
    await hastenFetch(`prisma://hasten.example/?api_key=${SECRET}`, { fetch })(new URL(VENDOR), init)
    assert.equal(calls[0].init.signal, init.signal)
    assert.equal(calls[0].init.keepalive, true)
    assert.deepEqual(init.headers, before)
  },

  'passes every other call through unchanged': async ({ hasten: { hastenFetch } }) => {
    const others = [
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
      await hastenFetch(`prisma://hasten.example/?api_key=${SECRET}`, { fetch })(input, init)
      assert.equal(calls.length, 1)
      assert.equal(calls[0].input, input)
      assert.equal(calls[0].init, init)
    }
  },

  'passes calls to its own host on, but never follows a redirect': async ({ hasten: { hastenFetch } }) => {
    for (const path of ['query', 'sql', 'invalidate']) {
      const { calls, fetch } = stub()
      const init = { method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } }
      await hastenFetch(`prisma://hasten.example/?api_key=${SECRET}`, { fetch })(`https://hasten.example/${path}`, init)
      assert.deepEqual(calls, [{ input: `https://hasten.example/${path}`, init: { ...init, redirect: 'manual' } }])
    }
  },

  'looks up the global fetch on each call, for other hosts': async ({ hasten: { hastenFetch } }) => {
    const made = hastenFetch(`prisma://hasten.example/?api_key=${SECRET}`)
    const original = globalThis.fetch
    const { calls, fetch } = stub()
    try {
      globalThis.fetch = fetch
      await made('https://elsewhere.example/', undefined)
    } finally {
      globalThis.fetch = original
    }
    assert.equal(calls[0].input, 'https://elsewhere.example/')
  },

  'recognizes its host in every spelling': async ({ hasten: { hastenFetch } }) => {
    const { calls, fetch } = stub()
    const made = hastenFetch(`prisma://Hasten.Example:443/?api_key=${SECRET}`, { fetch })
    for (const origin of ['https://hasten.example', 'https://Hasten.Example:443', 'https://HASTEN.example']) {
      await made(`${origin}/query?a=1`, { method: 'POST' })
    }
    assert.deepEqual(new Set(calls.map(({ input }) => input)), new Set(['https://hasten.example/query?a=1']))
  },

  'reports the problem with a URL, but never the key': async ({ hasten: { hastenFetch } }) => {
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
        () => hastenFetch(url),
        (error) => {
          assert.match(error.message, message)
          assert.match(error.message, /^@hasten\/client: /)
          assert.ok(!`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes(SECRET), error.message)
          return true
        },
        String(url),
      )
    }
  },
}
