// Every PostgreSQL type, as the driver and plain calls receive it.
import assert from 'node:assert/strict'
import pg from 'pg'
import { same } from '../same.mjs'
import { ARRAYS, TYPES, TYPES_OF_SCRATCH, WITHOUT_ARRAYS } from '../types.mjs'

/** Returns a query that selects all expressions. */
const select = (expressions) => `select ${expressions.map((expression, i) => `${expression} as v${i}`).join(', ')}`

/** Returns arrays of the values of a type: of each value, of all values, and with null. */
function arraysOf(expressions) {
  const all = `array[${expressions.join(', ')}]`
  return [all, `array[${expressions[0]}, null]`, `array[${all}, ${all}]`]
}

/** Expressions of each type, and arrays of them. */
const EXPRESSIONS = {
  ...Object.fromEntries(
    Object.entries(TYPES).map(([type, values]) => [
      type,
      WITHOUT_ARRAYS.has(type) ? values : [...values, ...arraysOf(values)],
    ]),
  ),
  ...ARRAYS,
}

const SET_UP = `${TYPES_OF_SCRATCH}; create domain scratch.numbers as int[]`

/** Values as the driver parses them, with rows as objects and as arrays. */
const parsed = (expressions) =>
  same(async ({ sql, setUp, full }) => {
    await setUp(SET_UP)
    const query = select(expressions)
    return [
      await sql.query(query),
      await full(sql.query(query, [], { arrayMode: true, fullResults: true })),
      await sql.transaction([sql.query(query)]),
    ]
  })

const INTEGERS = [21, 23]
const FLOATS = [700, 701]
const JSONS = [114, 3802]
const BOX = 603

/** Returns the JSON for a text of PostgreSQL if raw text is not requested. */
function jsonOf(text, oid, elements) {
  if (text === null) return null
  if (oid in elements) return elementsOf(text, elements[oid], elements)
  if (oid === 16) return text === 't'
  if (INTEGERS.includes(oid)) return Number(text)
  if (FLOATS.includes(oid)) return Number.isFinite(Number(text)) ? Number(text) : text
  if (JSONS.includes(oid)) return JSON.parse(text)
  return text
}

/** Returns the elements of an array, which are lists if the array has more dimensions. */
function elementsOf(text, oid, elements) {
  const parse = (list, write) => pg.types.arrayParser.create(list, (element) => write(element)).parse()
  // Only arrays of boxes use a semicolon as separator, because boxes contain commas.
  if (oid === BOX) return parse(text.replaceAll(',', '|').replaceAll(';', ','), (box) => box.replaceAll('|', ','))
  return parse(text, (element) => jsonOf(element, oid, elements))
}

/** Values as plain calls receive them. */
const typed = (expressions) => async (stage) => {
  await stage.sql(SET_UP)
  const query = select(expressions)
  const { rows, fields } = await stage.query(
    { query, arrayMode: true },
    { headers: { 'neon-raw-text-output': 'true' } },
  )
  // Only true arrays: types of fixed length, such as points and int2vector, and record[] have a different format.
  const known = await stage.sql(
    `select oid::int, typelem::int as element from pg_type
     where oid = any($1) and typsubscript = 'array_subscript_handler'::regproc and typtype = 'b' and oid not in (22, 30)`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  )
  const elements = Object.fromEntries(known.map(({ oid, element }) => [oid, element]))
  const expected = rows.map((row) => row.map((text, i) => jsonOf(text, fields[i].dataTypeID, elements)))
  assert.deepEqual((await stage.query({ query, arrayMode: true })).rows, expected)
  const asObjects = expected.map((row) => Object.fromEntries(row.map((value, i) => [fields[i].name, value])))
  assert.deepEqual((await stage.query({ query })).rows, asObjects)
  assert.deepEqual((await stage.query({ queries: [{ query }] })).results[0].rows, asObjects)
}

export default {
  ...Object.fromEntries(
    Object.entries(EXPRESSIONS).map(([type, values]) => [`${type}, parsed by the driver`, parsed(values)]),
  ),
  ...Object.fromEntries(Object.entries(EXPRESSIONS).map(([type, values]) => [`${type}, as JSON`, typed(values)])),
}
