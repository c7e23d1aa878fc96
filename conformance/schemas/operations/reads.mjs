// Reads of one model without its relations.
import { op } from '../../lib/operations.mjs'
import { valueOf } from '../values.mjs'
import { tried } from './data.mjs'

export function reads(model, world) {
  return [
    op('find by each key', (ctx) => findByKeys(ctx, model, world)),
    op('filter by each field', (ctx) => filterByFields(ctx, model)),
    op('order and paginate', (ctx) => paginate(ctx, model, world)),
    op('distinct', (ctx) => distinct(ctx, model)),
    op('count and aggregate', (ctx) => aggregate(ctx, model, world)),
    op('group', (ctx) => group(ctx, model)),
  ]
}

async function findByKeys({ prisma, attempt }, model, world) {
  const table = prisma[model.property]
  const rows = world.rows.get(model)
  const missing = world.fresh(model)
  const results = []
  for (const key of model.keys) {
    // In one tick, so that the client combines them into one query.
    const found = rows.map((row) => model.where(row, key)).filter(Boolean)
    results.push(await Promise.all(found.map((where) => table.findUnique({ where }))))
    const where = model.where(missing, key)
    if (!where) continue
    results.push(await table.findUnique({ where }))
    await attempt('P2025', () => table.findUniqueOrThrow({ where }))
  }
  const where = model.where(rows[1])
  const [name] = model.keys[0].fields
  results.push(
    await table.findUniqueOrThrow({ where, select: { [name]: true } }),
    await table.findUnique({ where: { ...where, NOT: { [name]: rows[1][name] } } }),
    await table.findFirst({ where: { [name]: rows[1][name] }, orderBy: model.order }),
    await attempt('P2025', () =>
      table.findFirstOrThrow({ where: { [name]: missing[name], NOT: { [name]: missing[name] } } }),
    ),
  )
  return results
}

async function filterByFields(ctx, model) {
  const table = ctx.prisma[model.property]
  const results = {}
  const filters = model.fields.flatMap((field) =>
    filtersOf(field, ctx.Prisma).map((filter) => ({ [field.name]: filter })),
  )
  for (const [i, where] of filters.entries()) {
    results[`${i} ${Object.keys(where)}`] = await table.findMany({
      where,
      orderBy: model.order,
      select: model.identity,
    })
  }
  results.combined = await table.findMany({
    where: { OR: filters.slice(0, 3), AND: [{ NOT: filters.slice(1, 2) }, ...filters.slice(-1)] },
    orderBy: model.order,
    select: model.identity,
  })
  for (const [a, b] of comparablePairs(model)) {
    const where = { [a.name]: { [a.isOrdered ? 'lte' : 'equals']: table.fields[b.name] } }
    results[`${a.name} and ${b.name}`] = await table.findMany({ where, orderBy: model.order, select: model.identity })
  }
  return results
}

/** Pairs of neighbouring fields with equal types. */
function comparablePairs(model) {
  const fields = model.fields.filter(({ isList, isComparable, type }) => !isList && isComparable && type !== 'Json')
  const type = (field) => `${field.type} ${field.native}`
  return fields.flatMap((a, i) => {
    const b = fields.slice(i + 1).find((other) => type(other) === type(a))
    return b ? [[a, b]] : []
  })
}

function filtersOf(field, Prisma) {
  if (!field.isComparable) return field.isRequired ? [] : nullFilters(field, Prisma)
  const [one, two] = [valueOf(field, 1), valueOf(field, 2)]
  if (field.isList) return listFilters(field, one)
  const filters = [{ equals: one }, { not: one }]
  if (field.type === 'Json') {
    filters.push(
      { path: ['nested', 'deep'], equals: 0.5 },
      { path: ['text'], string_contains: 'é' },
      { path: ['list', '2'], equals: true },
    )
    return [...filters, ...nullFilters(field, Prisma)]
  }
  if (field.type !== 'Boolean') filters.push({ in: [one, two] }, { notIn: [one] })
  if (field.isOrdered) filters.push({ lt: two }, { gte: one, not: two })
  if (field.isText) {
    const text = one.slice(0, 3)
    filters.push({ contains: text.slice(1) }, { startsWith: text, mode: 'insensitive' }, { endsWith: one.slice(-2) })
  }
  return [...filters, ...nullFilters(field, Prisma)]
}

function nullFilters(field, Prisma) {
  if (field.isRequired || field.isList) return []
  return field.type === 'Json'
    ? [{ equals: Prisma.AnyNull }, { not: Prisma.DbNull }]
    : [{ equals: null }, { not: null }]
}

function listFilters(field, list) {
  const filters = [{ isEmpty: true }]
  if (field.type === 'Bytes') return filters
  return [
    ...filters,
    { has: list[0] },
    { hasEvery: list },
    { hasSome: [list[0], valueOf(field, 3)[2]] },
    { equals: list },
  ]
}

async function paginate({ prisma }, model, world) {
  const table = prisma[model.property]
  const results = []
  for (const { name, isComparable, isRequired, isList } of model.fields) {
    if (!isComparable) continue
    const select = { ...model.identity, [name]: true }
    results.push(await table.findMany({ orderBy: [{ [name]: 'desc' }, ...model.order], select }))
    if (isRequired || isList) continue
    results.push(
      await table.findMany({ orderBy: [{ [name]: { sort: 'asc', nulls: 'first' } }, ...model.order], select }),
    )
  }
  const page = { orderBy: model.order }
  for (const [i, key] of model.keys.entries()) {
    const cursor = model.where(world.rows.get(model)[1], key)
    if (!cursor) continue
    results.push(
      await table.findMany({ ...page, cursor, skip: 1 }),
      await table.findMany({ ...page, cursor, take: i - 2 }),
    )
  }
  results.push(
    await table.findMany({ ...page, skip: 1, take: 2 }),
    await table.findMany({ ...page, take: -2 }),
    await table.findMany({ ...page, take: 0 }),
    await table.findFirst({ ...page, skip: 2 }),
  )
  return results
}

async function distinct({ prisma }, model) {
  const table = prisma[model.property]
  const results = []
  const fields = model.fields.filter(({ isComparable }) => isComparable).map(({ name }) => name)
  for (const name of fields) {
    results.push(await table.findMany({ distinct: [name], orderBy: model.order, select: { [name]: true } }))
  }
  results.push(await table.findMany({ distinct: fields.slice(-2), orderBy: model.order, skip: 1, take: 2 }))
  return results
}

async function aggregate({ prisma }, model, world) {
  const table = prisma[model.property]
  const all = aggregatesOf(model)
  const [name] = model.keys[0].fields
  const where = { [name]: { not: world.rows.get(model)[0][name] } }
  return [
    await table.count(),
    await table.count({ where }),
    await table.count({ orderBy: model.order, skip: 1, take: 2 }),
    await table.count({
      select: { _all: true, ...Object.fromEntries(model.fields.map((field) => [field.name, true])) },
    }),
    await table.aggregate({ _count: true, ...all }),
    await table.aggregate({ where, orderBy: model.order, take: 2, _count: { _all: true }, ...all }),
    await table.aggregate({ where: { AND: [where, { NOT: where }] }, _count: true, ...all }),
  ]
}

function aggregatesOf(model) {
  const pick = (fields) => Object.fromEntries(fields.map(({ name }) => [name, true]))
  // PostgreSQL cannot add OIDs.
  const numeric = model.fields.filter(({ isNumeric, native }) => isNumeric && native !== 'Oid')
  const numbers = pick(numeric)
  // PostgreSQL has no average of money.
  const averaged = pick(numeric.filter(({ native }) => native !== 'Money'))
  const ordered = pick(
    model.fields.filter(
      ({ isNumeric, isText, type, isList }) => isNumeric || isText || (type === 'DateTime' && !isList),
    ),
  )
  const entries = Object.entries({ _sum: numbers, _avg: averaged, _min: ordered, _max: ordered })
  return Object.fromEntries(entries.filter(([, fields]) => Object.keys(fields).length > 0))
}

async function group(ctx, model) {
  const table = ctx.prisma[model.property]
  const fields = model.fields.filter(({ isComparable }) => isComparable)
  const all = aggregatesOf(model)
  const results = []
  for (const { name } of fields) {
    results.push(
      await table.groupBy({
        by: [name],
        orderBy: [{ _count: { [name]: 'desc' } }, { [name]: 'asc' }],
        _count: true,
        ...all,
      }),
    )
  }
  const by = fields.slice(-2).map(({ name }) => name)
  const number = model.fields.find(({ isNumeric }) => isNumeric)?.name
  const having = number ? { [number]: { _max: { gte: 1 } } } : { [model.keys[0].fields[0]]: { _count: { gt: 1 } } }
  // An aggregate in `having` must be possible for the type of its field.
  results.push(
    await tried(ctx, () =>
      table.groupBy({ by, orderBy: by.map((name) => ({ [name]: 'asc' })), having, skip: 1, take: 3 }),
    ),
  )
  return results
}
