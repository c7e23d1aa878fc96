// Reverses the members of every `where` in the queries of Prisma 5 and 6, which share a cache entry whatever their order.
// NODE_OPTIONS="--import ./lib/reversed-where.mjs" node run.mjs shows that this order changes no result.
const original = globalThis.fetch

globalThis.fetch = (url, options) => {
  const isQuery = String(url).endsWith('/graphql') && typeof options?.body === 'string'
  return original(url, isQuery ? { ...options, body: JSON.stringify(withReversedWhere(JSON.parse(options.body))) } : options)
}

function withReversedWhere(value) {
  if (Array.isArray(value)) return value.map(withReversedWhere)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => [name, withReversedWhere(member)])
  const { arguments: given, ...others } = Object.fromEntries(members)
  return given?.where ? { ...others, arguments: { ...given, where: reversed(given.where) } } : Object.fromEntries(members)
}

function reversed(value) {
  if (Array.isArray(value)) return value.map(reversed)
  // Errors quote tagged values such as {"$type": "BigInt", "value": "1"}.
  if (value === null || typeof value !== 'object' || '$type' in value) return value
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, reversed(member)]))
}
