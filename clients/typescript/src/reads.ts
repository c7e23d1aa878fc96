/** The beginning of the body of a read, of Prisma 7, and of Prisma 5 and 6. */
const READ = /^\{"model(Name)?":"\w+","(operation|action)":"(find|count|aggregate|groupBy)/

/** Whether a request for a query can be repeated. */
export function isRead(init: RequestInit | undefined): boolean {
  return typeof init?.body === 'string' && READ.test(init.body)
}
