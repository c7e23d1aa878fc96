// Functions and conventions for the files under program/.

/**
 * One operation of the program.
 *
 * `run(ctx)` returns the value to compare; ctx has
 *   prisma    the client of this target and variant
 *   Prisma    the namespace of the generated client
 *   variant   `query` or `join`
 *   client(options)   opens another client of this target, which is disconnected after the operation
 *   sql(text, params) runs SQL on the test's own connection; returns the rows
 *   attempt(code, fn) runs fn, which must fail with that code on the reference, and returns the error;
 *                     with code null, fn must succeed
 *   outcome(fn)       runs fn and returns its value or its error
 *   Instrumentation   PrismaInstrumentation of the client's version
 *
 * Options:
 *   throws      the code with which the reference fails, or `error` for an error without a code
 *   generated   formats of generated values (lib/diff.mjs) that may differ between the targets
 *   variants    clients to run with; by default only `query`. `join` has relationJoins and nativeDistinct
 *   state       false: do not compare the tables afterwards
 *   since       the first major version of Prisma that supports the operation; it is skipped for older versions
 *   flawed      reasons why a reference is not used for comparison, by its name (`{ client6: 'it panics' }`), or by name
 *               and variant (`'client6 join'`). If no reference is left, the candidate must succeed or fail as declared
 *   expectDifference, expect   the reason why Hasten deliberately differs, and a function that checks its outcome
 *               `{value}` or `{error}` (throws if it is wrong)
 */
export function op(name, run, options = {}) {
  return { name, run, variants: ['query'], generated: [], flawed: {}, state: true, ...options }
}

/** An operation that loads relations: runs with both loading strategies. */
export function relational(name, run, options = {}) {
  return op(name, run, { variants: ['query', 'join'], ...options })
}

/** Records the checks of `attempt` that failed. If a check fails on the reference, the operation itself is invalid. */
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
 * Whether an error is the declared one. A validation error is raised in the client and tests nothing, so it never is.
 * @param codeless whether some database errors have no code in the client's version, but have one in Prisma 7
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
