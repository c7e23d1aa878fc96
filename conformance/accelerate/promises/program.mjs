// Runs each read of the Prisma 7 program twice: no SQL that Prisma generates for a read may be mistaken for a write.
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { encode } from '../../lib/encode.mjs'
import { outcomeOf } from '../../lib/operations.mjs'
import { loadProgram } from '../../compare.mjs'

const HOUR = 3600
const THEMES = [
  'aggregates',
  'enums',
  'filters',
  'json',
  'large',
  'lists',
  'native-types',
  'pagination',
  'relations',
  'scalars',
]
const CACHEABLE = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

/**
 * An extension that repeats each cacheable call twice with a strategy, using another client, and reports misses and
 * different results.
 */
function doubt(client, reports) {
  return {
    query: {
      $allModels: {
        async $allOperations({ model, operation, args, query }) {
          const answer = await query(args)
          if (!CACHEABLE.has(operation)) return answer
          const delegate = client[model[0].toLowerCase() + model.slice(1)]
          const read = () => delegate[operation]({ ...args, cacheStrategy: { ttl: HOUR } }).withAccelerateInfo()
          const plain = await delegate[operation](args)
          await read()
          const { data, info } = await read()
          // No info means that the call was sent in a batch, which has no strategy.
          if (info?.cacheStatus === 'ttl') reports.hits++
          else if (info) reports.misses.push(`${model}.${operation} was ${info.cacheStatus}`)
          if (!isDeepStrictEqual(encode(data), encode(plain))) reports.differences.push(`${model}.${operation} differs`)
          return answer
        },
      },
    },
  }
}

async function sweep(stage, theme) {
  let hits = 0
  const problems = []
  for (const { operation, variant, title } of await loadProgram(new RegExp(`^${theme}/`))) {
    if (operation.since > stage.major) continue
    const reports = { hits: 0, misses: [], differences: [] }
    const open = (options) =>
      stage.open({ variant, ...options, extension: doubt(stage.open({ variant, ...options }), reports) })
    const mark = await stage.database.writeMark()
    await outcomeOf(() =>
      operation.run({
        prisma: open(),
        Prisma: stage.modules[variant].Prisma,
        variant,
        sql: (text, params) => stage.sql(text, params),
        attempt: (code, fn) => outcomeOf(fn),
        outcome: outcomeOf,
        client: open,
      }),
    )
    hits += reports.hits
    problems.push(...reports.misses.map((text) => `${title}: ${text}`))
    // An older entry may differ if the operation has written something.
    if ((await stage.database.writeMark()) !== mark) await stage.restore()
    else problems.push(...reports.differences.map((text) => `${title}: ${text}`))
  }
  assert.deepEqual(problems, [])
  assert.ok(hits > 10, `only ${hits} hits`)
}

export default Object.fromEntries(
  THEMES.map((theme) => [
    `every read of the program’s ${theme} is a hit the second time`,
    (stage) => sweep(stage, theme),
  ]),
)
