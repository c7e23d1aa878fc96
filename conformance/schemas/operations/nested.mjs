// Writes of a model through its relations.
import { op } from '../../lib/operations.mjs'
import { changes, checked, tried, unchecked } from './data.mjs'

export function nestedWrites(model, world) {
  const options = { generated: world.generated }
  const ops = model.relations.flatMap((relation) =>
    Object.entries(writesOf(model, relation, world)).map(([name, writes]) =>
      op(`${name} ${relation.name}`, (ctx) => update(ctx, model, world, relation, writes), options),
    ),
  )
  return [...ops, op('create with relations, two levels deep', (ctx) => deepCreate(ctx, model, world), options)]
}

/** Updates records of the model by nested writes. `writes` are pairs of the row and the nested write. */
async function update(ctx, model, world, { name, target, isList }, writes) {
  const include = { [name]: isList ? { orderBy: target.order } : true }
  const results = []
  for (const [row, write] of writes) {
    const where = model.where(row)
    results.push(await tried(ctx, () => ctx.prisma[model.property].update({ where, data: { [name]: write }, include })))
  }
  return results
}

function writesOf(model, relation, world) {
  if (relation.holdsKey) return writesOfParent(model, relation, world)
  return relation.isList ? writesOfList(model, relation, world) : writesOfChild(model, relation, world)
}

/** Nested writes of the record to which this one refers. */
function writesOfParent(model, relation, world) {
  const { target, isRequired } = relation
  const [first, second] = world.rows.get(model)
  const other = world.rows.get(target)[2]
  const fresh = world.fresh(target)
  const beside = world.fresh(target, 1, { beside: [fresh] })
  const data = changes(target, 21)
  const writes = {
    create: [[first, { create: checked(target, fresh) }]],
    connect: [
      [first, { connect: target.where(other) }],
      [second, { connect: target.where(fresh) }],
    ],
    'connect or create': [
      [first, { connectOrCreate: { where: target.where(other), create: checked(target, other) } }],
      [second, { connectOrCreate: { where: target.where(fresh), create: checked(target, fresh) } }],
    ],
    update: [
      [first, { update: data }],
      [second, { update: { where: { NOT: target.conditions(other) }, data } }],
    ],
    upsert: [
      [first, { upsert: { create: checked(target, fresh), update: data } }],
      ...(isRequired ? [] : [[second, { disconnect: true }]]),
      [second, { upsert: { create: checked(target, beside), update: data } }],
    ],
  }
  if (isRequired) return writes
  return { ...writes, disconnect: [[first, { disconnect: true }]], delete: [[second, { delete: true }]] }
}

/** Nested writes of the only record that refers to this one. */
function writesOfChild(model, relation, world) {
  const { target, oppositeIsRequired } = relation
  const rows = world.rows.get(model)
  const owner = rows.find((row) => world.childrenOf(row, relation).length > 0) ?? rows[0]
  const spare = rows.findLast((row) => world.childrenOf(row, relation).length === 0) ?? rows.at(-1)
  const child = world.rows.get(target)[0]
  const create = newChild(world, relation, spare)
  const replacing = newChild(world, relation, owner)
  const data = changes(target, 22)
  const writes = {
    create: [
      [spare, create && { create }],
      [owner, replacing && { create: replacing }],
    ],
    connect: [[spare, { connect: target.where(child) }]],
    'connect or create': [[spare, create && { connectOrCreate: { where: target.where(child), create } }]],
    update: [
      [owner, { update: data }],
      [spare, { update: data }],
    ],
    upsert: [
      [spare, create && { upsert: { create, update: data } }],
      [owner, replacing && { upsert: { create: replacing, update: data } }],
    ],
    delete: [
      [owner, { delete: true }],
      [spare, { delete: true }],
    ],
  }
  if (!oppositeIsRequired) writes.disconnect = [[owner, { disconnect: true }]]
  return possible(writes)
}

/** Nested writes of a list. */
function writesOfList(model, relation, world) {
  const { target, opposite, isManyToMany } = relation
  const [first, second] = world.rows.get(model)
  const [child, other, ...more] = world.rows.get(target)
  const linked = isManyToMany ? target.where(child) : target.where(world.childrenOf(first, relation)[0] ?? child)
  const rows = newRows(world, relation, first)
  const creates = rows.map((row) => checked(target, row, isManyToMany ? undefined : opposite))
  const data = changes(target, 23)
  const [name] = target.keys[0].fields
  const someOf = { [name]: { not: other[name] } }
  const writes = {
    create: [[first, creates[0] && { create: creates }]],
    connect: [[second, { connect: [target.where(child), target.where(other)] }]],
    'connect or create': [
      [
        first,
        creates[0] && {
          connectOrCreate: [
            { where: linked, create: creates[0] },
            { where: target.where(rows[0]), create: creates[0] },
          ],
        },
      ],
    ],
    update: [
      [first, { update: { where: linked, data } }],
      [second, { update: { where: target.where(more[0]), data } }],
    ],
    'update many': [
      [
        first,
        {
          updateMany: [
            { where: someOf, data: changes(target, 24) },
            { where: {}, data: changes(target, 25) },
          ],
        },
      ],
    ],
    upsert: [
      [
        first,
        creates[0] && {
          upsert: [
            { where: linked, create: creates[0], update: data },
            { where: target.where(rows[0]), create: creates[0], update: data },
          ],
        },
      ],
    ],
    delete: [
      [first, { delete: linked }],
      [second, { delete: [target.where(more[1])] }],
    ],
    'delete many': [
      [first, { deleteMany: someOf }],
      [second, { deleteMany: {} }],
    ],
    'disconnect or set': [
      [first, { disconnect: linked }],
      [first, { disconnect: [target.where(more[0])] }],
      [second, { set: [target.where(child)] }],
      [first, { set: [] }],
    ],
  }
  if (!isManyToMany) {
    const without = target.relation(opposite).from
    const many = rows.map((row) => unchecked(target, row, without))
    writes['create many'] = [[first, many[0] && { createMany: { data: many, skipDuplicates: true } }]]
  }
  return possible(writes)
}

/** Without the writes for which the schema leaves no room. */
function possible(writes) {
  const entries = Object.entries(writes).map(([name, list]) => [name, list.filter(([, write]) => write)])
  return Object.fromEntries(entries.filter(([, list]) => list.length > 0))
}

/** Returns the data of a new child of a row, or undefined if there is none that fits. */
function newChild(world, relation, row) {
  const [child] = newRows(world, relation, row)
  return child && checked(relation.target, child, relation.opposite)
}

/** Returns up to two rows that can be created below a row. */
function newRows(world, { target, opposite, isManyToMany }, row) {
  const rows = []
  for (let n = 0; n < 2; n++) {
    const fixed = isManyToMany ? {} : { [opposite]: row }
    const fresh = world.freshIfPossible(target, n, { fixed, beside: rows })
    if (fresh) rows.push(fresh)
  }
  return rows
}

/** Creates a record with new parents, children and grandchildren. */
async function deepCreate(ctx, model, world) {
  const results = []
  const parent = withNewParent(model, world)
  if (parent) results.push(await tried(ctx, () => ctx.prisma[model.property].create(parent)))
  results.push(await tried(ctx, () => ctx.prisma[model.property].create(withNewChildren(model, world))))
  return results
}

/** The parent, if possible, gets a new parent, too. */
function withNewParent(model, world) {
  for (const relation of model.parents) {
    const { target, name } = relation
    const parent = world.fresh(target)
    const row = world.freshIfPossible(model, 0, { fixed: { [name]: parent } })
    if (!row) continue
    const data = checked(model, row, name)
    const above = target.parents.find((one) => one.target !== target && one.target !== model)
    const grandparent = above && world.fresh(above.target)
    const middle = above && world.freshIfPossible(target, 0, { fixed: { [above.name]: grandparent } })
    const consistent = middle && relation.to.every((column) => !above.from.includes(column))
    data[name] = {
      create: consistent
        ? { ...checked(target, middle, above.name), [above.name]: { create: checked(above.target, grandparent) } }
        : checked(target, parent),
    }
    return { data, include: { [name]: consistent ? { include: { [above.name]: true } } : true } }
  }
  return undefined
}

function withNewChildren(model, world) {
  const row = world.fresh(model)
  const data = checked(model, row)
  const include = {}
  for (const relation of model.relations.filter(({ holdsKey, target }) => !holdsKey && target !== model)) {
    const [child] = newRows(world, relation, row)
    if (!child) continue
    const { target, name, opposite, isManyToMany } = relation
    const create = checked(target, child, isManyToMany ? undefined : opposite)
    const order = relation.isList ? { orderBy: target.order } : {}
    include[name] = relation.isList ? order : true
    const below = target.relations.find((one) => !one.holdsKey && one.isList && ![model, target].includes(one.target))
    const grandchildren = below ? newRows(world, below, child) : []
    if (grandchildren.length > 0) {
      create[below.name] = {
        create: grandchildren.map((one) => checked(below.target, one, below.isManyToMany ? undefined : below.opposite)),
      }
      include[name] = { ...order, include: { [below.name]: { orderBy: below.target.order } } }
    }
    data[name] = { create: relation.isList ? [create] : create }
  }
  return Object.keys(include).length > 0 ? { data, include } : { data }
}
