// How the files under program/ are written.

/**
 * One operation of the program.
 *
 * `run(ctx)` returns what is compared; ctx has
 *   prisma    the client of this target (of the variant `query` or `join`)
 *   Prisma    the namespace of the generated client
 *   variant   `query` or `join`
 *   client(options)   another client of this target, disconnected after the operation
 *   sql(text, params) runs SQL on a connection of the test's own; returns the rows
 *   attempt(code, fn) runs fn, which must fail with that code with the reference, and returns the error;
 *                     with code null it must succeed
 *   outcome(fn)       runs fn and returns its value or its error, whichever
 *   sleep(ms)
 *   Instrumentation   PrismaInstrumentation of the client's version
 *
 * Options:
 *   throws      code that the reference fails with, or `error` for an error without one
 *   generated   forms of generated values (lib/diff.mjs) that may differ between the targets
 *   variants    clients to run with; default only `query`. `join` has relationJoins and nativeDistinct
 *   state       false: do not compare the tables afterwards
 *   since       major version of Prisma that brought what it uses; left out for older ones
 *   flawed      reasons why a reference cannot be compared with, by its name (`{ client6: 'it panics' }`), or by name and
 *               variant (`'client6 join'`). Without any other reference the candidate has to do what is announced
 *   expectDifference, expect   reason why Hasten answers differently on purpose, and a function that checks its
 *               outcome `{value}` or `{error}` (throws when it is wrong)
 */
export function op(name, run, options = {}) {
  return { name, run, variants: ['query'], generated: [], flawed: {}, state: true, ...options }
}

/** An operation that loads relations: runs with both ways of loading them. */
export function relational(name, run, options = {}) {
  return op(name, run, { variants: ['query', 'join'], ...options })
}

/** Checks of `attempt` that the reference did not pass make the operation itself invalid. */
export class Attempts {
  violations = []

  /** @param codeless see hasCode */
  constructor(codeless) {
    this.codeless = codeless
  }

  async attempt(code, fn) {
    try {
      const value = await fn()
      if (code !== null) this.violations.push(`expected ${code}, but it succeeded`)
      return value
    } catch (error) {
      if (!hasCode(error, code, this.codeless))
        this.violations.push(`expected ${code ?? 'success'}, but got ${describe(error)}`)
      return error
    }
  }
}

/** Runs fn and returns its value or its error. */
export async function outcomeOf(fn) {
  try {
    return await fn()
  } catch (error) {
    return error
  }
}

/**
 * Whether an error is the announced one. A validation error never left the client and so tests nothing here.
 * @param codeless whether the client's version has errors of the database without a code where Prisma 7 gives them one
 */
export function hasCode(error, code, codeless) {
  if (code === 'validation') return error?.name === 'PrismaClientValidationError'
  if (error?.name === 'PrismaClientValidationError') return false
  if (codeless && error instanceof Error && error.code === undefined) return true
  return code === 'error' ? error?.code === undefined : error?.code === code
}

export function describe(error) {
  return `${error?.name ?? typeof error} ${error?.code ?? ''} ${String(error?.message ?? error)
    .trim()
    .slice(0, 1500)}`
}
