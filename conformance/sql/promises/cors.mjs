// Pages of other origins have access only if the operator allows it.
import assert from 'node:assert/strict'

const ORIGIN = 'https://app.example'

/** The headers of a browser's preflight request before the driver's request. */
const preflight = (origin) => ({
  method: 'OPTIONS',
  key: false,
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'neon-array-mode,neon-connection-string,neon-raw-text-output',
  },
})

/** The driver's own headers, and the cache headers that an app may add. */
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

/** The servers with configured origins; each is started once. */
const servers = new Map()
function serverFor(stage, origins) {
  const name = `cors-${servers.size}`
  if (!servers.has(origins)) servers.set(origins, stage.start(name, { origins }))
  return servers.get(origins)
}

export default {
  'no page has access by default': async (stage) => {
    const answer = await stage.post('select 1 as one', { headers: { origin: ORIGIN } })
    assert.equal(answer.status, 200)
    assert.equal(allowed(answer), null)
    const asked = await stage.call('/sql', undefined, preflight(ORIGIN))
    assert.equal(allowed(asked), null)
    assert.ok(asked.status >= 400, `answered ${asked.status}`)
  },

  'only pages of the listed origins have access': async (stage) => {
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

  'a page may send every header of the driver': async (stage) => {
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

  'a page can also read errors': async (stage) => {
    const { origin, secrets } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    const headers = { origin: ORIGIN }
    const failed = await stage.post('select 1/0', { origin, key: secrets.app, headers })
    assert.deepEqual([failed.status, allowed(failed)], [400, ORIGIN])
    const unknown = await stage.post('select 1', { origin, key: 'no-such-key', headers })
    assert.ok([400, 401].includes(unknown.status))
    assert.equal(allowed(unknown), ORIGIN)
  },

  'a page can read the cache headers': async (stage) => {
    const { origin, secrets } = await serverFor(stage, `${ORIGIN},http://localhost:3000`)
    const body = { query: 'select id from item', cacheStrategy: { ttl: 60 } }
    const { headers } = await stage.post(body, { origin, key: secrets.app, headers: { origin: ORIGIN } })
    assert.match(headers.get('access-control-expose-headers') ?? '', /accelerate-cache-status|\*/i)
  },

  'with *, every page has access': async (stage) => {
    const { origin, secrets } = await serverFor(stage, '*')
    for (const page of [ORIGIN, 'http://localhost:5173']) {
      const asked = await stage.call('/sql', undefined, { origin, ...preflight(page) })
      assert.ok(['*', page].includes(allowed(asked)))
      const answer = await stage.post('select 1 as one', { origin, key: secrets.app, headers: { origin: page } })
      assert.ok(['*', page].includes(allowed(answer)))
      // If browsers sent credentials, any page could act on behalf of the user.
      assert.equal(answer.headers.get('access-control-allow-credentials'), null)
    }
  },
}
