// Transactions of one model, and one over all models.
import { op } from '../../lib/operations.mjs'
import { changes, tried, unchecked } from './data.mjs'
import { World } from '../world.mjs'

export function transactions(model, world) {
  const options = { generated: world.generated }
  return [
    op('interactive transaction', (ctx) => interactive(ctx, model, world), options),
    op('batch transaction', (ctx) => batch(ctx, model, world), options),
  ]
}

async function interactive({ prisma, outcome }, model, world) {
  const row = world.fresh(model)
  const where = model.where(row)
  const run = (end) =>
    prisma.$transaction(async (tx) => {
      const table = tx[model.property]
      const created = await table.create({ data: unchecked(model, row) })
      const updated = await table.update({ where, data: changes(model, 31) })
      return end([
        created,
        updated,
        await table.findUnique({ where }),
        await table.count(),
        await tx.$queryRaw`select 1 as one`,
      ])
    })
  const rollback = (results) => {
    throw Object.assign(new Error('rolled back'), { results })
  }
  return [
    await outcome(() => run(rollback)),
    await prisma[model.property].findUnique({ where }),
    await run((results) => results),
    await prisma[model.property].findUnique({ where }),
  ]
}

async function batch(ctx, model, world) {
  const table = ctx.prisma[model.property]
  const [first, second] = [world.fresh(model), world.rows.get(model)[1]]
  const where = model.where(first)
  const writes = () => [
    table.create({ data: unchecked(model, first) }),
    table.update({ where, data: changes(model, 32) }),
    table.findMany({ orderBy: model.order }),
    table.count(),
  ]
  return [
    await tried(ctx, () => ctx.prisma.$transaction([...writes(), table.create({ data: unchecked(model, second) })])),
    await table.findUnique({ where }),
    await ctx.prisma.$transaction(writes()),
    await ctx.prisma.$transaction([table.delete({ where }), table.findUnique({ where })], {
      isolationLevel: 'Serializable',
    }),
  ]
}

/** Numbers of rows from here on are not used by the initial rows. */
const UNUSED = 100

/** Creates records of all models in one transaction, in an order that relations permit, and deletes them in the reverse order. */
export function allModels(models, world) {
  const other = new World(models, UNUSED)
  const records = other.order.flatMap((model) => other.rows.get(model).map((row) => [model, row]))
  return op(
    'create and delete records of all models',
    async ({ prisma }) => [
      await prisma.$transaction(
        records.map(([model, row]) => prisma[model.property].create({ data: inOrder(other, model, row) })),
      ),
      await prisma.$transaction(
        records.toReversed().map(([model, row]) => prisma[model.property].delete({ where: model.where(row) })),
      ),
    ],
    { generated: world.generated },
  )
}

/** Returns the data of a row without references to models whose records are created later. */
function inOrder(world, model, row) {
  const position = world.order.indexOf(model)
  const later = model.parents.filter(({ target }) => world.order.indexOf(target) > position)
  const optional = later.flatMap(({ from }) => from).filter((name) => !model.byName.get(name).isRequired)
  return unchecked(model, row, optional)
}
