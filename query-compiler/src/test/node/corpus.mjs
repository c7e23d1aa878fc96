// Requests as clients send them, over the schema of conformance/prisma7: [name, request], a batch being a request with
// `batch`. A string is sent as it is.

const all = { $scalars: true, $composites: true }
const one = (modelName, action, args = {}, selection = all) => ({ modelName, action, query: { arguments: args, selection } })
const nested = (selection = all, args = {}) => ({ arguments: args, selection })
const $ = (type, value) => ({ $type: type, value })
const param = (name, type, inner) => $('Param', inner ? { name, type, inner } : { name, type })
const field = (container, ref) => $('FieldRef', { _ref: ref, _container: container })

const models = {
  Scalar: 'id', List: 'id', ListDefault: 'id', Native: 'id', NativeList: 'id', Generated: 'serial', UuidKey: 'id',
  Account: 'id', Invoice: 'year', Line: 'id', User: 'id', Profile: 'id', Badge: 'id', Post: 'id', Comment: 'id',
  Category: 'id', Team: 'id', Member: 'teamId', Owner: 'id', Needed: 'id', Thing: 'id', Sale: 'id', Counter: 'id',
  Bulk: 'id', KeyedByBytes: 'id', KeyedByDate: 'id', KeyedByBig: 'id', BigItem: 'id', KeyedByDec: 'id', DecItem: 'id',
  Guarded: 'id', Drifted: 'id', Gone: 'id', Unsupported: 'id', Article: 'id', PostStat: 'authorId',
}

function* everyModel() {
  for (const [model, key] of Object.entries(models)) {
    yield one(model, 'findMany')
    yield one(model, 'findFirst', { orderBy: [{ [key]: 'desc' }], skip: 1, take: -1, distinct: [key] })
    yield one(model, 'aggregate', {}, { _count: nested({ _all: true }) })
    yield one(model, 'deleteMany', { where: {} }, { count: true })
  }
}

const post = { title: 't', author: { connect: { id: 1 } } }

const reads = [
  one('User', 'findUnique', { where: { id: 1 } }),
  one('User', 'findUnique', { where: { email: 'é"\\\n\u0001𝄞@example.com' } }),
  one('User', 'findUniqueOrThrow', { where: { id: 1, name: 'Ann' } }, { id: true, name: true }),
  one('User', 'findFirstOrThrow', { where: { NOT: { name: null } } }),
  one('User', 'findMany', { where: { id: { in: [1, 2, 3] } } }, { ...all, posts: nested() }),
  one('User', 'findMany', { where: { id: { in: [] } } }),
  one('User', 'findMany', { where: { id: { notIn: [1, 2] } } }),
  one('User', 'findMany', { where: { OR: [{ name: { contains: '%_', mode: 'insensitive' } }, { age: { gte: 18, lt: 65 } }] } }),
  one('User', 'findMany', { where: { AND: [], OR: [], NOT: [] } }),
  one('User', 'findMany', { where: { name: { startsWith: 'A', endsWith: 'z', not: 'Az' } } }),
  one('User', 'findMany', { where: { OR: [{ tags: { has: 'x' } }, { tags: { hasSome: ['a'] } }, { tags: { hasEvery: ['b', 'c'] } }, { tags: { isEmpty: false } }] } }),
  one('User', 'findMany', { where: { posts: { some: { published: true, comments: { none: { userId: null } } } } } }),
  one('User', 'findMany', { where: { posts: { every: { views: { gt: 3 } } }, profile: { is: null } } }),
  one('User', 'findMany', { where: { manager: { isNot: { name: 'x' } } } }),
  one('User', 'findMany', { where: { age: { equals: field('User', 'version') } } }),
  one('User', 'findMany', { orderBy: [{ name: { sort: 'asc', nulls: 'last' } }, { posts: { _count: 'desc' } }, { manager: { name: 'asc' } }] }),
  one('User', 'findMany', { cursor: { id: 7 }, take: -3, skip: 1 }),
  one('User', 'findMany', { take: 0 }),
  one('User', 'findMany', { take: 9007199254740995n }),
  one('User', 'findMany', {}, { id: true, _count: nested({ posts: true, follows: nested(undefined, { where: { id: 3 } }) }) }),
  one('User', 'findMany', {}, { id: true, _count: nested({ posts: true }) }),
  one('User', 'findMany', {}, { name: false, ...all }),
  one('User', 'findMany', { take: 3 }, { ...all, posts: nested({ ...all, comments: nested(all, { take: 2, orderBy: { at: 'desc' } }), categories: nested() }, { take: 2, skip: 1, where: { published: true } }) }),
  one('User', 'findMany', {}, { ...all, profile: nested({ ...all, badge: nested() }), manager: nested({ ...all, manager: nested() }), follows: nested(), followers: nested({ id: true }) }),
  one('User', 'findUnique', { where: { id: 1 } }, { posts: nested(all, { cursor: { id: 1 }, distinct: ['title'] }) }),
  one('Post', 'findUnique', { where: { authorId_title: { authorId: 1, title: 'a' } } }),
  one('Invoice', 'findUnique', { where: { key: { year: 2024, number: 1 } } }, { ...all, lines: nested(), account: nested() }),
  one('Member', 'findUnique', { where: { teamId_userId: { teamId: 1, userId: 2 } } }, { ...all, team: nested(), user: nested() }),
  one('Thing', 'findUnique', { where: { codeOfOwner: { code: 'a', ownerName: 'b' } } }),
  one('Scalar', 'findMany', { where: { json: { path: ['a', 'b'], equals: $('Json', '{"x":[1,null]}') } } }),
  one('Scalar', 'findMany', { where: { json: { equals: $('Enum', 'DbNull') } } }),
  one('Scalar', 'findMany', { where: { json: { string_contains: 'x', path: ['a'] } } }),
  one('Scalar', 'findMany', { where: { big: $('BigInt', '9223372036854775807'), dec: $('Decimal', '12.5000'), float: 1e300 } }),
  one('Scalar', 'findMany', { where: { float: 0.1, int: -2147483648 } }),
  one('Scalar', 'findMany', { where: { float: { in: [1.5, -0, 1e21, 1e-7, 123456789012345680000] } } }),
  one('Scalar', 'findMany', { where: { bytes: $('Bytes', 'AQID'), date: $('DateTime', '2020-01-01T00:00:00.123Z') } }),
  one('Scalar', 'findMany', { where: { date: { lt: '2020-01-01T00:00:00+02:00' } } }),
  one('Scalar', 'findMany', { where: { color: { in: ['RED', 'BLUE'] }, role: 'ADMIN', bool: { not: true } } }),
  one('Native', 'findMany', { where: { uuid: '5f0a1c1e-0c9d-4d3a-9d53-000000000000', date: $('DateTime', '2020-01-01T00:00:00.000Z'), inet: '10.0.0.1' } }),
  one('KeyedByBytes', 'findUnique', { where: { id: $('Bytes', 'AQID') } }),
  one('KeyedByDate', 'findUnique', { where: { id: $('DateTime', '2020-01-01T00:00:00.000Z') } }),
  one('KeyedByBig', 'findUnique', { where: { id: $('BigInt', '9007199254740993') } }, { ...all, items: nested() }),
  one('KeyedByDec', 'findMany', { where: { id: { gt: $('Decimal', '-0.10') } } }, { ...all, items: nested() }),
  one('Article', 'findMany', { where: { title: { search: 'cat & dog' } } }),
  one('Article', 'findMany', { orderBy: { _relevance: { fields: ['title', 'text'], search: 'cat', sort: 'desc' } } }),
  one('PostStat', 'findMany', { where: { posts: { gte: 2 } } }),
  one('Sale', 'aggregate', { where: { amount: { gt: 1 } } }, { _sum: nested({ amount: true, cost: true }), _avg: nested({ price: true }), _min: nested({ day: true }), _max: nested({ big: true }), _count: nested({ _all: true, color: true }) }),
  one('Sale', 'groupBy', { by: ['region', 'color'], orderBy: [{ region: 'asc' }], having: { amount: { _sum: { gt: 10 } } }, take: 3 }, { region: true, color: true, _count: nested({ _all: true }), _sum: nested({ amount: true }) }),
  one('Sale', 'groupBy', { by: ['region'] }, { region: true }),
  one('User', 'findMany', { where: { id: { gt: 1 } }, orderBy: { id: 'asc' }, distinct: ['name', 'age'] }),
]

const writes = [
  one('User', 'createOne', { data: { email: 'a@b.c', tags: { set: ['a', 'b'] } } }),
  one('User', 'createOne', { data: { email: 'a', posts: { create: [{ title: 't', comments: { createMany: { data: [{ text: 'x' }], skipDuplicates: true } } }] }, manager: { connect: { id: 1 } } } }, { ...all, posts: nested() }),
  one('Post', 'createOne', { data: { ...post, categories: { connectOrCreate: [{ where: { name: 'c' }, create: { name: 'c', color: 'RED' } }] } } }),
  one('Post', 'createOne', { data: { title: 't', authorId: 1 } }),
  one('Generated', 'createOne', { data: {} }),
  one('Generated', 'createMany', { data: [{}, { label: 'x' }, { uuid: 'y', json: $('Json', '[1]') }] }, { count: true }),
  one('ListDefault', 'createOne', { data: { id: 1 } }),
  one('List', 'createOne', { data: { id: 1, str: ['a'], big: { set: [$('BigInt', '1')] }, bytes: [$('Bytes', 'AQID')], json: [$('Json', '1')], color: ['RED'], date: [$('DateTime', '2020-01-01T00:00:00.000Z')] } }),
  one('Scalar', 'createOne', { data: { id: 1, json: $('Enum', 'JsonNull'), dec: $('Decimal', '1e3'), bytes: $('Bytes', ''), float: 3 } }),
  one('Scalar', 'createOne', { data: { id: 1, json: $('Json', '{"$type":"Raw","k":"\\u2028 é"}') } }),
  one('UuidKey', 'createOne', { data: { name: 'r', children: { create: { name: 'c' } } } }),
  one('Bulk', 'createMany', { data: Array.from({ length: 50 }, (_, id) => ({ id, n: id * 2, label: id % 2 ? null : `l${id}` })), skipDuplicates: true }, { count: true }),
  one('Bulk', 'createManyAndReturn', { data: [{ id: 1, n: 1 }, { id: 2, n: 2, label: 'x' }] }),
  one('User', 'updateOne', { where: { id: 1 }, data: { name: 'x', age: { increment: 1 }, tags: { push: 'c' } } }),
  one('User', 'updateOne', { where: { id: 1 }, data: { posts: { update: { where: { id: 1 }, data: { title: 'n' } }, deleteMany: {}, disconnect: undefined, updateMany: [{ where: { views: 1 }, data: { views: { multiply: 2 } } }] } } }),
  one('User', 'updateOne', { where: { id: 1 }, data: { follows: { set: [{ id: 2 }], connect: { id: 3 }, disconnect: { id: 4 } }, profile: { upsert: { create: { bio: 'a' }, update: { bio: 'b' } } } } }, { ...all, follows: nested() }),
  one('User', 'updateOne', { where: { id: 1 }, data: { manager: { disconnect: true }, profile: { delete: true } } }),
  one('Counter', 'updateOne', { where: { id: 1 }, data: { int: { decrement: 1 }, big: { multiply: $('BigInt', '2') }, float: { divide: 2 }, dec: { set: $('Decimal', '1.10') }, ints: { push: [1, 2] } } }),
  one('User', 'updateMany', { where: { age: null }, data: { age: 3 } }, { count: true }),
  one('User', 'updateMany', { where: {}, data: { age: 3 }, limit: 5 }, { count: true }),
  one('User', 'updateManyAndReturn', { where: { id: { lt: 3 } }, data: { name: null } }),
  one('User', 'upsertOne', { where: { id: 1 }, create: { email: 'a' }, update: { name: 'b' } }),
  one('User', 'upsertOne', { where: { email: 'a' }, create: { email: 'a' }, update: {} }),
  one('User', 'upsertOne', { where: { email: 'a' }, create: { email: 'a', posts: { create: { title: 'q' } } }, update: { posts: { create: { title: 'q' } } } }),
  one('User', 'deleteOne', { where: { id: 1 } }),
  one('User', 'deleteOne', { where: { id: 1 } }, { ...all, posts: nested() }),
  one('User', 'deleteMany', { where: { email: { endsWith: '@x' } }, limit: 3 }, { count: true }),
  one('Account', 'updateOne', { where: { email: 'x' }, data: { role: 'visitor', fullName: { set: null } } }),
  one('Owner', 'deleteOne', { where: { name: 'x' } }),
]

const placeholders = [
  one('User', 'findUnique', { where: { id: param('%1', 'Int') } }),
  one('User', 'findMany', { where: { id: { in: param('%1', 'List', { type: 'Int' }) }, name: param('%2', 'String') }, take: 3 }),
  one('User', 'findMany', { take: param('%1', 'Int'), skip: param('%2', 'Int') }),
  one('User', 'createOne', { data: { email: param('%1', 'String'), age: param('%2', 'Int'), score: param('%3', 'Float') } }),
  one('User', 'updateOne', { where: { id: param('%1', 'Int') }, data: { name: param('%2', 'String'), age: { increment: param('%3', 'Int') } } }),
  one('User', 'upsertOne', { where: { email: param('%1', 'String') }, create: { email: param('%1', 'String') }, update: { name: param('%2', 'String') } }),
  one('User', 'upsertOne', { where: { email: param('%1', 'String') }, create: { email: param('%2', 'String') }, update: { name: param('%1', 'String') } }),
  one('Scalar', 'createOne', { data: { id: param('%1', 'Int'), json: param('%2', 'Json'), bytes: param('%3', 'Bytes'), date: param('%4', 'DateTime'), big: param('%5', 'BigInt'), dec: param('%6', 'Float'), bool: param('%7', 'Boolean'), color: param('%8', 'Enum') } }),
  one('Scalar', 'findMany', { where: { color: param('%1', 'Enum'), json: { equals: param('%2', 'Json') } } }),
  one('Post', 'findUnique', { where: { authorId_title: { authorId: param('%1', 'Int'), title: param('%2', 'String') } } }),
  one('Bulk', 'createMany', { data: [{ id: param('%1', 'Int'), n: param('%2', 'Int') }, { id: param('%3', 'Int'), n: param('%2', 'Int') }] }, { count: true }),
  one('User', 'findMany', {}, { ...all, posts: nested(all, { where: { title: { contains: param('%1', 'String') } }, take: 2 }) }),
  one('User', 'findMany', { where: { id: param('%1', 'Wrong') } }),
  one('User', 'findMany', { where: { id: param('%1', 'String') } }),
]

const errors = [
  '',
  '{',
  '[]',
  'null',
  '{}',
  '{"modelName":"User","action":"findMany"}',
  '{"modelName":"User","action":"findMany","query":{"arguments":{"where":{"name":"\\ud800"}},"selection":{}}}',
  '{"modelName":"User","action":"findMany","query":{"arguments":{"take":1e400},"selection":{"$scalars":true}}}',
  one('Nobody', 'findMany'),
  one('User', 'dance'),
  one(undefined, 'findMany'),
  one('User', 'queryRaw', { query: 'SELECT 1', parameters: '[]' }),
  one(undefined, 'queryRaw', { query: 'SELECT $1', parameters: '[1]' }),
  one(undefined, 'executeRaw', { query: 'SELECT 1', parameters: '[]' }),
  one('User', 'findMany', { where: { nope: 1 } }),
  one('User', 'findMany', { wher: {} }),
  one('User', 'findMany', {}, { nope: true }),
  one('User', 'findMany', {}, {}),
  one('User', 'findMany', {}, { posts: true }),
  one('User', 'findUnique', {}),
  one('User', 'findUnique', { where: {} }),
  one('User', 'findUnique', { where: { name: 'x' } }),
  one('User', 'findMany', { where: { id: 'x' } }),
  one('User', 'findMany', { where: { id: 1.5 } }),
  one('User', 'findMany', { where: { id: 2147483648 } }),
  one('User', 'findMany', { where: { id: $('BigInt', 'x') } }),
  one('User', 'findMany', { where: { id: $('Nope', 'x') } }),
  one('User', 'findMany', { take: 'x' }),
  one('User', 'findMany', { skip: -1 }),
  one('User', 'findMany', { orderBy: { id: 'up' } }),
  one('User', 'findMany', { orderBy: { id: 'asc', name: 'asc' } }),
  one('User', 'createOne', { data: {} }),
  one('User', 'createOne', { data: { email: null } }),
  one('Post', 'createOne', { data: { title: 'x' } }),
  one('Scalar', 'createOne', { data: { id: 1, date: 'yesterday' } }),
  one('Scalar', 'createOne', { data: { id: 1, color: 'MAUVE' } }),
  one('Scalar', 'createOne', { data: { id: 1, json: $('Json', '{') } }),
  one('Scalar', 'createOne', { data: { id: 1, bytes: $('Bytes', '!!') } }),
  one('Scalar', 'createOne', { data: { id: 1, dec: $('Decimal', 'NaN') } }),
  one('Unsupported', 'createOne', { data: { id: 1, point: 'x' } }),
  one('User', 'groupBy', { by: [] }, { name: true }),
  one('User', 'groupBy', { by: ['name'] }, { email: true }),
  one('User', 'aggregate', {}, { _sum: nested({ email: true }) }),
  one('User', 'findMany', { where: { age: { equals: field('Post', 'views') } } }),
  one('User', 'findMany', { where: { age: { equals: field('User', 'nope') } } }),
  one('User', 'findMany', { relationLoadStrategy: 'join' }),
]

const users = (...ids) => ids.map((id) => one('User', 'findUnique', { where: { id } }))

const batches = [
  { batch: users(1, 2, 3) },
  { batch: users(1, 1) },
  { batch: users(1) },
  { batch: [] },
  { batch: users(1, 2), transaction: {} },
  { batch: users(1, 2), transaction: { isolationLevel: 'Serializable' } },
  { batch: [...users(1), one('User', 'findUnique', { where: { email: 'x' } })] },
  { batch: [one('User', 'findUniqueOrThrow', { where: { id: 1 } }), one('User', 'findUniqueOrThrow', { where: { id: 2 } })] },
  { batch: [1, 2].map((number) => one('Invoice', 'findUnique', { where: { key: { year: 2024, number } } }, { ...all, lines: nested() })) },
  { batch: [1, 2].map((n) => one('User', 'findUnique', { where: { id: param(`%${n}`, 'Int') } })) },
  { batch: [1, 2].map((id) => one('KeyedByBig', 'findUnique', { where: { id: $('BigInt', `${id}`) } })) },
  { batch: [1, 2].map((n) => one('KeyedByDate', 'findUnique', { where: { id: $('DateTime', `2020-01-0${n}T00:00:00.000Z`) } })) },
  { batch: [one('User', 'createOne', { data: { email: 'a' } }), one('User', 'deleteMany', {}, { count: true })], transaction: {} },
  { batch: [one('User', 'findMany'), one('User', 'findMany', { where: { nope: 1 } })] },
  { batch: [one('Nobody', 'findMany')] },
  { nobatch: [] },
]

const json = (request) =>
  JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? JSON.rawJSON?.(`${value}`) ?? Number(value) : value))

function* named(group, requests) {
  let number = 0
  for (const request of requests) {
    const text = typeof request === 'string' ? request : json(request)
    yield { name: `${group} ${++number}: ${text.slice(0, 100)}`, request: text, batch: group === 'batch' }
  }
}

export const corpus = [
  ...named('model', everyModel()),
  ...named('read', reads),
  ...named('write', writes),
  ...named('placeholder', placeholders),
  ...named('error', errors),
  ...named('batch', batches),
]
