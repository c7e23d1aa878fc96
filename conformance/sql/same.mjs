// Promises that a program gets the same results over HTTP as over a direct connection.
import assert from 'node:assert/strict'
import { diff, render } from '../lib/diff.mjs'
import { encode } from '../lib/encode.mjs'

/** The fields of an error that PostgreSQL sets; they are fields of pg's DatabaseError and of the driver's NeonDbError. */
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
 * Returns the promise that a program returns the same value and leaves the same rows on both sides.
 * @param program gets `{sql, neon, drizzle, kysely, batch, full, setUp, failure}`, see side.mjs; returns the value to
 *   compare
 * @param departures the departures of departures.mjs that apply
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

/** An error whose stack is replaced by the differences. */
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
    // Nothing else writes on this server in the meantime.
    return { value, wrote: after.mark !== before.mark }
  } catch (error) {
    return { error }
  }
}

/** Runs a call that must fail with a SQLSTATE; returns all fields of the error. */
async function failureOf({ name }, code, run) {
  try {
    await run()
  } catch (thrown) {
    // Drizzle wraps the driver's errors.
    const error = thrown.cause ?? thrown
    const told = Object.fromEntries(ERROR_FIELDS.map((field) => [field, error[field]]))
    if (!CLASSES[name].test(error.name) || error.code !== code) {
      throw new Error(`not a database error ${code}: ${error.name} ${error.code} ${error.message}`)
    }
    return told
  }
  throw new Error(`expected an error ${code}, but it succeeded`)
}
