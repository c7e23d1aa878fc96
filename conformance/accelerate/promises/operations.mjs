// Every cacheable operation is cached: the second call is a fresh hit with equal data.
import assert from 'node:assert/strict'
import { encode } from '../../lib/encode.mjs'

const HOUR = 3600
const asc = { id: 'asc' }
const date = new Date('2024-01-03T10:00:00Z')

/** Model, operation and arguments. `D` creates a Decimal. */
const cases = ({ Prisma }) => {
  const D = (text) => new Prisma.Decimal(text)
  return {
    'findUnique by id': ['user', 'findUnique', { where: { id: 1 } }],
    'findUnique of no row': ['user', 'findUnique', { where: { id: 99 } }],
    'findUnique by unique columns': [
      'post',
      'findUnique',
      { where: { authorId_title: { authorId: 1, title: 'beta' } } },
    ],
    'findUnique by a composite id': ['invoice', 'findUnique', { where: { key: { year: 2023, number: 2 } } }],
    'findUnique with select': ['user', 'findUnique', { where: { email: 'bob@x.test' }, select: { name: true } }],
    'findUnique with include': ['user', 'findUnique', { where: { id: 1 }, include: { posts: true, profile: true } }],
    findUniqueOrThrow: ['user', 'findUniqueOrThrow', { where: { id: 2 } }],
    'findUniqueOrThrow with include': ['post', 'findUniqueOrThrow', { where: { id: 1 }, include: { author: true } }],
    findFirst: ['post', 'findFirst', { where: { published: true }, orderBy: { views: 'desc' } }],
    'findFirst of no row': ['post', 'findFirst', { where: { title: 'none' } }],
    'findFirst with include': ['post', 'findFirst', { include: { comments: { orderBy: asc } }, orderBy: asc }],
    findFirstOrThrow: ['post', 'findFirstOrThrow', { where: { views: { gt: 5 } }, orderBy: asc }],
    findMany: ['user', 'findMany', { orderBy: asc }],
    'findMany of no row': ['user', 'findMany', { where: { id: { in: [] } } }],
    'findMany with omit': ['user', 'findMany', { orderBy: asc, omit: { email: true } }],
    'nested includes': [
      'user',
      'findMany',
      {
        orderBy: asc,
        include: {
          posts: { orderBy: asc, include: { categories: { orderBy: asc }, comments: { orderBy: asc, take: 1 } } },
          profile: { include: { badge: true } },
          manager: { select: { name: true } },
          followers: { orderBy: asc, select: { id: true } },
        },
      },
    ],
    'counts of relations': ['user', 'findMany', { orderBy: asc, select: { _count: { select: { posts: true } } } }],
    'filters on relations': [
      'user',
      'findMany',
      {
        orderBy: asc,
        where: {
          OR: [
            { posts: { some: { comments: { some: { text: { contains: 'o' } } } } } },
            { posts: { none: {} }, profile: { is: null } },
            { followers: { every: { age: { gt: 30 } } } },
          ],
          NOT: { name: 'nobody' },
        },
      },
    ],
    'text filters': [
      'post',
      'findMany',
      {
        orderBy: asc,
        where: {
          OR: [
            { title: { startsWith: 'A' } },
            { title: { endsWith: 'a', mode: 'insensitive' } },
            { body: { contains: '50%' } },
            { title: { in: ['beta', 'delta'] } },
            { title: { notIn: ['x'], not: 'y' } },
            { body: null },
            { body: { equals: 'delete from "Post"; -- $1' } },
          ],
        },
      },
    ],
    'full-text search': ['article', 'findMany', { orderBy: asc, where: { text: { search: 'cat & dog' } } }],
    'order by relevance': [
      'article',
      'findMany',
      { orderBy: [{ _relevance: { fields: ['text'], search: 'cat', sort: 'desc' } }, asc] },
    ],
    'number and date filters': [
      'post',
      'findMany',
      { orderBy: asc, where: { createdAt: { gte: date }, views: { gt: 5, lte: 100 }, rating: { lt: D('1e30') } } },
    ],
    'bigint and bytes filters': [
      'comment',
      'findMany',
      { orderBy: asc, where: { OR: [{ big: 9007199254740993n }, { bytes: Buffer.from([1]) }, { dec: D('1.1') }] } },
    ],
    'json filters': [
      'scalar',
      'findMany',
      {
        orderBy: asc,
        where: {
          OR: [
            { json: { path: ['b', 'c'], array_contains: 2 } },
            { json: { path: ['s'], string_contains: 'tri' } },
            { json: { equals: [] } },
            { json: { path: ['a'], gt: 1 } },
          ],
        },
      },
    ],
    'list filters': [
      'list',
      'findMany',
      { orderBy: asc, where: { OR: [{ str: { has: 'a' } }, { int: { hasSome: [2] } }, { big: { isEmpty: true } }] } },
    ],
    'comparison of columns': [
      'guarded',
      'findMany',
      ({ prisma }) => ({ where: { amount: { lt: prisma.guarded.fields.hi } } }),
    ],
    'order by several columns and relations': [
      'post',
      'findMany',
      {
        orderBy: [
          { author: { name: 'asc' } },
          { rating: { sort: 'desc', nulls: 'last' } },
          { comments: { _count: 'desc' } },
          asc,
        ],
      },
    ],
    distinct: ['post', 'findMany', { distinct: ['authorId', 'published'], orderBy: asc }],
    'skip and take': ['post', 'findMany', { orderBy: asc, skip: 1, take: 3 }],
    'take from the end': ['post', 'findMany', { orderBy: asc, take: -2 }],
    cursor: ['post', 'findMany', { orderBy: [{ views: 'asc' }, asc], cursor: { id: 4 }, skip: 1, take: 2 }],
    'all scalar types': ['scalar', 'findMany', { orderBy: asc }],
    'lists of all scalar types': ['list', 'findMany', { orderBy: asc }],
    'renamed models, columns and enum values': [
      'account',
      'findMany',
      {
        orderBy: asc,
        where: { role: { in: ['ADMIN', 'visitor'] } },
        include: { invoices: { include: { lines: true } } },
      },
    ],
    'keys of type BigInt': ['keyedByBig', 'findMany', { orderBy: asc, include: { items: { orderBy: asc } } }],
    'keys of type Decimal': ['keyedByDec', 'findMany', { orderBy: asc, include: { items: { orderBy: asc } } }],
    'keys of type DateTime': ['keyedByDate', 'findMany', { orderBy: asc }],
    'keys of type Bytes': ['keyedByBytes', 'findMany', { orderBy: asc }],
    'keys of type uuid': ['uuidKey', 'findMany', { orderBy: asc, include: { children: true } }],
    'a view': ['postStat', 'findMany', { orderBy: { authorId: 'asc' } }],
    count: ['post', 'count', {}],
    'count with a filter': ['post', 'count', { where: { author: { is: { age: { gt: 30 } } } } }],
    'count of columns': ['post', 'count', { select: { _all: true, body: true } }],
    'count of a page': ['post', 'count', { skip: 1, take: 3, orderBy: asc }],
    aggregate: [
      'sale',
      'aggregate',
      {
        where: { ok: { not: false } },
        _count: true,
        _sum: { amount: true, cost: true, big: true },
        _avg: { price: true, cost: true },
        _min: { day: true, region: true },
        _max: { cost: true, big: true },
      },
    ],
    'aggregate of a page': ['sale', 'aggregate', { orderBy: asc, skip: 1, take: 3, _sum: { amount: true } }],
    groupBy: [
      'sale',
      'groupBy',
      {
        by: ['region', 'color'],
        _sum: { amount: true, cost: true },
        _count: { _all: true, product: true },
        having: { amount: { _avg: { gt: 0 } } },
        orderBy: [{ region: 'asc' }, { color: 'asc' }],
        take: 5,
      },
    ],
  }
}

/** Unlike deepEqual, distinguishes all types of values, and -0 from 0. */
function assertSame(actual, expected, message) {
  assert.deepStrictEqual(encode(actual), encode(expected), message)
}

function cached([model, operation, args], variant) {
  return async (stage) => {
    const prisma = stage.client(variant)
    const call = async (cacheStrategy) => {
      const given = typeof args === 'function' ? args({ prisma }) : args
      const { data, info } = await prisma[model][operation]({ ...given, cacheStrategy }).withAccelerateInfo()
      return { data, status: info.cacheStatus }
    }
    const plain = await call()
    const miss = await call({ ttl: HOUR, swr: 60 })
    const hit = await call({ ttl: HOUR })
    const stale = await call({ swr: HOUR })
    assert.deepEqual([plain.status, miss.status, hit.status, stale.status], ['none', 'miss', 'ttl', 'swr'])
    assertSame(miss.data, plain.data)
    assertSame(hit.data, plain.data)
    assertSame(stale.data, plain.data)
  }
}

const promises = {}
for (const variant of ['query', 'join']) {
  for (const name of Object.keys(cases({ Prisma: { Decimal: class {} } }))) {
    promises[`${name} [${variant}]`] = (stage) => cached(cases(stage)[name], variant)(stage)
  }
}

export default promises
