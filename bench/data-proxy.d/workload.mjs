// Reads and writes of a typical app, with different ids and data each time; counts how many reuse a compiled plan.
import { Decimal } from '@prisma/client/runtime/library.js'

const PASSES = 60

/** `n` is a different number each time. The seed contains users 1000 to 5999 and posts 10000 to 19999. */
const operations = {
  'findUnique by id': (p, n) => p.user.findUnique({ where: { id: user(n) } }),
  'findUnique by email': (p, n) => p.user.findUnique({ where: { email: `user${user(n)}@example.com` } }),
  'findUnique with select': (p, n) =>
    p.post.findUniqueOrThrow({ where: { id: post(n) }, select: { title: true, author: { select: { name: true } } } }),
  'findUnique, several in one tick': (p, n) =>
    Promise.all([0, 1, 2].slice(n % 2).map((i) => p.user.findUnique({ where: { id: user(n + i) } }))),
  findFirst: (p, n) => p.user.findFirst({ where: { age: { gt: n % 50 }, name: { not: `nobody ${n}` } }, orderBy: { id: 'desc' } }),
  'findMany, a page': (p, n) =>
    p.post.findMany({ where: { authorId: { gte: user(n) } }, orderBy: { id: 'asc' }, skip: n % 30, take: 5 + (n % 3) * 5 }),
  'findMany, from a cursor': (p, n) => p.post.findMany({ cursor: { id: post(n) }, orderBy: { id: 'asc' }, take: 5 }),
  'findMany, one of a list': (p, n) =>
    p.user.findMany({ where: { id: { in: Array.from({ length: 1 + (n % 8) }, (_, i) => user(n + i)) } } }),
  'findMany, text': (p, n) => p.user.findMany({ where: { email: { contains: `r${user(n)}@` } }, take: 3 }),
  'findMany, OR': (p, n) =>
    p.post.findMany({ where: { OR: [{ id: post(n) }, { title: `Post number ${post(n + 1)}`, published: n % 2 === 0 }] } }),
  'findMany, dates and decimals': (p, n) =>
    p.post.findMany({
      where: { createdAt: { lt: new Date(1770000000000 + n * 1000) }, score: { gt: new Decimal(n).div(8) } },
      take: 3,
    }),
  'findMany with include': (p, n) =>
    p.user.findMany({ where: { id: user(n) }, include: { posts: { where: { title: { startsWith: `Post ${n}` } }, take: 2 } } }),
  'findMany, relation filter': (p, n) =>
    p.user.findMany({ where: { id: user(n), posts: { some: { published: true, id: { gt: post(n) } } } } }),
  count: (p, n) => p.post.count({ where: { authorId: user(n) } }),
  aggregate: (p, n) => p.user.aggregate({ where: { id: { lt: user(n) } }, _avg: { age: true } }),
  groupBy: (p, n) =>
    p.user.groupBy({ by: ['age'], where: { id: { lt: 1000 + n } }, _count: true, having: { age: { gt: n % 20 } } }),
  create: (p, n) => p.user.create({ data: newUser(n, 'a') }),
  'create without optional fields': (p, n) => p.user.create({ data: { email: `b${n}@example.net`, age: n } }),
  'create with posts': (p, n) =>
    p.user.create({ data: { ...newUser(n, 'c'), posts: { create: [newPost(n), newPost(n + 1)] } }, include: { posts: true } }),
  'create, connected': (p, n) => p.post.create({ data: { ...newPost(n), author: { connect: { id: user(n) } } } }),
  createMany: (p, n) => p.post.createMany({ data: [0, 1, 2].map((i) => ({ ...newPost(n + i), authorId: user(n + i) })) }),
  update: (p, n) => p.user.update({ where: { id: user(n) }, data: { name: `changed ${n}` } }),
  'update to null or text': (p, n) => p.user.update({ where: { id: user(n) }, data: { name: n % 2 ? null : `changed ${n}` } }),
  'update by an increment': (p, n) => p.user.update({ where: { id: user(n) }, data: { age: { increment: n % 9 } } }),
  'update with a decimal': (p, n) =>
    p.post.update({ where: { id: post(n) }, data: { score: new Decimal(n).div(8), published: n % 2 === 0 } }),
  'update with a number for a decimal': (p, n) => p.post.update({ where: { id: post(n) }, data: { score: n / 8 } }),
  updateMany: (p, n) => p.post.updateMany({ where: { authorId: user(n) }, data: { title: `Post ${n}` } }),
  upsert: (p, n) => p.user.upsert({ where: { email: `d${n % 40}@example.net` }, create: newUser(n % 40, 'd'), update: { age: n } }),
  delete: async (p, n) =>
    p.post.delete({ where: { id: (await p.post.create({ data: { ...newPost(n), authorId: user(n) } })).id } }),
  deleteMany: (p, n) => p.user.deleteMany({ where: { email: `nobody${n}@example.net` } }),
  '$transaction of a list': (p, n) =>
    p.$transaction([
      p.user.update({ where: { id: user(n) }, data: { age: n % 90 } }),
      p.post.count({ where: { authorId: user(n) } }),
    ]),
  '$transaction with a function': (p, n) =>
    p.$transaction(async (t) => {
      const { age } = await t.user.findUniqueOrThrow({ where: { id: user(n) } })
      await t.user.update({ where: { id: user(n) }, data: { age: age + 1 } })
    }),
}

const user = (n) => 1000 + ((n * 37) % 4990)
const post = (n) => 10000 + ((n * 37) % 9990)
const newUser = (n, kind) => ({ email: `${kind}${n}@example.net`, name: `new ${n}`, age: n % 90 })
const newPost = (n) => ({ title: `New ${n}`, body: `text ${n}`, published: n % 2 === 0, score: new Decimal(n).div(4) })

/**
 * Runs the workload. Returns `{reused, compiled, operations}`, where `operations` has `[name, compiled, queries]` for each
 * operation. The first compilation of each plan is included.
 */
export async function runWorkload(prisma, hasten) {
  const counts = new Map(Object.keys(operations).map((name) => [name, { reused: 0, compiled: 0 }]))
  let before = await hasten.planLookups()
  for (let n = 1; n <= PASSES; n++) {
    for (const [name, operation] of Object.entries(operations)) {
      await operation(prisma, n)
      const after = await hasten.planLookups()
      const count = counts.get(name)
      count.reused += after.reused - before.reused
      count.compiled += after.compiled - before.compiled
      before = after
    }
  }
  const sum = (plan) => [...counts.values()].reduce((total, count) => total + count[plan], 0)
  return {
    reused: sum('reused'),
    compiled: sum('compiled'),
    operations: [...counts].map(([name, { reused, compiled }]) => [name, compiled, reused + compiled]),
  }
}
