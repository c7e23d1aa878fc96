// The format of responses and errors, and that clients do not repeat writes.
import assert from 'node:assert/strict'
import { newSchema, read, TEAMS, teams } from '../stage.mjs'

const schema = newSchema()
const create = (id) => read('Bulk', 'createOne', { data: { id, n: 0 } })
const failing = create(1)

/** Returns the only error of a response. */
function errorOf({ status, body }) {
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(
    Object.keys(body).filter((key) => key !== 'extensions'),
    ['errors'],
  )
  assert.equal(body.errors.length, 1)
  const [{ error, user_facing_error: shown }] = body.errors
  assert.equal(typeof error, 'string')
  assert.equal(shown.is_panic, false)
  return shown
}

export default {
  'a successful response has data, and nothing that a client treats as an error': async (stage) => {
    const { body } = await stage.ask(schema, teams)
    assert.deepEqual(body, TEAMS)
  },

  'a database error is a response with errors': async (stage) => {
    const shown = errorOf(await stage.ask(schema, failing))
    assert.equal(shown.error_code, 'P2002')
    assert.deepEqual(shown.meta, { target: ['id'] })
    assert.equal(shown.message, 'Unique constraint failed on the fields: (`id`)')
  },

  'an unknown field is a validation error with its location': async (stage) => {
    const shown = errorOf(await stage.ask(schema, read('Team', 'findMany', { where: { nope: 1 } })))
    assert.equal(shown.error_code, 'P2009')
    assert.equal(shown.meta.kind, 'UnknownInputField')
  },

  'a batch returns a result for each query': async (stage) => {
    const { body } = await stage.ask(schema, { batch: [teams, read('Team', 'findUnique', { where: { id: 9 } })] })
    assert.deepEqual(body, { batchResult: [TEAMS, { data: { findUniqueTeam: null } }] })
  },

  'an error in a batch without a transaction only affects that query': async (stage) => {
    const { body } = await stage.ask(schema, { batch: [create(900), failing, create(901)] })
    assert.deepEqual(body.batchResult[0], { data: { createOneBulk: { id: 900, n: 0, label: null } } })
    assert.equal(body.batchResult[1].errors[0].user_facing_error.error_code, 'P2002')
    assert.deepEqual(body.batchResult[2], { data: { createOneBulk: { id: 901, n: 0, label: null } } })
  },

  'an error in a batch with a transaction is the whole response, and names the query': async (stage) => {
    const batch = [create(900), create(901), failing, create(902)]
    const shown = errorOf(await stage.ask(schema, { batch, transaction: { isolationLevel: 'Serializable' } }))
    assert.deepEqual([shown.error_code, shown.batch_request_idx], ['P2002', 2])
    const [{ n }] = await stage.sql('select count(*)::int as n from "Bulk" where id >= 900')
    assert.equal(n, 0)
  },

  'an invalid body is rejected, and clients do not retry it': async (stage) => {
    await stage.ask(schema, teams)
    const bodies = ['', 'x', '{', '[]', 'null', '{}', '{"batch":{}}', '{"batch":[1]}', '{"action":1,"query":2}']
    for (const text of bodies) {
      const { status, body } = await stage.query(schema, text)
      assert.ok(status >= 400 && status < 500, `${text}: ${status}`)
      assert.deepEqual([typeof body.message, body.is_panic], ['string', false], text)
    }
  },

  'the content type of the body is ignored': async (stage) => {
    await stage.ask(schema, teams)
    for (const type of ['text/plain;charset=UTF-8', 'application/json', 'application/octet-stream']) {
      const { body } = await stage.query(schema, JSON.stringify(teams), { headers: { 'content-type': type } })
      assert.deepEqual(body, TEAMS)
    }
  },

  'a real client does not retry a failed operation': async (stage) => {
    await stage.sql(`create sequence tries; create function try() returns trigger language plpgsql as
      $$ begin perform nextval('tries'); raise 'no' using errcode = new.name; end $$;
      create trigger try before insert on "Team" for each row execute function try()`)
    try {
      const client = stage.client()
      const states = ['08006', '22012', '23505', '40001', '42P01', '53300', '57014', 'P0001', 'XX000']
      for (const name of states) await assert.rejects(client.team.create({ data: { name } }))
      const [{ tries }] = await stage.sql(`select nextval('tries')::int - 1 as tries`)
      assert.equal(tries, states.length)
    } finally {
      await stage.sql('drop trigger try on "Team"; drop function try(); drop sequence tries')
    }
  },
}
