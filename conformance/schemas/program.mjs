// The operations for all models of a schema, in the form that compare.mjs runs.
import { ddlOf } from '../lib/databases.mjs'
import { DEPARTURES } from './departures.mjs'
import { nestedWrites } from './operations/nested.mjs'
import { reads } from './operations/reads.mjs'
import { relationReads } from './operations/relations.mjs'
import { allModels, transactions } from './operations/transactions.mjs'
import { writes } from './operations/writes.mjs'
import { readModels } from './models.mjs'
import { World } from './world.mjs'

/**
 * Returns the program of a schema.
 * @param source the result of readSource
 * @param sample the number of models to test, evenly chosen from all; by default all
 */
export async function programOf(source, sample) {
  const schema = source.schemaFor()
  const models = await readModels(source.path, schema)
  const world = new World(models)
  return {
    title: `schema ${source.title}`,
    source,
    setUp: async (databaseUrl) => ({
      ddl: await ddlOf(source.path, schema, databaseUrl),
      extra: '',
      seed: world.seed(),
    }),
    load: (pattern) => operations(source, models, world, sample).filter(({ title }) => !pattern || pattern.test(title)),
  }
}

function operations(source, models, world, sample = models.size) {
  const strategies = source.features.includes('relationJoins') ? ['join', 'query'] : [undefined]
  const titled = (name, operation) => {
    const title = `${source.title}/${name}${operation.name}`
    const [, flawed = {}] = DEPARTURES.find(([titles]) => titles.test(title)) ?? []
    return { operation: { ...operation, flawed }, variant: 'query', title }
  }
  const chosen = every(models.size / sample, [...models.values()])
  return [
    ...chosen.flatMap((model) =>
      [
        ...reads(model, world),
        ...relationReads(model, world, strategies),
        ...writes(model, world),
        ...nestedWrites(model, world),
        ...transactions(model, world),
      ].map((operation) => titled(`${model.name}/`, operation)),
    ),
    ...(sample < models.size ? [] : [titled('', allModels(models, world))]),
  ]
}

/** Returns every n-th element, starting within the first n; n may be a fraction. */
const every = (n, list) => list.filter((_, i) => Math.floor((i + n / 2) / n) !== Math.floor((i - 1 + n / 2) / n))
