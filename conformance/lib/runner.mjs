// Runs one operation against both targets and compares all of its effects.
import { setTimeout as sleep } from 'node:timers/promises'
import { Attempts, describe, hasCode, outcomeOf } from './operations.mjs'
import { diff, render, sortKey } from './diff.mjs'
import { encode } from './encode.mjs'

/** Milliseconds after which an operation is considered to hang. */
const OPERATION_TIMEOUT = 60_000

/**
 * One of the two servers with its database. `clients` are the clients of a generation: `modules` maps a variant to its
 * generated module, `connect(module, options)` creates a client, `stop()` stops the servers that they need.
 */
export class Target {
  #clients = new Map()

  constructor(name, { clients, database, generation }) {
    this.name = name
    this.clients = clients
    this.database = database
    this.generation = generation
  }

  newClient(variant, options = {}) {
    return this.clients.connect(this.clients.modules[variant], { errorFormat: 'minimal', ...options })
  }

  #client(variant) {
    if (!this.#clients.has(variant)) this.#clients.set(variant, this.newClient(variant))
    return this.#clients.get(variant)
  }

  /** Returns `{value}` or `{error}`, the `violations` of attempts, and `rows` if the operation wrote something. */
  async run(operation, variant) {
    const attempts = new Attempts(this.generation.codeless)
    const ownClients = []
    const mark = await this.database.writeMark()
    const ctx = {
      prisma: this.#client(variant),
      Prisma: this.clients.modules[variant].Prisma,
      Instrumentation: this.generation.Instrumentation,
      variant,
      sql: (text, params) => this.database.sql(text, params),
      attempt: (code, fn) => attempts.attempt(code, fn),
      outcome: outcomeOf,
      client: (options) => {
        const client = this.newClient(variant, options)
        ownClients.push(client)
        return client
      },
    }
    const outcome = { violations: attempts.violations }
    const clock = new AbortController()
    const hanging = sleep(OPERATION_TIMEOUT, undefined, { signal: clock.signal }).then(
      () => Promise.reject(new Error(`no response within ${OPERATION_TIMEOUT} ms`)),
      () => {},
    )
    try {
      outcome.value = await Promise.race([operation.run(ctx), hanging])
    } catch (error) {
      outcome.error = error
    } finally {
      clock.abort()
      await Promise.all(ownClients.map((client) => client.$disconnect()))
    }
    if ((await this.database.writeMark()) !== mark) {
      outcome.rows = operation.state ? await this.database.dump() : {}
      await this.database.reset()
    }
    return outcome
  }

  async close() {
    await Promise.all([...this.#clients.values()].map((client) => client.$disconnect()))
    await this.clients.stop()
  }
}

/**
 * Returns the problems of one operation as text; the list is empty if the candidate agrees with one of the references.
 * Otherwise, it contains the differences from the first reference.
 */
export async function compareOperation(operation, variant, references, candidate, { honourExpectations }) {
  const isSound = ({ name }) => !operation.flawed[name] && !operation.flawed[`${name} ${variant}`]
  const usable = references.filter(isSound)
  // The candidate can only be flawed in a self-check, where it is also a reference.
  if (!isSound(candidate)) return []
  let actual
  let told
  for (const reference of usable) {
    const expected = await reference.run(operation, variant)
    const problems = invalidity(operation, expected, reference)
    if (problems.length > 0)
      return problems.map((text) => `    the operation itself is wrong (${reference.name}): ${text}`)
    actual ??= await candidate.run(operation, variant)
    if (operation.expectDifference && honourExpectations) return unmetExpectation(operation, actual)
    const differences = differencesOf(operation, reference, expected, candidate, actual)
    if (differences.length === 0) return []
    told ??= differences.map(render)
  }
  return told ?? invalidity(operation, await candidate.run(operation, variant), candidate).map((text) => `    ${text}`)
}

function differencesOf(operation, reference, expected, candidate, actual) {
  const differences = diff(outcomeTree(expected), outcomeTree(actual), operation.generated, candidate.generation)
  if (operation.state && (expected.rows || actual.rows)) {
    differences.push(
      ...diffRows(
        expected.rows ?? reference.database.seedRows,
        actual.rows ?? candidate.database.seedRows,
        operation.generated,
      ),
    )
  }
  return differences
}

/** Returns the declared outcomes that do not apply; if the reference has any, a comparison would be meaningless. */
function invalidity({ throws, expectDifference }, { error, value, violations }, { generation }) {
  if (expectDifference) return violations
  const problems = [...violations]
  const threw = error !== undefined
  if (threw && !(throws && hasCode(error, throws, generation.codeless))) problems.push(`unexpected ${describe(error)}`)
  if (!threw && throws) problems.push(`expected ${throws}, but it succeeded`)
  if (!threw && !throws && value === undefined) problems.push('returns nothing to compare')
  return problems
}

function unmetExpectation(operation, outcome) {
  try {
    operation.expect(outcome)
    return []
  } catch (error) {
    return [`    ${operation.expectDifference}: ${describe(error)}`]
  }
}

function outcomeTree({ value, error }) {
  const entries = error === undefined ? [['value', encode(value)]] : [['thrown', encode(error)]]
  return { type: '', entries }
}

function diffRows(expected, actual, generated) {
  const sorted = (rows = []) =>
    rows
      .map((row) => [sortKey(row, generated), row])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, row]) => encode(row))
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
  return names.flatMap((name) =>
    diff(sorted(expected[name]), sorted(actual[name]), generated).map((difference) => ({
      ...difference,
      path: `table ${name} ${difference.path}`,
    })),
  )
}
