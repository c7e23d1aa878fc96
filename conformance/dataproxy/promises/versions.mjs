// Supported and unsupported client versions.
import assert from 'node:assert/strict'
import { hashOf, newSchema, TEAMS, teams } from '../stage.mjs'

const SUPPORTED = ['5.0.0', '5.10.2', '5.22.0', '6.0.0', '6.5.0', '6.19.3', '6.99.0']
const UNSUPPORTED = ['1.0.0', '2.30.3', '3.15.2', '4.0.0', '4.16.2', '8.0.0', '10.1.0']

function refused({ status, body, headers }, what) {
  assert.ok(status >= 400 && status < 500, `${what}: ${status}`)
  assert.deepEqual([body.is_panic, body.error_code], [false, 'P6006'], what)
  assert.equal(headers.get('prisma-error-code'), 'P6006')
  assert.match(body.message, /5.*6/s, what)
}

export default {
  'all versions of Prisma 5 and 6 are supported': async (stage) => {
    const schema = newSchema()
    await stage.ask(schema, teams)
    for (const version of SUPPORTED)
      assert.deepEqual((await stage.query(schema, teams, { version })).body, TEAMS, version)
  },

  'any other version is rejected on every path with P6006, which names the supported versions': async (stage) => {
    const schema = newSchema()
    for (const version of UNSUPPORTED) {
      refused(await stage.query(schema, teams, { version }), version)
      refused(await stage.upload(schema, { version }), version)
      refused(await stage.call(`/${version}/${hashOf(schema)}/transaction/start`, {}), version)
    }
    assert.equal((await stage.query(schema, teams)).status, 404)
  },

  'the GraphQL requests of older clients are rejected with a message that says so': async (stage) => {
    const schema = newSchema()
    await stage.ask(schema, teams)
    const body = { query: 'query { findManyTeam { id name } }', variables: {} }
    refused(await stage.query(schema, body, { version: '4.16.2' }), '4.16.2')
    const { status, body: answer } = await stage.query(schema, body)
    assert.equal(status, 400)
    assert.match(answer.message, /GraphQL/)
  },
}
