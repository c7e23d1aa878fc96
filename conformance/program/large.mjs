// Large data: chunking of bind values, many rows, long texts.
import assert from 'node:assert/strict'
import { op, relational } from '../lib/operations.mjs'

const range = (from, count) => Array.from({ length: count }, (_, i) => from + i)
const rows = range(1000, 20_000).map((id) => ({ id, n: id % 7, label: id % 3 ? `label ${id}` : null }))

export default [
  op('createMany of 20,000 rows', ({ prisma }) => prisma.bulk.createMany({ data: rows })),
  op('createMany of 20,000 rows with a duplicate in the last chunk', async ({ prisma, attempt }) => [
    await attempt('P2002', () => prisma.bulk.createMany({ data: [...rows, { id: 1, n: 0 }] })),
    await prisma.bulk.count(),
  ]),
  op('createManyAndReturn of 12,000 rows', async ({ prisma }) =>
    (await prisma.bulk.createManyAndReturn({ data: rows.slice(0, 12_000) })).map((row) => row.id),
  ),
  op(
    'reading 20,000 rows',
    async ({ prisma, sql }) => {
      await sql(`insert into "Bulk" select i, i % 7, 'row ' || i from generate_series(1000, 20999) i`)
      return prisma.bulk.findMany({ orderBy: { id: 'asc' } })
    },
    { state: false },
  ),
  op(
    'in with 40,000 values',
    ({ prisma }) => prisma.bulk.findMany({ where: { id: { in: range(50, 40_000) } }, orderBy: { id: 'asc' } }),
    { flawed: { client6: 'it does not split statements' } },
  ),
  op('in with 40,000 values, without an order', async ({ prisma }) =>
    (await prisma.bulk.findMany({ where: { id: { in: range(1, 40_000) } } }))
      .map((row) => row.id)
      .sort((a, b) => a - b),
  ),
  op(
    'in with 40,000 values, ordered by another column',
    ({ prisma }) =>
      prisma.bulk.findMany({ where: { id: { in: range(1, 40_000) } }, orderBy: [{ n: 'desc' }, { id: 'asc' }] }),
    { flawed: { client6: 'it does not split statements' } },
  ),
  op('in with 40,000 values, count', ({ prisma, outcome }) =>
    outcome(() => prisma.bulk.count({ where: { id: { in: range(50, 40_000) } } })),
  ),
  op('in with 40,000 values, page', ({ prisma, outcome }) =>
    outcome(() =>
      prisma.bulk.findMany({ where: { id: { in: range(50, 40_000) } }, orderBy: { id: 'asc' }, take: 3, skip: 1 }),
    ),
  ),
  op('in with 40,000 values, aggregate', ({ prisma, outcome }) =>
    outcome(() => prisma.bulk.aggregate({ where: { id: { in: range(50, 40_000) } }, _sum: { n: true } })),
  ),
  op(
    'in with 40,000 strings',
    ({ prisma }) =>
      prisma.bulk.findMany({
        where: { label: { in: range(90, 40_000).map((i) => `row ${i}`) } },
        orderBy: { id: 'asc' },
      }),
    { flawed: { client6: 'it does not split statements' } },
  ),
  op('notIn with 40,000 values', ({ prisma, outcome }) =>
    outcome(() => prisma.bulk.findMany({ where: { id: { notIn: range(50, 40_000) } }, orderBy: { id: 'asc' } })),
  ),
  op('two long lists in one filter', ({ prisma, outcome }) =>
    outcome(() =>
      prisma.bulk.findMany({
        where: { id: { in: range(50, 20_000) }, n: { in: range(0, 20_000) } },
        orderBy: { id: 'asc' },
      }),
    ),
  ),
  op(
    'updateMany with 40,000 values',
    async ({ prisma }) => [
      await prisma.bulk.updateMany({ where: { id: { in: range(50, 40_000) } }, data: { label: 'hit' } }),
      await prisma.bulk.count({ where: { label: 'hit' } }),
    ],
    { flawed: { client6: 'it does not split statements' } },
  ),
  op(
    'deleteMany with 40,000 values',
    async ({ prisma }) => [
      await prisma.bulk.deleteMany({ where: { id: { in: range(50, 40_000) } } }),
      await prisma.bulk.count(),
    ],
    { flawed: { client6: 'it does not split statements' } },
  ),
  op(
    'updateManyAndReturn with 40,000 values',
    async ({ prisma }) =>
      (await prisma.bulk.updateManyAndReturn({ where: { id: { in: range(50, 40_000) } }, data: { n: 1 } }))
        .map((row) => row.id)
        .sort((a, b) => a - b),
    { since: 6, flawed: { client6: 'it does not split statements' } },
  ),
  op('32,766 and 32,767 and 32,768 values', async ({ prisma, outcome }) => {
    const results = []
    for (const count of [32_765, 32_766, 32_767, 32_768, 65_533])
      results.push(
        await outcome(async () => (await prisma.bulk.findMany({ where: { id: { in: range(99, count) } } })).length),
      )
    return results
  }),
  op(
    'more values than one statement takes',
    ({ prisma }) => prisma.bulk.findMany({ where: { id: { in: range(99, 70_000) } } }),
    {
      expectDifference: 'the official executor does not split statements, so that PostgreSQL refuses them',
      expect: ({ error, value }) => {
        if (error) throw error
        assert.equal(value.length, 2)
      },
    },
  ),
  op('more raw parameters than PostgreSQL takes', ({ prisma, Prisma, outcome }) =>
    outcome(() => prisma.$queryRaw`select count(*) from "Bulk" where id in (${Prisma.join(range(1, 40_000))})`),
  ),
  op(
    'raw array parameter of 40,000 values',
    ({ prisma }) => prisma.$queryRaw`select count(*)::int from "Bulk" where id = any(${range(1, 40_000)})`,
  ),
  op('connect of 300 records', async ({ prisma, sql }) => {
    await sql(`insert into "Category" (id, name) select i, 'c' || i from generate_series(100, 399) i`)
    return prisma.post.update({
      where: { id: 2 },
      data: { categories: { connect: range(100, 300).map((id) => ({ id })) } },
      select: { _count: true },
    })
  }),
  relational(
    'children of 2,000 parents',
    async ({ prisma, sql }) => {
      await sql(
        `insert into "User" (id, email) select i, 'u' || i from generate_series(100, 2099) i; insert into "Post" (id, title, "authorId") select i, 't' || i, 100 + i % 2000 from generate_series(100, 6099) i`,
      )
      return prisma.user.findMany({
        orderBy: { id: 'asc' },
        select: { id: true, posts: { orderBy: { id: 'desc' }, take: 2, select: { id: true } } },
      })
    },
    { state: false },
  ),
  op('a filter with 500 conditions', ({ prisma }) =>
    prisma.bulk.findMany({
      where: { OR: range(1, 500).map((id) => ({ AND: [{ id }, { n: id % 10 }] })) },
      orderBy: { id: 'asc' },
      select: { id: true },
    }),
  ),
  op('a row of many wide columns', async ({ prisma, sql }) => {
    const columns = range(0, 800)
      .map((i) => `'v${i}' as c${i}`)
      .join(',')
    return prisma.$queryRawUnsafe(`select ${columns}`)
  }),
]
