// The models of a Prisma schema, as the operations need them.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Native types that PostgreSQL cannot compare with `=` or sort. */
const INCOMPARABLE = ['Json', 'Xml']

/** Native types of strings that are no text for PostgreSQL, so that it has no LIKE, min() or max() for them. */
const NO_TEXT = ['Uuid', 'Inet', 'Bit', 'VarBit', 'Xml']

const NUMERIC = ['Int', 'BigInt', 'Float', 'Decimal']

/** Reads a schema and returns its models by name. */
export async function readModels(path, schema) {
  // Loaded only here, because it contains much of Prisma's command line.
  const { getDMMF } = require('@prisma/internals')
  const { datamodel } = await getDMMF({ datamodel: [[path, schema]] })
  const enums = new Map(datamodel.enums.map((one) => [one.name, one.values]))
  const models = new Map(datamodel.models.map((one) => [one.name, new Model(one, enums)]))
  for (const model of models.values()) model.link(models)
  return models
}

/** A model of the schema. Fields are those of Prisma's DMMF, with additions. */
export class Model {
  /** Relations, as `{name, target, opposite, isList, isRequired, holdsKey, isManyToMany, from, to}`. */
  relations = []

  constructor({ name, dbName, fields, primaryKey, uniqueIndexes }, enums) {
    this.name = name
    this.table = dbName ?? name
    /** The property of the client. */
    this.property = name[0].toLowerCase() + name.slice(1)
    this.fields = fields
      .filter(({ kind }) => kind === 'scalar' || kind === 'enum')
      .map((field) => describe(field, enums))
    this.byName = new Map(this.fields.map((field) => [field.name, field]))
    this.keys = keysOf(fields, primaryKey, uniqueIndexes)
    const inKeys = new Set(this.keys.flatMap((key) => key.fields))
    for (const field of this.fields) field.inKey = inKeys.has(field.name)
    this.declared = fields.filter(({ kind }) => kind === 'object')
  }

  /** Resolves the relations, after all models have been created. */
  link(models) {
    this.relations = this.declared.map((field) => {
      const target = models.get(field.type)
      const opposite = target.declared.find(
        (other) => other.relationName === field.relationName && (target !== this || other.name !== field.name),
      )
      return {
        name: field.name,
        relationName: field.relationName,
        target,
        opposite: opposite.name,
        isList: field.isList,
        isRequired: field.isRequired,
        holdsKey: field.relationFromFields.length > 0,
        isManyToMany: field.isList && opposite.isList,
        oppositeIsRequired: !opposite.isList && opposite.isRequired,
        from: field.relationFromFields,
        to: field.relationToFields,
      }
    })
  }

  /** The relations whose foreign key is in this model. */
  get parents() {
    return this.relations.filter(({ holdsKey }) => holdsKey)
  }

  /** The fields that the application sets itself, without foreign keys. */
  get own() {
    return this.fields.filter(({ isReadOnly }) => !isReadOnly)
  }

  relation(name) {
    return this.relations.find((relation) => relation.name === name)
  }

  /** `orderBy` for a unique order. */
  get order() {
    return this.keys[0].fields.map((name) => ({ [name]: 'asc' }))
  }

  /** `select` of the first key. */
  get identity() {
    return Object.fromEntries(this.keys[0].fields.map((name) => [name, true]))
  }

  /** Returns `where` for the row by a key, by default the first one; undefined if the row has nulls there. */
  where(row, key = this.keys[0]) {
    if (key.fields.some((name) => row[name] === null || row[name] === undefined)) return undefined
    const values = Object.fromEntries(key.fields.map((name) => [name, row[name]]))
    return key.fields.length === 1 ? values : { [key.name]: values }
  }

  /** Returns the conditions of `where`, for filters that have no names of keys. */
  conditions(row) {
    return Object.fromEntries(this.keys[0].fields.map((name) => [name, row[name]]))
  }

  /** Formats of values that are generated if a record of this model is written (lib/diff.mjs). */
  get generated() {
    const kinds = this.fields.map(({ default: initial, isUpdatedAt }) => {
      if (isUpdatedAt || initial?.name === 'now') return 'now'
      if (initial?.name === 'uuid') return initial.args[0] === 7 ? 'uuid7' : 'uuid4'
      if (initial?.name === 'dbgenerated') return /uuid/.test(initial.args[0]) ? 'uuid4' : undefined
      if (initial?.name === 'cuid') return initial.args[0] === 2 ? 'cuid2' : 'cuid'
      if (initial?.name === 'nanoid') return `nanoid${initial.args[0] ?? 21}`
      return initial?.name === 'ulid' ? 'ulid' : undefined
    })
    return [...new Set(kinds)].filter(Boolean)
  }
}

function describe(field, enums) {
  const native = field.nativeType?.[0]
  const isOne = !field.isList
  return {
    ...field,
    column: field.dbName ?? field.name,
    native,
    nativeArguments: (field.nativeType?.[1] ?? []).map(Number),
    values: enums.get(field.type),
    isComparable: !INCOMPARABLE.includes(native),
    isText: isOne && field.type === 'String' && !NO_TEXT.includes(native),
    isNumeric: isOne && NUMERIC.includes(field.type),
    isOrdered: isOne && (NUMERIC.includes(field.type) || field.type === 'DateTime' || field.type === 'String'),
  }
}

function keysOf(fields, primaryKey, uniqueIndexes) {
  const single = fields.filter(({ isId, isUnique }) => isId || isUnique).map(({ name }) => ({ name, fields: [name] }))
  const compound = [primaryKey, ...uniqueIndexes].filter(Boolean).map((key) => ({
    name: key.name ?? key.fields.join('_'),
    fields: key.fields,
  }))
  const isRequired = (key) => key.fields.every((name) => fields.find((field) => field.name === name).isRequired)
  // The id is first. A key with optional fields identifies only some records.
  const all = [...(primaryKey ? compound : single), ...(primaryKey ? single : compound)]
  return [...all.filter(isRequired), ...all.filter((key) => !isRequired(key))]
}
