// Plain calls of POST /sql: keys, bodies, headers, responses, limits.
import { neon } from '@neondatabase/serverless'
import assert from 'node:assert/strict'
import http from 'node:http'
import { BODY_BYTES, RESPONSE_BYTES } from '../keys.mjs'
import { assertRefusal, refused } from '../refusal.mjs'
import { connectionString } from '../stage.mjs'

const one = { query: 'select 1 as one' }

const asPassword = (stage, secret) => ({ 'neon-connection-string': connectionString(secret, new URL(stage.origin)) })

export default {
  'a response has fields, rows, command, rowCount and rowAsArray': async (stage) => {
    const { status, headers, body } = await stage.post({
      query: 'select id, label from item where id = $1',
      params: [2],
    })
    assert.equal(status, 200)
    assert.match(headers.get('content-type'), /^application\/json/)
    const [{ tableID, ...id }, label] = body.fields
    assert.ok(Number.isInteger(tableID) && tableID > 0)
    assert.deepEqual(id, {
      name: 'id',
      dataTypeID: 23,
      columnID: 1,
      dataTypeSize: 4,
      dataTypeModifier: -1,
      format: 'text',
    })
    assert.deepEqual([label.name, label.dataTypeID, label.dataTypeSize], ['label', 25, -1])
    const { fields, ...rest } = body
    assert.deepEqual(rest, { rows: [{ id: 2, label: 'twenty' }], command: 'SELECT', rowCount: 1, rowAsArray: false })
    assert.equal(fields.length, 2)
  },

  'header or body can request rows as arrays, and the body takes precedence': async (stage) => {
    const array = { 'neon-array-mode': 'true' }
    const forms = [
      [{}, undefined, false],
      [array, undefined, true],
      [{}, true, true],
      [array, false, false],
      [array, null, true],
      [{ 'neon-array-mode': 'false' }, undefined, false],
      [{ 'neon-array-mode': 'TRUE' }, undefined, false],
      [{ 'neon-array-mode': '1' }, undefined, false],
    ]
    for (const [headers, arrayMode, expected] of forms) {
      const { rows, rowAsArray } = await stage.query({ ...one, arrayMode }, { headers })
      assert.deepEqual(
        [rows, rowAsArray],
        [expected ? [[1]] : [{ one: 1 }], expected],
        JSON.stringify([headers, arrayMode]),
      )
    }
  },

  'the header requests raw text only if its value is true': async (stage) => {
    const query = `select 1 as n, true as b, '{1,2}'::int[] as l, '{"a": 1}'::json as j, null as x`
    const { rows } = await stage.query({ query }, { headers: { 'neon-raw-text-output': 'true' } })
    assert.deepEqual(rows, [{ n: '1', b: 't', l: '{1,2}', j: '{"a": 1}', x: null }])
    for (const word of ['false', 'True', '1', '']) {
      const typed = await stage.query({ query }, { headers: { 'neon-raw-text-output': word } })
      assert.deepEqual(typed.rows, [{ n: 1, b: true, l: [1, 2], j: { a: 1 }, x: null }], word)
    }
  },

  'parameters of every JSON type': async (stage) => {
    const value = async (cast, param) =>
      (await stage.query({ query: `select $1${cast} as v`, params: [param] })).rows[0].v
    assert.equal(await value('', 42), '42')
    assert.equal(await value(' * 1', 42), 42)
    assert.equal(await value('::text', null), null)
    assert.equal(await value('::bool', true), true)
    assert.equal(await value('::text', false), 'false')
    assert.equal(await value('::text', 'a "b" \\'), 'a "b" \\')
    assert.equal(await value('::float8', -1.5e-7), -1.5e-7)
    assert.deepEqual(await value('::int[]', [1, 2, 3]), [1, 2, 3])
    assert.deepEqual(await value('::json', { a: { b: [null, 'x'] } }), { a: { b: [null, 'x'] } })
    assert.deepEqual(await value("::json->'a'", { a: { b: 42 } }), { b: 42 })
    assert.deepEqual(await value('::jsonb[]', [{}, { a: '"' }]), [{}, { a: '"' }])
    assert.deepEqual(await value('::text[]', [true, null, 'NULL', 42, 'a"-\\', '', '{', ',']), [
      'true',
      null,
      'NULL',
      '42',
      'a"-\\',
      '',
      '{',
      ',',
    ])
    assert.deepEqual(
      await value('::text[]', [
        ['a', null],
        ['b', '"'],
      ]),
      [
        ['a', null],
        ['b', '"'],
      ],
    )
    assert.deepEqual(await value('::int[]', []), [])
  },

  'numbers keep the digits that were sent': async (stage) => {
    for (const digits of ['12345678901234567890.123456789', '1e400', '1.50', '9007199254740993']) {
      const { body, text } = await stage.call(
        '/sql',
        `{"query": "select $1::numeric = '${digits}' as v", "params": [${digits}]}`,
      )
      assert.deepEqual(body.rows, [{ v: true }], text)
    }
  },

  'params may be missing or empty': async (stage) => {
    for (const body of [one, { ...one, params: [] }]) assert.deepEqual((await stage.query(body)).rows, [{ one: 1 }])
  },

  'unknown keys of the body are ignored': async (stage) => {
    assert.deepEqual((await stage.query({ ...one, rowMode: 'x', name: 'y' })).rows, [{ one: 1 }])
  },

  'the content type of the body is ignored and may be missing': async (stage) => {
    for (const type of [
      'application/json',
      'application/sql',
      'text/plain;charset=UTF-8',
      'application/octet-stream',
    ]) {
      assert.deepEqual((await stage.query(one, { headers: { 'content-type': type } })).rows, [{ one: 1 }], type)
    }
    // For a body of bytes, fetch sends no content type.
    const { body } = await stage.call('/sql', new TextEncoder().encode(JSON.stringify(one)))
    assert.deepEqual(body.rows, [{ one: 1 }])
  },

  'a chunked body': async (stage) => {
    const answer = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${stage.secrets.app}` }
      const request = http.request(`${stage.origin}/sql`, { method: 'POST', headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)))
      })
      request.once('error', reject)
      for (const character of JSON.stringify(one)) request.write(character)
      request.end()
    })
    assert.deepEqual(answer.rows, [{ one: 1 }])
  },

  'a client that sends Expect: 100-continue gets 100 Continue': async (stage) => {
    const answer = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${stage.secrets.app}`, expect: '100-continue' }
      const request = http.request(`${stage.origin}/sql`, { method: 'POST', headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)))
      })
      request.once('error', reject).once('continue', () => request.end(JSON.stringify(one)))
      request.flushHeaders()
    })
    assert.deepEqual(answer.rows, [{ one: 1 }])
  },

  'the key is the password of the connection string, or a bearer token': async (stage) => {
    const headers = asPassword(stage, stage.secrets.app)
    assert.deepEqual((await stage.query(one, { key: false, headers })).rows, [{ one: 1 }])
    assert.deepEqual((await stage.query(one)).rows, [{ one: 1 }])
    assert.deepEqual((await stage.query(one, { headers })).rows, [{ one: 1 }])
  },

  'a bearer token takes precedence over the connection string': async (stage) => {
    const strings = [
      'postgresql://user@host/db',
      'postgresql://user:other@host.example/db?sslmode=require',
      connectionString('no-such-key', new URL(stage.origin)),
    ]
    for (const text of strings) {
      assert.deepEqual(
        (await stage.query(one, { headers: { 'neon-connection-string': text } })).rows,
        [{ one: 1 }],
        text,
      )
    }
  },

  'everything except the password of the connection string is ignored': async (stage) => {
    const { app } = stage.secrets
    const strings = [
      `postgres://someone:${app}@127.0.0.1/neondb`,
      `postgresql://a%40b:${app}@ep-cool-darkness-123456.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require`,
      `postgresql://u:${app}@localhost:1/x?options=-c%20search_path%3Dnowhere&application_name=y`,
      `postgresql://u:${[...app].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}@h/d`,
    ]
    for (const text of strings) {
      const { rows } = await stage.query('select count(*)::int as n from item', {
        key: false,
        headers: { 'neon-connection-string': text },
      })
      assert.deepEqual(rows, [{ n: 3 }], text)
    }
  },

  'wrong, missing and expired keys are rejected with the same error': async (stage) => {
    const cases = [
      {},
      { key: 'no-such-key' },
      { key: 'expired' },
      { headers: { authorization: `Basic ${stage.secrets.app}` } },
      { headers: { authorization: 'Bearer' } },
      { headers: asPassword(stage, 'no-such-key') },
      { headers: asPassword(stage, stage.secrets.expired) },
      { headers: asPassword(stage, '') },
      { headers: { 'neon-connection-string': 'postgresql://user@host/db' } },
      { headers: { 'neon-connection-string': 'postgresql://' } },
      { headers: { 'neon-connection-string': 'no url at all' } },
      { key: 'no-such-key', headers: asPassword(stage, stage.secrets.app) },
    ]
    for (const options of cases) {
      const answer = await refused(stage, 'insert into item values (50)', [400, 401], { key: false, ...options })
      assert.ok(!answer.text.includes(stage.secrets.app))
    }
    assert.equal(await stage.added(), 0)
  },

  'the driver sends its authToken as a bearer token': async (stage) => {
    const server = new URL(stage.origin)
    for (const authToken of [stage.secrets.app, async () => stage.secrets.app]) {
      const sql = neon(`postgresql://app@${server.host}/app`, { authToken })
      assert.deepEqual(await sql`select 1 as one`, [{ one: 1 }])
      assert.deepEqual(await sql.transaction([sql`select 2 as two`]), [[{ two: 2 }]])
    }
  },

  'the driver reports a wrong key as a driver error': async (stage) => {
    const sql = neon(connectionString('no-such-key', new URL(stage.origin)))
    await assert.rejects(sql`select 1`, { name: 'NeonDbError' })
  },

  'a key without the scope sql has no access': async (stage) => {
    for (const key of ['prisma', 'invalidator', 'migrations']) {
      const { body } = await refused(stage, 'insert into item values (50)', 403, { key })
      assert.match(body.message, /sql/)
      await refused(stage, { queries: [{ query: 'insert into item values (50)' }] }, 403, { key })
    }
    assert.equal(await stage.added(), 0)
  },

  'a key with only the scope sql has no other access': async (stage) => {
    const calls = [
      ['/invalidate', { tags: 'all' }],
      ['/schema/invalidate', {}],
      ['/query', { operation: 'findMany', plan: {}, params: {} }],
      ['/transaction/start', {}],
    ]
    for (const [path, body] of calls) assert.equal((await stage.call(path, body, { key: 'other' })).status, 403, path)
  },

  'an invalid body is rejected': async (stage) => {
    const bodies = [
      '',
      'select 1',
      '{',
      'null',
      '[]',
      '"select 1"',
      '1',
      '{}',
      '{"query": 1}',
      '{"query": null}',
      '{"query": ["select 1"]}',
      '{"query": "select 1", "params": 1}',
      '{"query": "select 1", "params": {"a": 1}}',
      '{"query": "select $1", "params": "x"}',
      '{"query": "select 1", "arrayMode": "yes"}',
      '{"queries": {}}',
      '{"queries": "select 1"}',
      '{"queries": [1]}',
      '{"queries": [{"query": "insert into item values (50)"}, {}]}',
      '{"queries": [{"query": "insert into item values (50)"}, {"query": 2}]}',
      '{"queries": [null]}',
      '{"query": "select 1"} {"query": "select 2"}',
      `{"query": "select $1", "params": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
    ]
    for (const body of bodies) {
      const answer = await stage.call('/sql', body)
      assert.equal(answer.status, 400, `${body.slice(0, 100)}: ${answer.text}`)
      assertRefusal(answer, body.slice(0, 100))
    }
    const bytes = await stage.call('/sql', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))
    assert.equal(bytes.status, 400)
    assertRefusal(bytes)
    assert.equal(await stage.added(), 0)
  },

  'a database error is 400 with every key, null for fields that PostgreSQL does not set': async (stage) => {
    const { body } = await refused(stage, 'select 1/0', 400)
    const { file, line, routine, ...told } = body
    assert.deepEqual(told, {
      message: 'division by zero',
      code: '22012',
      severity: 'ERROR',
      detail: null,
      hint: null,
      position: null,
      internalPosition: null,
      internalQuery: null,
      where: null,
      table: null,
      column: null,
      schema: null,
      dataType: null,
      constraint: null,
    })
    assert.deepEqual([file, routine], ['int.c', 'int4div'])
    assert.match(line, /^\d+$/)
  },

  'a batch returns results, and echoes its headers': async (stage) => {
    const queries = [one, { query: 'select $1::int as n', params: [2], arrayMode: true }]
    const { status, headers, body } = await stage.post(
      { queries },
      {
        headers: {
          'neon-batch-isolation-level': 'Serializable',
          'neon-batch-read-only': 'true',
          'neon-batch-deferrable': 'true',
          'neon-pool-opt-in': 'true',
        },
      },
    )
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['results'])
    assert.deepEqual(
      body.results.map(({ rows, rowAsArray, command, rowCount }) => [rows, rowAsArray, command, rowCount]),
      [
        [[{ one: 1 }], false, 'SELECT', 1],
        [[[2]], true, 'SELECT', 1],
      ],
    )
    const echoed = ['isolation-level', 'read-only', 'deferrable'].map((name) => headers.get(`neon-batch-${name}`))
    assert.deepEqual(echoed, ['Serializable', 'true', 'true'])
  },

  'a batch does not echo headers that were not sent or that are not true': async (stage) => {
    const names = ['isolation-level', 'read-only', 'deferrable'].map((name) => `neon-batch-${name}`)
    for (const headers of [{}, { 'neon-batch-read-only': 'false', 'neon-batch-deferrable': 'True' }]) {
      const answer = await stage.post({ queries: [one] }, { headers })
      assert.deepEqual(
        names.map((name) => answer.headers.get(name)),
        [null, null, null],
      )
    }
    const single = await stage.post(one, { headers: { 'neon-batch-read-only': 'true' } })
    assert.deepEqual([single.status, single.body.rows], [200, [{ one: 1 }]])
  },

  'a batch without queries': async (stage) => {
    assert.deepEqual(await stage.query({ queries: [] }), { results: [] })
  },

  'a request that is too large returns 413': async (stage) => {
    const answer = await stage.post({ query: 'select length($1) as n', params: ['x'.repeat(BODY_BYTES)] })
    assert.equal(answer.status, 413)
    assertRefusal(answer)
    const { rows } = await stage.query({ query: 'select length($1) as n', params: ['x'.repeat(BODY_BYTES - 1000)] })
    assert.deepEqual(rows, [{ n: BODY_BYTES - 1000 }])
  },

  'a response that is too large returns 507': async (stage) => {
    const large = `select repeat('x', 1000) as x from generate_series(1, ${RESPONSE_BYTES / 500})`
    for (const body of [{ query: large }, { queries: [one, { query: large }] }]) {
      const { body: refusal } = await refused(stage, body, 507)
      assert.match(refusal.message, /large|size|bytes/i)
    }
    await refused(stage, `select repeat('x', ${2 * RESPONSE_BYTES}) as x`, 507)
    const fits = await stage.query(`select repeat('x', ${RESPONSE_BYTES - 10_000}) as x`)
    assert.equal(fits.rows[0].x.length, RESPONSE_BYTES - 10_000)
  },

  'a statement that has written but whose result is too large says so, and a batch with it has no effect': async (stage) => {
    const query = `insert into item select i + 100, 0, repeat('x', 1000) from generate_series(1, ${RESPONSE_BYTES / 500}) i returning *`
    await refused(stage, { queries: [{ query: 'insert into item values (50)' }, { query }] }, 507)
    assert.equal(await stage.added(), 0)
  },

  'an endless result is cut off': async (stage) => {
    await refused(stage, 'select * from generate_series(1, 5000) a cross join generate_series(1, 5000) b', 507)
    assert.deepEqual((await stage.query(one)).rows, [{ one: 1 }])
  },

  'other methods are rejected': async (stage) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status } = await stage.call('/sql', method === 'GET' ? undefined : one, { method })
      assert.ok([404, 405].includes(status), `${method}: ${status}`)
    }
  },

  'other paths below it do not exist': async (stage) => {
    for (const path of ['/sql/', '/sql/x', '/SQL', '/v2']) assert.equal((await stage.call(path, one)).status, 404, path)
  },

  'a query cannot take longer than the server allows': async (stage) => {
    const { body } = await refused(stage, 'select pg_sleep(60)', undefined, { key: 'guest' })
    assert.match(body.message, /time|cancel/i)
    const batch = { queries: [one, { query: 'select pg_sleep(60)' }, one] }
    await refused(stage, batch, undefined, { key: 'guest' })
  },
}
