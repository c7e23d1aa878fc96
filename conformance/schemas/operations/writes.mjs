// Writes of one model.
import { op } from '../../lib/operations.mjs'
import { changes, checked, minimal, operators, parentsOf, tried, unchecked } from './data.mjs'

export function writes(model, world) {
  // Also those of other models, because of referential actions.
  const options = { generated: world.generated }
  return [
    op('create', (ctx) => create(ctx, model, world), options),
    op('create many', (ctx) => createMany(ctx, model, world), options),
    op('update', (ctx) => update(ctx, model, world), options),
    op('update of a key', (ctx) => updateKey(ctx, model, world), options),
    op('upsert', (ctx) => upsert(ctx, model, world), options),
    op('update many', (ctx) => updateMany(ctx, model, world), options),
    op('delete', (ctx) => remove(ctx, model, world), options),
    op('delete many', (ctx) => removeMany(ctx, model, world), options),
  ]
}

async function create(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const first = world.fresh(model)
  const second = world.fresh(model, 1, { beside: [first] })
  const third = world.fresh(model, 2, { beside: [first, second] })
  const seeded = world.rows.get(model)[0]
  return [
    await table.create({ data: checked(model, first), ...parentsOf(model) }),
    await table.create({ data: unchecked(model, second), select: model.identity }),
    await table.create({ data: minimal(model, third) }),
    await tried(ctx, () => table.create({ data: unchecked(model, seeded) })),
    await tried(ctx, () => table.create({ data: checked(model, seeded) })),
  ]
}

async function createMany(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const rows = []
  for (let i = 0; i < 3; i++) rows.push(world.fresh(model, i, { beside: rows }))
  const [first, second, third] = rows.map((row) => unchecked(model, row))
  const seeded = unchecked(model, world.rows.get(model)[0])
  return [
    await tried(ctx, () => table.createMany({ data: [first, seeded] })),
    await table.createMany({ data: [first] }),
    await table.createMany({ data: [seeded, second], skipDuplicates: true }),
    await table.createManyAndReturn({ data: [third], ...parentsOf(model) }),
    await table.createMany({ data: [] }),
    await table.count(),
  ]
}

async function update(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const [first, second] = world.rows.get(model).map((row) => model.where(row))
  const missing = model.where(world.fresh(model))
  const results = [
    await table.update({ where: first, data: changes(model, 11), ...parentsOf(model) }),
    await table.update({ where: second, data: operators(model, ctx.Prisma), select: model.identity }),
    await table.update({ where: second, data: {} }),
    await ctx.attempt('P2025', () => table.update({ where: missing, data: changes(model, 11) })),
  ]
  for (const field of model.own.filter(({ isList, inKey, type }) => isList && !inKey && type !== 'Bytes')) {
    results.push(await table.update({ where: first, data: { [field.name]: { set: [] } } }))
  }
  return results
}

/** Other records may refer to the key, or the new one may be taken. */
async function updateKey(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const results = []
  const rows = world.rows.get(model)
  const fresh = world.fresh(model)
  const [taken, ...others] = [rows[2], rows[0], rows[1]]
  for (const [i, field] of model.fields.filter(({ inKey }) => inKey).entries()) {
    const where = model.where(others[i % 2])
    results.push(await tried(ctx, () => table.update({ where, data: { [field.name]: taken[field.name] } })))
    const value = fresh[field.name] ?? null
    results.push(
      await tried(ctx, () => table.update({ where, data: { [field.name]: { set: value } }, ...parentsOf(model) })),
    )
  }
  return results
}

async function upsert(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const results = []
  const rows = []
  for (const key of model.keys) {
    const row = world.fresh(model, rows.length, { beside: rows })
    const where = model.where(row, key)
    const existing = model.where(world.rows.get(model)[0], key)
    const write = { create: unchecked(model, row), update: changes(model, 11) }
    if (existing) results.push(await table.upsert({ where: existing, ...write, ...parentsOf(model) }))
    if (!where || rows.length === 2) continue
    rows.push(row)
    results.push(await table.upsert({ where, ...write, create: checked(model, row) }))
    // The first call may have created the record with another id.
    results.push(await tried(ctx, () => table.upsert({ where, ...write })))
  }
  return results
}

async function updateMany(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const [name] = model.keys[0].fields
  const [first, second] = world.rows.get(model)
  // The engine of Prisma 6 returns 0 if nothing is to be changed, later ones the number of records.
  if (Object.keys(changes(model, 0)).length === 0) return table.count()
  return [
    await table.updateMany({ where: { [name]: first[name] }, data: changes(model, 11) }),
    // Only one record, because the order of the results and the choice by `limit` are unspecified. The compiler of Prisma 7
    // does not select the key of some parents.
    await tried(ctx, () =>
      table.updateManyAndReturn({
        where: model.conditions(second),
        data: operators(model, ctx.Prisma),
        ...parentsOf(model),
      }),
    ),
    await table.updateMany({ where: model.conditions(first), data: changes(model, 12), limit: 1 }),
    await table.updateMany({ where: { [name]: { not: first[name] } }, data: changes(model, 12), limit: 0 }),
    await table.updateMany({
      where: { AND: [{ [name]: first[name] }, { NOT: { [name]: first[name] } }] },
      data: changes(model, 13),
    }),
    // With relationMode = "prisma", the compiler of Prisma 7 fails if several records have a one-to-one relation.
    await tried(ctx, () => table.updateMany({ data: changes(model, 14) })),
  ]
}

/** Relations restrict deletions, or delete and change other records. */
async function remove(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const results = []
  for (const row of world.rows.get(model).slice(0, 4)) {
    results.push(await tried(ctx, () => table.delete({ where: model.where(row), ...parentsOf(model) })))
  }
  results.push(await tried(ctx, () => table.delete({ where: model.where(world.fresh(model)), select: model.identity })))
  return results
}

async function removeMany(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const [name] = model.keys[0].fields
  const last = world.rows.get(model).at(-1)
  return [
    await table.deleteMany({ where: { [name]: { in: [] } } }),
    await tried(ctx, () => table.deleteMany({ where: { [name]: last[name] } })),
    await tried(ctx, () => table.deleteMany()),
    await table.count(),
  ]
}
