// Reads of a model with its relations.
import { op } from '../../lib/operations.mjs'
import { valueOf } from '../values.mjs'

/**
 * @param strategies values for `relationLoadStrategy`; [undefined] if the schema has no relationJoins
 */
export function relationReads(model, world, strategies) {
  if (model.relations.length === 0) return []
  return strategies.flatMap((strategy) => {
    const load = strategy ? { relationLoadStrategy: strategy } : {}
    const suffix = strategy ? ` by ${strategy}` : ''
    return [
      op(`include each relation${suffix}`, (ctx) => include(ctx, model, load)),
      op(`include all relations${suffix}`, (ctx) => includeAll(ctx, model, world, load)),
      op(`filter and order by relations${suffix}`, (ctx) => filter(ctx, model, world, load)),
    ]
  })
}

async function include({ prisma }, model, load) {
  const table = prisma[model.property]
  const results = {}
  const find = (args) => table.findMany({ ...load, orderBy: model.order, ...args })
  for (const relation of model.relations) {
    const { name, target, isList, opposite } = relation
    const order = isList ? { orderBy: target.order } : {}
    results[name] = [
      await find({ include: { [name]: isList ? order : true } }),
      await find({ select: { [name]: { ...order, select: target.identity } } }),
      await find({ select: { ...model.identity, [name]: { ...order, include: deeper(target, opposite) } } }),
    ]
    if (!isList) continue
    const [first] = target.fields.filter(({ isComparable }) => isComparable).slice(-1)
    results[name].push(
      await find({ include: { [name]: { ...order, skip: 1, take: 1 }, _count: { select: { [name]: true } } } }),
      await find({ include: { [name]: { ...order, take: -1, distinct: [first.name] } } }),
      await find({
        select: {
          _count: { select: { [name]: { where: someOf(target) } } },
          [name]: { ...order, where: someOf(target) },
        },
      }),
    )
  }
  return results
}

/** Includes back to the first model and once more. */
function deeper(target, opposite) {
  const back = target.relation(opposite)
  const nested = back.target.relations[0]
  const order = (relation) => (relation.isList ? { orderBy: relation.target.order, take: 2 } : {})
  return { [opposite]: { ...order(back), include: { [nested.name]: nested.isList ? order(nested) : true } } }
}

/** A filter that some records of a model pass. */
function someOf(model) {
  const field = model.byName.get(model.keys[0].fields[0])
  return { [field.name]: { not: valueOf(field, 1) } }
}

async function includeAll({ prisma }, model, world, load) {
  const table = prisma[model.property]
  const args = ({ isList, target }) => (isList ? { orderBy: target.order } : true)
  const all = Object.fromEntries(model.relations.map((relation) => [relation.name, args(relation)]))
  const lists = model.relations.filter(({ isList }) => isList).map(({ name }) => [name, true])
  const counts = lists.length > 0 ? { _count: { select: Object.fromEntries(lists) } } : {}
  const [first] = world.rows.get(model)
  const results = [
    await table.findMany({ ...load, orderBy: model.order, include: { ...all, ...counts } }),
    await table.findUnique({ ...load, where: model.where(first), include: all }),
  ]
  // The fluent API has no option for the strategy.
  for (const { name, isList, target } of model.relations) {
    results.push(await table.findUnique({ where: model.where(first) })[name](isList ? { orderBy: target.order } : {}))
  }
  return results
}

async function filter({ prisma }, model, world, load) {
  const results = {}
  const find = (args) =>
    prisma[model.property].findMany({ ...load, orderBy: model.order, select: model.identity, ...args })
  for (const { name, target, isList, isRequired } of model.relations) {
    const some = someOf(target)
    const filters = isList ? ['some', 'every', 'none'] : ['is', 'isNot']
    results[name] = []
    for (const one of filters) results[name].push(await find({ where: { [name]: { [one]: some } } }))
    if (!isList && !isRequired)
      results[name].push(await find({ where: { [name]: null } }), await find({ where: { NOT: { [name]: null } } }))
    const inner = target.relations[0]
    const nested = inner.isList ? { some: {} } : { is: someOf(inner.target) }
    results[name].push(await find({ where: { [name]: { [filters[0]]: { [inner.name]: nested } } } }))
    const by = isList ? { _count: 'desc' } : target.order[0]
    results[name].push(await find({ orderBy: [{ [name]: by }, ...model.order] }))
  }
  return results
}
