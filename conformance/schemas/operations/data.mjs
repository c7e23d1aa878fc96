// Arguments for writes.
import { valueOf } from '../values.mjs'

/**
 * The official executor writes the base64 text of Bytes[] instead of the bytes (docs/differences.md), so clients do not
 * write such lists. They are in the initial rows.
 */
const isWritable = (field) => !(field.isList && field.type === 'Bytes')

const present = (model, row, fields) =>
  Object.fromEntries(
    fields.filter((field) => isWritable(field) && row[field.name] !== null).map(({ name }) => [name, row[name]]),
  )

/** Returns the data of a row with its foreign keys as scalars, except those in `without`. */
export function unchecked(model, row, without = []) {
  return present(
    model,
    row,
    model.fields.filter(({ name }) => !without.includes(name)),
  )
}

/**
 * Returns the data of a row whose parents are connected, except for the relation `without`. Prisma does not accept sequences
 * beside nested writes.
 */
export function checked(model, row, without) {
  const data = present(
    model,
    row,
    model.own.filter(({ default: initial }) => initial?.name !== 'autoincrement'),
  )
  for (const relation of model.parents) {
    const where = relation.name !== without && parentWhere(relation, row)
    if (where) data[relation.name] = { connect: where }
  }
  return data
}

/** Returns the data that is required; the rest is null or gets its default. */
export function minimal(model, row) {
  const data = checked(model, row)
  for (const field of model.own) if (isOptional(field)) delete data[field.name]
  for (const { name, isRequired } of model.parents) if (!isRequired) delete data[name]
  return data
}

const isOptional = (field) => !field.isRequired || field.isList || field.hasDefaultValue || field.isUpdatedAt

/** Returns `where` for the parent of a row, or undefined if the row has none. */
export function parentWhere({ target, from, to }, row) {
  const key = target.keys.find(({ fields }) => fields.length === to.length && fields.every((name) => to.includes(name)))
  return target.where(Object.fromEntries(to.map((name, i) => [name, row[from[i]]])), key)
}

/** Returns new values for the scalar fields that are in no key. */
export function changes(model, number) {
  const fields = model.own.filter((field) => !field.inKey && isWritable(field))
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, number)]))
}

/** Returns changes by operators: numbers are incremented and so on, lists get elements, and optional fields become null. */
export function operators(model, Prisma) {
  const data = {}
  model.own.forEach((field, i) => {
    if (field.inKey || !isWritable(field)) return
    if (field.isList) data[field.name] = { push: valueOf(field, 2) }
    else if (!field.isRequired) data[field.name] = field.type === 'Json' ? Prisma.DbNull : null
    else if (field.isNumeric) data[field.name] = { [['increment', 'decrement', 'multiply'][i % 3]]: 2 }
    else data[field.name] = { set: valueOf(field, 7) }
  })
  return data
}

/** Returns `include` of all parents. */
export function parentsOf(model) {
  const include = Object.fromEntries(model.parents.map(({ name }) => [name, true]))
  return model.parents.length > 0 ? { include } : {}
}

/**
 * Runs a write that the schema may forbid and returns its value or error. An error of validation is a mistake of the
 * operation, and is thrown.
 */
export async function tried({ outcome }, write) {
  const result = await outcome(write)
  if (result?.name === 'PrismaClientValidationError') throw result
  return result
}
