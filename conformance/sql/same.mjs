// Promises of the form: this program sees over HTTP what it sees over a direct connection.
import assert from 'node:assert/strict'
import { diff, render } from '../lib/diff.mjs'
import { encode } from '../lib/encode.mjs'

/** What PostgreSQL tells of an error; the fields of pg's DatabaseError and of the driver's NeonDbError. */
export const ERROR_FIELDS = [
  'message',
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
]

const CLASSES = { reference: /^(DatabaseError|error)$/, candidate: /^NeonDbError$/ }

/**
 * Makes a promise of a program: that both sides return the same, and leave the same rows.
 * @param program gets `{sql, neon, drizzle, kysely, batch, full, setUp, failure}`, see side.mjs; returns what is compared
 * @param departures those of departures.mjs that it meets
 */
export function same(program, ...departures) {
  return async ({ reference, candidate }) => {
    const expected = await outcomeOf(reference, program)
    if (expected.error) throw new Error(`the program itself is wrong: ${expected.error.stack}`)
    assert.notEqual(expected.value, undefined, 'the program returns nothing to compare')
    const actual = await outcomeOf(candidate, program)
    if (actual.error) throw actual.error
    const wrote = expected.wrote || actual.wrote
    const told = async ({ value }, { database }) => encode({ value, rows: wrote ? await database.dump() : {} })
    const differences = diff(await told(expected, reference), await told(actual, candidate)).filter(
      (difference) => !departures.some(({ allows }) => allows(difference)),
    )
    if (differences.length) throw new Difference(differences)
  }
}

/** Told without a stack, which would say nothing. */
class Difference extends Error {
  constructor(differences) {
    super()
    this.stack = differences.slice(0, 12).map(render).join('\n')
  }
}

async function outcomeOf(side, program) {
  const mark = () => side.database.sql('select pg_snapshot_xmax(pg_current_snapshot())::text as mark')
  const [before] = await mark()
  try {
    const value = await program({
      sql: side.sql,
      neon: (options) => side.neon(options),
      drizzle: (options) => side.drizzle(options),
      kysely: () => side.kysely(),
      batch: (db, queries) => side.batch(db, queries),
      full: async (query) => side.full(await query),
      setUp: (text) => side.setUp(text),
      failure: (code, run) => failureOf(side, code, run),
    })
    const [after] = await mark()
    // Nothing on this server wrote meanwhile.
    return { value, wrote: after.mark !== before.mark }
  } catch (error) {
    return { error }
  }
}

/** Runs what fails with a SQLSTATE, and answers all that the client is told of it. */
async function failureOf({ name }, code, run) {
  try {
    await run()
  } catch (thrown) {
    // Drizzle wraps what its driver throws.
    const error = thrown.cause ?? thrown
    const told = Object.fromEntries(ERROR_FIELDS.map((field) => [field, error[field]]))
    if (!CLASSES[name].test(error.name) || error.code !== code) {
      throw new Error(`not an error ${code} of the database: ${error.name} ${error.code} ${error.message}`)
    }
    return told
  }
  throw new Error(`expected an error ${code}, but it succeeded`)
}
