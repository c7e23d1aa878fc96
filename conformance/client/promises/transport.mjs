// The transport for Node.js, with a server that misbehaves.
import assert from 'node:assert/strict'
import http from 'node:http'

/** Runs work with `call(path, init)` of a server that `handle` implements, and with the calls of the global fetch. */
async function withServer({ hasten, fetched }, handle, work) {
  const connections = new Set()
  const server = http.createServer(handle).on('connection', (socket) => connections.add(socket))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${server.address().port}`
  const fetch = hasten.hastenFetch(`${origin.replace('http:', 'prisma+postgres:')}/?api_key=key`)
  const before = fetched.length
  try {
    await work({
      call: (input, init) => fetch(typeof input === 'string' ? origin + input : input, init),
      origin,
      connections,
      server,
      delegated: () => fetched.length - before,
    })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const received = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export default {
  'sends the method, headers and body, and returns what clients read of a response': (stage) =>
    withServer(
      stage,
      async (request, response) => {
        const body = await received(request)
        response.writeHead(201, 'Made', [['content-type', 'application/json'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-own', 'é']])
        response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
      },
      async ({ call, delegated }) => {
        for (const headers of [{ 'X-Sent': 'yes' }, new Headers({ 'X-Sent': 'yes' }), [['X-Sent', 'yes']]]) {
          const response = await call('/query?a=%20b#part', { method: 'POST', headers, body: 'ü' })
          assert.deepEqual([response.ok, response.status, response.statusText], [true, 201, 'Made'])
          assert.equal(response.headers.get('Content-Type'), 'application/json')
          assert.equal(response.headers.get('missing'), null)
          assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
          await response.body.cancel()
          const echo = await response.json()
          assert.deepEqual([echo.method, echo.url, echo.body], ['POST', '/query?a=%20b', 'ü'])
          assert.equal(echo.headers['x-sent'], 'yes')
          assert.equal(echo.headers['content-length'], '2')
          assert.equal(echo.headers['transfer-encoding'], undefined)
          assert.deepEqual(JSON.parse(await response.text()), echo)
        }
        assert.equal(delegated(), 0)
      },
    ),

  'reads empty, large and chunked responses': (stage) =>
    withServer(
      stage,
      (request, response) => {
        if (request.url === '/empty') response.writeHead(204).end()
        else if (request.url === '/large') response.end('x'.repeat(5_000_000))
        else {
          response.write('one,')
          setImmediate(() => response.end('two'))
        }
      },
      async ({ call, connections }) => {
        assert.equal(await (await call('/empty')).text(), '')
        assert.equal((await (await call('/large')).text()).length, 5_000_000)
        assert.equal(await (await call('/chunked')).text(), 'one,two')
        assert.equal(new Uint8Array(await (await call('/chunked')).arrayBuffer()).length, 7)
        assert.equal(connections.size, 1, 'connections are kept open')
      },
    ),

  'an incomplete response is an error, and a read is repeated': async (stage) => {
    let calls = 0
    await withServer(
      stage,
      (request, response) => {
        calls++
        response.writeHead(200, { 'content-length': 100 })
        response.write('{"half":')
        setImmediate(() => response.destroy())
      },
      async ({ call }) => {
        const read = '{"model":"User","operation":"findMany","plan":{}}'
        await assert.rejects(call('/query', { method: 'POST', body: read }), { code: 'ECONNRESET' })
        assert.equal(calls, 2)
        for (const body of ['{"model":"User","operation":"createOne"}', '{"operation":"queryRaw"}', '{"batch":[]}']) {
          const response = await call('/query', { method: 'POST', body })
          assert.deepEqual([response.ok, (await response.json()).code], [false, 'P1017'], body)
        }
        // A read in a transaction cannot be repeated: the transaction may be over.
        const inside = await call('/transaction/1/query', { method: 'POST', body: read })
        assert.equal((await inside.json()).error_code, 'P1017')
        assert.equal(calls, 6)
        await assert.rejects(call('/sql', { method: 'POST', body: '{}' }), { code: 'ECONNRESET' })
        await assert.rejects(call('/connection-info', { method: 'GET' }), { code: 'ECONNRESET' })
        assert.equal(calls, 8)
      },
    )
  },

  'a Request is protected like other calls': async (stage) => {
    let calls = 0
    await withServer(
      stage,
      (request, response) => {
        calls++
        if (request.url === '/query') return request.socket.destroy()
        response.writeHead(307, { location: 'https://elsewhere.example/' }).end()
      },
      async ({ call, origin }) => {
        const write = new Request(`${origin}/query`, { method: 'post', body: '{"model":"User","operation":"createOne"}' })
        assert.equal((await (await call(write)).json()).code, 'P1017')
        const lower = await call('/query', { method: 'post', body: '{"model":"User","operation":"createOne"}' })
        assert.equal((await lower.json()).code, 'P1017')
        assert.equal((await call(new Request(`${origin}/moved`))).status, 307)
        assert.equal(calls, 3)
      },
    )
  },

  'a switch to another protocol is an error': (stage) =>
    withServer(
      stage,
      () => {},
      async ({ call, server }) => {
        server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'))
        const response = await call('/query', { method: 'POST', body: '{}', headers: { connection: 'upgrade', upgrade: 'x' } })
        assert.equal((await response.json()).code, 'P1017')
      },
    ),

  'invalid arguments are errors of the caller, and not a lost connection': (stage) =>
    withServer(
      stage,
      (request, response) => response.end('{}'),
      async ({ call }) => {
        for (const headers of [{ a: 'b\r\nc: d' }, { a: undefined }, { 'a b': 'c' }]) {
          await assert.rejects(call('/query', { method: 'POST', body: '{}', headers }), { name: 'TypeError', notSent: true })
        }
      },
    ),

  'many calls can use one signal': async (stage) => {
    const warnings = []
    const warned = (warning) => warnings.push(warning.name)
    process.on('warning', warned)
    try {
      await withServer(
        stage,
        (request, response) => response.end('{}'),
        async ({ call }) => {
          const { signal } = new AbortController()
          await Promise.all(Array.from({ length: 100 }, () => call('/query', { method: 'POST', body: '{}', signal })))
        },
      )
    } finally {
      process.off('warning', warned)
    }
    assert.deepEqual(warnings, [])
  },

  'passes bodies that it does not support to the global fetch': (stage) =>
    withServer(
      stage,
      async (request, response) => response.end(await received(request)),
      async ({ call, delegated }) => {
        const stream = new Blob(['streamed']).stream()
        assert.equal(await (await call('/query', { method: 'POST', body: stream, duplex: 'half' })).text(), 'streamed')
        assert.equal(delegated(), 1)
        assert.equal(await (await call('/query', { method: 'POST', body: new TextEncoder().encode('bytes') })).text(), 'bytes')
        assert.equal(delegated(), 1)
      },
    ),
}
