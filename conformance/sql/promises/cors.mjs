// Pages of other origins: not unless the operator says so.
import assert from 'node:assert/strict'

const ORIGIN = 'https://app.example'

/** What a browser asks before the driver's request. */
const preflight = (origin) => ({
  method: 'OPTIONS',
  key: false,
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'neon-array-mode,neon-connection-string,neon-raw-text-output',
  },
})

/** The driver's own, and those of section "cache headers" that an app may add. */
const HEADERS = [
  'authorization',
  'content-type',
  'neon-connection-string',
  'neon-raw-text-output',
  'neon-array-mode',
  'neon-batch-isolation-level',
  'neon-batch-read-only',
  'neon-batch-deferrable',
  'neon-pool-opt-in',
  'cache-control',
  'accelerate-cache-tags',
]

const allowed = ({ headers }) => headers.get('access-control-allow-origin')

/** A server of the stage with origins, started once. */
const servers = new Map()
function serverFor(stage, origins) {
  const name = `cors-${servers.size}`
  if (!servers.has(origins)) servers.set(origins, stage.start(name, { origins }))
  return servers.get(origins)
}

export default {
  'no page is let in by default': async (stage) => {
    const answer = await stage.post('select 1 as one', { headers: { origin: ORIGIN } })
    assert.equal(answer.status, 200)
    assert.equal(allowed(answer), null)
    const asked = await stage.call('/sql', undefined, preflight(ORIGIN))
    assert.equal(allowed(asked), null)
    assert.ok(asked.status >= 400, `answered ${asked.status}`)
  },

  'pages of the listed origins are let in, and no others': async (stage) => {
    const { origin, secrets } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    for (const page of [ORIGIN, 'http://localhost:3000']) {
      const asked = await stage.call('/sql', undefined, { origin, ...preflight(page) })
      assert.ok([200, 204].includes(asked.status), `answered ${asked.status}`)
      assert.equal(allowed(asked), page)
      assert.match(asked.headers.get('access-control-allow-methods'), /POST/)
      const answer = await stage.post('select 1 as one', { origin, key: secrets.app, headers: { origin: page } })
      assert.deepEqual([answer.status, allowed(answer), answer.body.rows], [200, page, [{ one: 1 }]])
      assert.match(answer.headers.get('vary') ?? '', /origin/i)
    }
    for (const page of [
      'https://evil.example',
      `${ORIGIN}.evil.example`,
      'http://app.example',
      `${ORIGIN}:444`,
      'null',
    ]) {
      assert.equal(allowed(await stage.call('/sql', undefined, { origin, ...preflight(page) })), null, page)
      assert.equal(
        allowed(await stage.post('select 1', { origin, key: secrets.app, headers: { origin: page } })),
        null,
        page,
      )
    }
  },

  'a page may send each header of the driver': async (stage) => {
    const { origin } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    const request = preflight(ORIGIN)
    request.headers['access-control-request-headers'] = [...HEADERS].sort().join(',')
    const { headers } = await stage.call('/sql', undefined, { origin, ...request })
    const accepted = headers
      .get('access-control-allow-headers')
      .toLowerCase()
      .split(/\s*,\s*/)
    if (accepted.includes('*')) return
    assert.deepEqual(
      HEADERS.filter((name) => !accepted.includes(name)),
      [],
    )
  },

  'a page can read errors, too': async (stage) => {
    const { origin, secrets } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    const headers = { origin: ORIGIN }
    const failed = await stage.post('select 1/0', { origin, key: secrets.app, headers })
    assert.deepEqual([failed.status, allowed(failed)], [400, ORIGIN])
    const unknown = await stage.post('select 1', { origin, key: 'no-such-key', headers })
    assert.ok([400, 401].includes(unknown.status))
    assert.equal(allowed(unknown), ORIGIN)
  },

  'a page can read what the cache says': async (stage) => {
    const { origin, secrets } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    const body = { query: 'select id from item', cacheStrategy: { ttl: 60 } }
    const { headers } = await stage.post(body, { origin, key: secrets.app, headers: { origin: ORIGIN } })
    assert.match(headers.get('access-control-expose-headers') ?? '', /accelerate-cache-status|\*/i)
  },

  'every page is let in by *': async (stage) => {
    const { origin, secrets } = await serverFor(stage, '*')
    for (const page of [ORIGIN, 'http://localhost:5173']) {
      const asked = await stage.call('/sql', undefined, { origin, ...preflight(page) })
      assert.ok(['*', page].includes(allowed(asked)))
      const answer = await stage.post('select 1 as one', { origin, key: secrets.app, headers: { origin: page } })
      assert.ok(['*', page].includes(allowed(answer)))
      // With credentials of the browser, every page could act for the user.
      assert.equal(answer.headers.get('access-control-allow-credentials'), null)
    }
  },
}
