// Interactive transactions of the data proxy protocol.
import assert from 'node:assert/strict'
import { isZero, OPEN_TRANSACTIONS } from '../../lib/activity.mjs'
import { until } from '../../lib/until.mjs'
import { hashOf, newSchema, read, TEAMS, teams } from '../stage.mjs'

const schema = newSchema()
const rename = (name) => read('Team', 'updateOne', { where: { id: 1 }, data: { name } })

async function begin(stage, { headers, ...options } = {}) {
  await stage.ask(schema, teams)
  const settings = { max_wait: 2000, timeout: 20_000, ...options }
  return stage.call(`/6.19.3/${hashOf(schema)}/transaction/start`, settings, { headers })
}

async function open(stage, options) {
  const { status, body } = await begin(stage, options)
  assert.equal(status, 200, JSON.stringify(body))
  const { endpoint } = body['data-proxy']
  return {
    id: body.id,
    endpoint,
    ask: (query) => stage.call(`${endpoint}/graphql`, query, { headers: { 'x-transaction-id': body.id } }),
    end: (action) => stage.call(`${endpoint}/${action}`),
  }
}

const nameOf = async (stage) => (await stage.sql('select name from "Team" where id = 1'))[0].name

function isGone({ status, body }) {
  // Queries report it in `errors`, other calls as a server error.
  const error = status === 200 ? body.errors?.[0]?.user_facing_error : body
  assert.equal(error?.error_code, 'P2028', JSON.stringify(body))
  assert.match(error.message, /^Transaction API error: /)
}

export default {
  'the endpoint is a URL with the address that the client used': async (stage) => {
    const transaction = await open(stage)
    assert.ok(transaction.endpoint.startsWith(`${stage.origin}/`), transaction.endpoint)
    assert.equal((await transaction.end('rollback')).status, 200)
  },

  'headers that a proxy could set do not change the endpoint': async (stage) => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }
    const transaction = await open(stage, { headers })
    assert.ok(transaction.endpoint.startsWith(`${stage.origin}/`), transaction.endpoint)
    assert.equal((await transaction.end('rollback')).status, 200)
  },

  'changes are visible to others after the commit': async (stage) => {
    const transaction = await open(stage)
    assert.deepEqual((await transaction.ask(rename('new'))).body, { data: { updateOneTeam: { id: 1, name: 'new' } } })
    assert.equal(await nameOf(stage), 'core')
    assert.deepEqual((await transaction.end('commit')).status, 200)
    assert.equal(await nameOf(stage), 'new')
  },

  'a rollback discards the changes': async (stage) => {
    const transaction = await open(stage)
    await transaction.ask(rename('new'))
    assert.equal((await transaction.end('rollback')).status, 200)
    assert.equal(await nameOf(stage), 'core')
  },

  'a batch within it is part of it': async (stage) => {
    const transaction = await open(stage)
    const { body } = await transaction.ask({ batch: [rename('a'), rename('b'), teams] })
    assert.equal(body.batchResult.length, 3)
    assert.deepEqual(body.batchResult[1], { data: { updateOneTeam: { id: 1, name: 'b' } } })
    assert.equal(await nameOf(stage), 'core')
    await transaction.end('rollback')
    assert.equal(await nameOf(stage), 'core')
  },

  'every isolation level of PostgreSQL': async (stage) => {
    for (const level of ['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable']) {
      const transaction = await open(stage, { isolation_level: level })
      const raw = { query: "select current_setting('transaction_isolation') as v", parameters: '[]' }
      const { body } = await transaction.ask({ action: 'queryRaw', query: { arguments: raw, selection: {} } })
      assert.equal(body.data.queryRaw.rows[0][0].replace(' ', '').toLowerCase(), level.toLowerCase())
      await transaction.end('rollback')
    }
  },

  'calls after its end report that it no longer exists': async (stage) => {
    for (const action of ['commit', 'rollback']) {
      const transaction = await open(stage)
      await transaction.end(action)
      isGone(await transaction.ask(teams))
      // Clients repeat a commit if its response was lost.
      const again = await transaction.end('commit')
      if (action === 'commit') assert.deepEqual([again.status, again.body], [200, {}])
      else isGone(again)
      isGone(await transaction.end('rollback'))
    }
  },

  'calls after its timeout report that it no longer exists, and its changes are discarded': async (stage) => {
    const transaction = await open(stage, { timeout: 300 })
    await transaction.ask(rename('late'))
    await until('no open transaction', () => isZero(stage, OPEN_TRANSACTIONS))
    isGone(await transaction.ask(teams))
    isGone(await transaction.end('commit'))
    assert.equal(await nameOf(stage), 'core')
    assert.deepEqual((await stage.ask(schema, teams)).body, TEAMS)
  },

  'calls with an unknown transaction report that it does not exist': async (stage) => {
    const { endpoint, id, end } = await open(stage)
    const other = endpoint.replace(id, [...id].reverse().join(''))
    isGone(await stage.call(`${other}/graphql`, teams))
    isGone(await stage.call(`${other}/commit`))
    isGone(await stage.call(`${other}/rollback`))
    await end('rollback')
  },

  'a transaction requires a key and belongs to that key': async (stage) => {
    const transaction = await open(stage)
    for (const key of [null, 'wrong']) {
      for (const action of ['graphql', 'commit', 'rollback']) {
        const { status } = await stage.call(`${transaction.endpoint}/${action}`, teams, { key })
        assert.equal(status, 401)
      }
    }
    assert.deepEqual((await transaction.ask(teams)).body, TEAMS)
    await transaction.end('rollback')
  },

  'invalid options are rejected': async (stage) => {
    const wrong = [{ isolation_level: 'Snapshot' }, { isolation_level: 7 }, { timeout: 'soon' }, { max_wait: -1 }]
    for (const options of wrong) {
      const { status, body } = await begin(stage, options)
      assert.ok(status >= 400 && status < 500, `${JSON.stringify(options)}: ${status} ${JSON.stringify(body)}`)
      assert.match(body.error_code, /^P\d{4}$/)
    }
  },
}
