// Schemas: uploaded by clients, identified by their hash, kept.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { hashOf, newSchema, read, TEAMS, teams } from '../stage.mjs'

const MISSING = { EngineNotStarted: { reason: 'SchemaMissing' } }

/** Checks that clients of every version understand the error; returns its message. */
function refusal({ status, body }, expectedStatus) {
  assert.equal(status, expectedStatus, JSON.stringify(body))
  assert.equal(body.is_panic, false)
  assert.match(body.error_code, /^P\d{4}$/)
  return body.message
}

async function isMissing(stage, schema, hash) {
  const { status, body } = await stage.query(schema, teams, { hash })
  assert.deepEqual([status, body], [404, MISSING])
}

export default {
  'every request with an unknown hash returns 404 SchemaMissing': async (stage) => {
    const schema = newSchema()
    await isMissing(stage, schema)
    const bodies = [{ batch: [teams, teams] }, { batch: [teams], transaction: {} }, { action: 'no such' }]
    for (const body of bodies) assert.deepEqual((await stage.query(schema, body)).body, MISSING)
    const start = await stage.call(`/6.19.3/${hashOf(schema)}/transaction/start`, { max_wait: 100, timeout: 100 })
    assert.deepEqual([start.status, start.body], [404, MISSING])
  },

  'an uploaded schema is used for later requests': async (stage) => {
    const schema = newSchema()
    assert.equal((await stage.upload(schema)).status, 200)
    for (let i = 0; i < 3; i++) {
      const { status, body } = await stage.query(schema, teams)
      assert.deepEqual([status, body], [200, TEAMS])
    }
  },

  'uploading a schema again succeeds': async (stage) => {
    const schema = newSchema()
    for (let i = 0; i < 3; i++) assert.equal((await stage.upload(schema)).status, 200)
    assert.deepEqual((await stage.query(schema, teams)).body, TEAMS)
  },

  'a hash is valid for every version of the client': async (stage) => {
    const schema = newSchema()
    await stage.upload(schema, { version: '6.19.3' })
    for (const version of ['5.0.0', '5.22.0', '6.0.0', '6.19.3']) {
      assert.deepEqual((await stage.query(schema, teams, { version })).body, TEAMS, version)
    }
  },

  'a schema that does not match the hash is rejected with 400 and not kept': async (stage) => {
    const schema = newSchema()
    const other = hashOf(newSchema())
    refusal(await stage.upload(schema, { hash: other }), 400)
    await isMissing(stage, schema)
    await isMissing(stage, schema, other)
  },

  'an invalid hash is rejected': async (stage) => {
    const schema = newSchema()
    for (const hash of ['x', hashOf(schema).slice(1), hashOf(schema).toUpperCase(), `${hashOf(schema)}0`]) {
      const { status } = await stage.upload(schema, { hash })
      assert.ok(status === 400 || status === 404, `${hash}: ${status}`)
    }
    await isMissing(stage, schema)
  },

  'a body that is not base64 is rejected': async (stage) => {
    const body = '%%% no base64 %%%'
    const hash = createHash('sha256').update(body).digest('hex')
    refusal(await stage.call(`/6.19.3/${hash}/schema`, body, { method: 'PUT' }), 400)
    await isMissing(stage, undefined, hash)
  },

  'a schema that does not parse is rejected with the compiler’s own message': async (stage) => {
    const schema = newSchema('model Team {\n  id Int @id\n  other Nonsense\n}\n')
    const message = refusal(await stage.upload(schema), 400)
    assert.match(message, /Type "Nonsense" is neither a built-in type, nor refers to another model/)
    assert.match(message, /other Nonsense/)
    await isMissing(stage, schema)
  },

  'a schema for another database system is rejected with a message that says so': async (stage) => {
    const schema = newSchema().replace('"postgresql"', '"mysql"')
    assert.match(refusal(await stage.upload(schema), 400), /mysql.*postgresql|postgresql.*mysql/is)
  },

  'a schema of 2 MB works': async (stage) => {
    const models = Array.from(
      { length: 300 },
      (_, i) => `model Filler${i} {\n  id Int @id\n  note String? /// ${'padding '.repeat(870)}\n}\n`,
    )
    const schema = newSchema(
      `model Team {\n  id Int @id @default(autoincrement())\n  name String\n}\n${models.join('')}`,
    )
    assert.ok(schema.length > 2_000_000, `${schema.length} bytes`)
    assert.deepEqual((await stage.ask(schema, teams)).body, TEAMS)
  },

  'a schema larger than the limit is rejected with 413': async (stage) => {
    refusal(await stage.upload(newSchema(`// ${'x'.repeat(17_000_000)}`)), 413)
  },

  'two schemas of one database each have their own models': async (stage) => {
    const mine = newSchema()
    const yours = newSchema('model Crew {\n  id Int @id\n  title String @map("name")\n\n  @@map("Team")\n}\n')
    const crews = read('Crew', 'findMany', { where: { id: 1 } })
    for (let i = 0; i < 3; i++) {
      const answers = await Promise.all([stage.ask(mine, teams), stage.ask(yours, crews)])
      assert.deepEqual(answers[0].body, TEAMS)
      assert.deepEqual(answers[1].body, { data: { findManyCrew: [{ id: 1, title: 'core' }] } })
    }
    const { body } = await stage.query(yours, teams)
    assert.match(body.errors[0].error, /Team/)
  },

  'the same query is compiled separately for each schema': async (stage) => {
    const plain = newSchema()
    const swapped = newSchema('model Bulk {\n  id Int @id @map("n")\n  n Int @map("id")\n}\n')
    const query = {
      modelName: 'Bulk',
      action: 'findMany',
      query: { arguments: { where: { id: 12 } }, selection: { id: true, n: true } },
    }
    for (let i = 0; i < 3; i++) {
      assert.deepEqual((await stage.ask(plain, query)).body, { data: { findManyBulk: [{ id: 12, n: 2 }] } })
      assert.deepEqual((await stage.ask(swapped, query)).body, { data: { findManyBulk: [] } })
    }
  },

  'many clients that upload the same schema concurrently all succeed': async (stage) => {
    for (let round = 0; round < 3; round++) {
      const schema = newSchema()
      const answers = await Promise.all(Array.from({ length: 60 }, () => stage.ask(schema, teams)))
      for (const { status, body } of answers) assert.deepEqual([status, body], [200, TEAMS])
    }
  },

  'many clients that upload different schemas concurrently all succeed': async (stage) => {
    const schemas = Array.from({ length: 20 }, () => newSchema())
    const answers = await Promise.all(schemas.flatMap((schema) => [1, 2].map(() => stage.ask(schema, teams))))
    for (const { status, body } of answers) assert.deepEqual([status, body], [200, TEAMS])
  },

  'aborted and invalid uploads do not affect valid ones': async (stage) => {
    const schema = newSchema()
    const wrong = () => stage.upload(newSchema(), { hash: hashOf(schema) })
    const aborted = () => {
      const clock = new AbortController()
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(Buffer.from('YWJj')),
        // Called when the first part has been sent.
        pull: () => clock.abort(),
      })
      return fetch(`${stage.origin}/6.19.3/${hashOf(schema)}/schema`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${stage.apiKey}` },
        body,
        duplex: 'half',
        signal: clock.signal,
      }).catch(() => {})
    }
    const work = Array.from({ length: 10 }, () => [wrong(), aborted(), stage.ask(schema, teams)]).flat()
    const answers = await Promise.all(work)
    for (const answer of answers.filter((_, i) => i % 3 === 2)) assert.deepEqual(answer.body, TEAMS)
    for (const answer of answers.filter((_, i) => i % 3 === 0)) assert.equal(answer.status, 400)
  },

  'real clients that start concurrently all succeed': async (stage) => {
    const lists = await Promise.all(
      Array.from({ length: 30 }, () => stage.client().team.findMany({ orderBy: { id: 'asc' } })),
    )
    for (const list of lists) assert.deepEqual(list, TEAMS.data.findManyTeam)
  },

  'uploaded schemas survive a restart': async (stage) => {
    const schemas = [newSchema(), newSchema(), newSchema()]
    for (const schema of schemas) assert.equal((await stage.upload(schema)).status, 200)
    await stage.client().team.count()
    await stage.restart()
    for (const schema of schemas) {
      const { status, body } = await stage.query(schema, teams)
      assert.deepEqual([status, body], [200, TEAMS])
    }
    const uploads = []
    const client = stage.client({ log: [{ emit: 'event', level: 'info' }] })
    client.$on('info', ({ message }) => uploads.push(message))
    assert.equal(await client.team.count(), 3)
    assert.ok(!uploads.some((message) => message.includes('uploaded')), uploads.join('\n'))
  },

  'uploading a schema requires a valid key': async (stage) => {
    const schema = newSchema()
    for (const key of [null, 'wrong']) {
      for (const answer of [await stage.upload(schema, { key }), await stage.query(schema, teams, { key })]) {
        refusal(answer, 401)
      }
    }
    await isMissing(stage, schema)
  },
}
