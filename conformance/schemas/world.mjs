// The rows of all models before each operation, and further rows that fit to them.
import pg from 'pg'
import { literal, valueOf } from './values.mjs'

/** The least number of rows of a model. */
const ROWS = 4

/** Parents that no row of a one-to-one relation uses, so that operations can create such rows. */
const SPARE = 3

export class World {
  /** The rows by model: `{field: value}` with all scalar fields. */
  rows = new Map()
  /** The models in an order in which their records can be created. */
  order
  #first

  /**
   * @param models by name
   * @param first the number of the first row; the values of worlds whose rows have other numbers are different
   */
  constructor(models, first = 0) {
    this.models = models
    this.#first = first
    this.order = creationOrder(models)
    for (const model of this.order) this.rows.set(model, this.#rowsOf(model))
    for (const model of this.order) this.#linkBack(model)
  }

  #rowsOf(model) {
    const rows = []
    this.rows.set(model, rows)
    for (let i = rowCount(model, this.models); i > 0; i--) rows.push(this.#row(model, rows.length, rows))
    return rows
  }

  /** Sets optional references to models that come later in the order. */
  #linkBack(model) {
    const rows = this.rows.get(model)
    const own = this.order.indexOf(model)
    for (const relation of model.parents.filter(({ target }) => this.order.indexOf(target) > own)) {
      rows.forEach((row, i) => {
        const parent = this.rows.get(relation.target)[i % ROWS]
        const linked = { ...row }
        relation.from.forEach((name, part) => (linked[name] = parent[relation.to[part]]))
        if (
          isUnique(
            model,
            linked,
            rows.filter((other) => other !== row),
          )
        )
          Object.assign(row, linked)
      })
    }
  }

  /**
   * Returns a row that can be created in addition to the others.
   * @param n its number, from 0; rows with different numbers can be created together if their keys have a field of their own
   * @param fixed the parents of some relations, by the name of the relation
   * @param beside further rows that exist already
   */
  fresh(model, n = 0, { fixed = {}, beside = [] } = {}) {
    const rows = this.rows.get(model)
    return this.#row(model, rows.length + n, [...rows, ...beside], fixed)
  }

  /** Returns `fresh`, or undefined if no such row exists. */
  freshIfPossible(...args) {
    try {
      return this.fresh(...args)
    } catch (error) {
      if (error instanceof NoRowError) return undefined
      throw error
    }
  }

  /** Returns the row to which a relation of a row refers; undefined if it is null. */
  parentOf(row, { target, from, to }) {
    return this.rows.get(target).find((parent) => to.every((name, i) => same(parent[name], row[from[i]])))
  }

  /** Returns the rows of the opposite model that refer to this row through a relation whose key they hold. */
  childrenOf(row, { target, opposite }) {
    const { from, to } = target.relation(opposite)
    return this.rows.get(target).filter((child) => from.every((name, i) => same(child[name], row[to[i]])))
  }

  /** Finds parents that agree on shared columns and keep every key unique. */
  #row(model, position, others, fixed = {}) {
    const number = this.#first + position
    const scalars = {}
    for (const field of model.own) scalars[field.name] = scalarOf(field, number)
    const found = this.#assign(model, model.parents, position, {}, fixed, (foreign) => {
      return isUnique(model, { ...scalars, ...foreign }, others)
    })
    if (!found) throw new NoRowError(`${model.name}: no combination of parents is left for row ${position}`)
    return Object.fromEntries(
      model.fields.map(({ name }) => [name, name in found ? found[name] : (scalars[name] ?? null)]),
    )
  }

  #assign(model, [relation, ...rest], position, foreign, fixed, accept) {
    if (!relation) return accept(foreign) ? foreign : undefined
    for (const parent of this.#candidates(model, relation, position, fixed)) {
      const next = { ...foreign }
      const agrees = relation.from.every((name, i) => {
        const value = parent ? parent[relation.to[i]] : null
        if (!(name in foreign)) next[name] = value
        return !(name in foreign) || same(foreign[name], value) || !parent
      })
      const nullable = parent || relation.from.some((name) => next[name] === null)
      const found = agrees && nullable && this.#assign(model, rest, position, next, fixed, accept)
      if (found) return found
    }
    return undefined
  }

  /** Several rows get the same parent, and some optional references are null. */
  #candidates(model, relation, position, fixed) {
    if (fixed[relation.name]) return [fixed[relation.name]]
    const isSelf = relation.target === model
    const rows = this.rows.get(relation.target) ?? []
    const start = isSelf ? Math.max(0, position - 2) : position >> 1
    const rotated = rows.map((_, i) => rows[(start + i) % rows.length])
    if (relation.isRequired) return rotated
    return position % 4 === 3 ? [null, ...rotated] : [...rotated, null]
  }

  /** Formats of all generated values (lib/diff.mjs). */
  get generated() {
    return [...new Set(this.order.flatMap((model) => model.generated))]
  }

  /** Returns the SQL that inserts all rows, and links of many-to-many relations. */
  seed() {
    return [...this.order.map((model) => this.#insert(model)), ...this.#links()].join('\n')
  }

  #insert(model) {
    const columns = model.fields.map(({ column }) => pg.escapeIdentifier(column))
    const tuples = this.rows
      .get(model)
      .map((row) => `(${model.fields.map((field) => literal(field, row[field.name])).join(', ')})`)
    return `insert into ${pg.escapeIdentifier(model.table)} (${columns.join(', ')}) values\n${tuples.join(',\n')};`
  }

  #links() {
    const statements = new Map()
    for (const model of this.order) {
      for (const { relationName, target, name, opposite, isManyToMany } of model.relations) {
        // Column A belongs to the model, or else the field, that is first in the alphabet.
        const isA = model === target ? name < opposite : model.name < target.name
        if (!isManyToMany || !isA) continue
        const tuples = this.links(model, target).map(([a, b]) => `(${key(model, a)}, ${key(target, b)})`)
        const table = pg.escapeIdentifier(`_${relationName}`)
        statements.set(relationName, `insert into ${table} values ${tuples.join(', ')};`)
      }
    }
    return statements.values()
  }

  /** Returns the linked pairs of rows of a many-to-many relation. */
  links(model, target) {
    const [left, right] = [this.rows.get(model), this.rows.get(target)]
    return left.slice(0, 3).flatMap((row, i) => [
      [row, right[i]],
      [row, right[(i + 1) % right.length]],
    ])
  }
}

class NoRowError extends Error {}

const key = (model, row) => literal(model.byName.get(model.keys[0].fields[0]), row[model.keys[0].fields[0]])

/** Fields without a key have few different values, and null, so that queries find several records. */
function scalarOf(field, number) {
  if (field.inKey) return valueOf(field, number)
  return !field.isRequired && number % 4 === 2 ? null : valueOf(field, number % 3)
}

export function same(a, b) {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  return a === b
}

function isUnique(model, row, others) {
  return model.keys.every(({ fields }) => {
    if (fields.some((name) => row[name] === null || row[name] === undefined)) return true
    return !others.some((other) => fields.every((name) => same(other[name], row[name])))
  })
}

/** Orders models so that required parents come first, and optional ones if possible. */
function creationOrder(models) {
  const order = []
  const visit = (model, path, relations) => {
    if (order.includes(model)) return
    if (path.includes(model))
      throw new Error(`required relations form a cycle: ${path.map(({ name }) => name).join(', ')}`)
    for (const { target } of relations(model)) if (target !== model) visit(target, [...path, model], relations)
    if (!order.includes(model)) order.push(model)
  }
  const required = (model) => model.parents.filter(({ isRequired }) => isRequired)
  for (const model of models.values()) {
    try {
      visit(model, [], (one) => one.parents)
    } catch {
      visit(model, [], required)
    }
  }
  return order
}

/** A one-to-one relation needs at least as many parents as children. */
function rowCount(model, models, path = []) {
  const counts = [ROWS]
  for (const child of models.values()) {
    if (child === model || path.includes(child)) continue
    const isOneToOne = child.parents.some(
      ({ target, from }) =>
        target === model && child.keys.some(({ fields }) => fields.every((name) => from.includes(name))),
    )
    if (isOneToOne) counts.push(rowCount(child, models, [...path, model]) + SPARE)
  }
  return Math.max(...counts)
}
