// Compares two encoded trees (encode.mjs). Only values that an operation declares as generated may differ.

/** Formats of generated values; an operation lists the ones that it generates. */
const GENERATED = {
  uuid4: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  uuid7: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  cuid: /^c[0-9a-z]{24}$/,
  cuid2: /^[a-z][0-9a-z]{23}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
}

/** Returns the format of a generated value: one of GENERATED, or `nanoid` and its length. */
function formatOf(name) {
  const nanoid = /^nanoid(\d+)$/.exec(name)
  return nanoid ? new RegExp(`^[A-Za-z0-9_-]{${nanoid[1]}}$`) : GENERATED[name]
}

/** The maximum difference between a generated timestamp and the time of the run, in milliseconds. */
const NOW_TOLERANCE = 60_000

/** `however 217 ms passed`: the only error message that depends on the clock. */
const ELAPSED = /(The timeout for this transaction was (\d+) ms, however )(\d+)( ms passed)/

const TIMESTAMP = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?$/

/**
 * Returns the differences as `{path, reference, candidate}`.
 * @param generated names of formats (`formatOf`), or `now`: values that may differ if both sides have the format
 * @param bareTransactionErrors the candidate's protocol cannot transport the meta of transaction errors
 * @param codeless the reference has no codes for some errors, for which the candidate may have the code of Prisma 7; its
 *   adapter leaves quotes in column names; and its clock does not advance
 */
export function diff(reference, candidate, generated = [], { bareTransactionErrors = false, codeless = false } = {}) {
  return new Comparison(generated, bareTransactionErrors, codeless).run(reference, candidate)
}

class Comparison {
  #generated
  #bareTransactionErrors
  #codeless
  #pairs = new Map()
  #differences = []

  constructor(generated, bareTransactionErrors, codeless) {
    this.#generated = generated
    this.#bareTransactionErrors = bareTransactionErrors
    this.#codeless = codeless
  }

  run(reference, candidate) {
    this.#compare('', reference, candidate)
    return this.#differences
  }

  #compare(path, a, b) {
    if (Array.isArray(a) && Array.isArray(b)) return this.#compareLists(path, a, b)
    if (isTree(a) && isTree(b)) return this.#compareObjects(path, a, b)
    if (a !== b && !this.#areSameLeaf(path, a, b)) this.#report(path, a, b)
  }

  #compareLists(path, a, b) {
    if (a.length !== b.length) this.#report(`${path}.length`, a.length, b.length)
    for (let i = 0; i < Math.min(a.length, b.length); i++) this.#compare(`${path}[${i}]`, a[i], b[i])
    for (let i = b.length; i < a.length && i < b.length + 3; i++) this.#report(`${path}[${i}]`, a[i], '(nothing)')
    for (let i = a.length; i < b.length && i < a.length + 3; i++) this.#report(`${path}[${i}]`, '(nothing)', b[i])
  }

  #compareObjects(path, a, b) {
    if (isInternalError(a) && isCodedError(b)) return
    if (this.#codeless && isCodelessError(a) && isCodedError(b)) return
    if (this.#bareTransactionErrors && [a, b].every((tree) => codeOf(tree) === 'string:P2028')) {
      if (b.entries.some(([key, value]) => key === 'meta' && value === 'undefined')) a = withoutMeta(a)
    }
    if (a.type !== b.type) this.#report(`${path}<type>`, a.type, b.type)
    const left = new Map(a.entries)
    const right = new Map(b.entries)
    for (const [key, value] of left) {
      if (right.has(key)) this.#compare(`${path}.${key}`, value, right.get(key))
      else this.#report(`${path}.${key}`, value, '(no such key)')
    }
    for (const [key, value] of right) if (!left.has(key)) this.#report(`${path}.${key}`, '(no such key)', value)
    const orders = [a, b].map((tree) => tree.entries.map(([key]) => key))
    const sameKeys = orders[0].length === orders[1].length && orders[0].every((key) => right.has(key))
    if (sameKeys && orders[0].join('\0') !== orders[1].join('\0')) this.#report(`${path}<order of keys>`, ...orders)
  }

  #areSameLeaf(path, a, b) {
    if (typeof a !== 'string' || typeof b !== 'string') return false
    if (path.endsWith('.timeTaken')) return [a, b].every((text) => /^number:\d+$/.test(text))
    if (this.#codeless && withoutQuotedNames(a) === b) return true
    if (ELAPSED.test(a) && ELAPSED.test(b)) {
      const expected = this.#codeless ? a.replace(ELAPSED, '$1<elapsed>$4') : withoutElapsed(a)
      return expected !== null && expected === withoutElapsed(b)
    }
    const [typeA, textA] = split(a)
    const [typeB, textB] = split(b)
    if (typeA !== typeB) return false
    if (typeA === 'Decimal' && isRounded(textA, textB)) return true
    for (const kind of this.#generated) {
      if (kind === 'now' ? isNow(textA) && isNow(textB) : this.#areGenerated(kind, textA, textB)) return true
    }
    return false
  }

  /** A generated value on one side must always correspond to the same value on the other side. */
  #areGenerated(kind, a, b) {
    if (!formatOf(kind).test(a) || !formatOf(kind).test(b)) return false
    if (!this.#pairs.has(`a${a}`) && !this.#pairs.has(`b${b}`)) {
      this.#pairs.set(`a${a}`, b)
      this.#pairs.set(`b${b}`, a)
    }
    return this.#pairs.get(`a${a}`) === b && this.#pairs.get(`b${b}`) === a
  }

  #report(path, reference, candidate) {
    this.#differences.push({ path: path || '(result)', reference, candidate })
  }
}

/**
 * Whether the reference has rounded a decimal to a double, which it does in relations that a join loads. The candidate must
 * have more digits than a double, so that it cannot be the one that has rounded.
 */
function isRounded(reference, candidate) {
  const isDouble = (text) => significantDigits(text) <= 17
  return isDouble(reference) && !isDouble(candidate) && Number(reference) === Number(candidate)
}

const significantDigits = (text) => text.replace(/\D/g, '').replace(/^0+|0+$/g, '').length

/**
 * Whether the reference failed internally (HTTP 500 without a code, which the client turns into P6000, with server logs in
 * `meta`). The candidate must also fail, but may report the actual problem.
 */
const isInternalError = (tree) => codeOf(tree) === 'string:P6000'

const isCodelessError = (tree) => tree.type === 'error PrismaClientUnknownRequestError'

/** Replaces the quotes around a name by backticks in a message, and removes them in a list of names. */
const withoutQuotedNames = (leaf) => leaf.replace(/`"([^"`]+)"`/g, '`$1`').replace(/^string:"([^"]+)"$/, 'string:$1')

const isCodedError = (tree) =>
  tree.type === 'error PrismaClientKnownRequestError' && /^string:P\d{4}$/.test(codeOf(tree))

const codeOf = (tree) => tree.entries.find(([key]) => key === 'code')?.[1]

const withoutMeta = (tree) => ({
  ...tree,
  entries: tree.entries.map(([key, value]) => [key, key === 'meta' ? 'undefined' : value]),
})

const isTree = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

function split(leaf) {
  const colon = leaf.indexOf(':')
  return [leaf.slice(0, colon), leaf.slice(colon + 1)]
}

function isNow(text) {
  if (!TIMESTAMP.test(text)) return false
  const zoned = /(Z|[+-]\d\d(:?\d\d)?)$/.test(text.slice(19)) ? text.replace(/([+-]\d\d)$/, '$1:00') : `${text}Z`
  return Math.abs(Date.parse(zoned.replace(' ', 'T')) - Date.now()) < NOW_TOLERANCE
}

/** Returns null if the elapsed time in the text is less than the timeout. */
function withoutElapsed(text) {
  const [, , timeout, elapsed] = ELAPSED.exec(text)
  return Number(elapsed) >= Number(timeout) ? text.replace(ELAPSED, '$1<elapsed>$4') : null
}

/** Returns a sort key for rows whose generated values differ between the two sides. */
export function sortKey(row, generated) {
  return JSON.stringify(
    Object.entries(row).map(([key, value]) => {
      if (typeof value !== 'string') return [key, value]
      const kind = generated.find((name) => (name === 'now' ? isNow(value) : formatOf(name).test(value)))
      return [key, kind ? `<${kind}>` : value]
    }),
  )
}

/** Formats a difference as lines of text. */
export function render({ path, reference, candidate }) {
  return `    at ${path}\n      reference: ${shorten(show(reference))}\n      candidate: ${shorten(show(candidate))}`
}

/** Formats a tree as compact text. */
export function show(tree) {
  if (Array.isArray(tree)) return `[${tree.map(show).join(', ')}]`
  if (isTree(tree))
    return `${tree.type ? `${tree.type} ` : ''}{${tree.entries.map(([key, item]) => `${key}: ${show(item)}`).join(', ')}}`
  if (typeof tree === 'string' && tree.startsWith('string:')) return JSON.stringify(tree.slice(7))
  return String(tree)
}

function shorten(text, limit = 600) {
  return text.length > limit ? `${text.slice(0, limit)}... (${text.length} characters)` : text
}
