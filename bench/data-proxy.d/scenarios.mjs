// The measured scenarios, as client calls: `id` is a different user each time, and `number` is never repeated.
export const scenarios = {
  'findUnique, changing ids': (prisma, id) => prisma.user.findUnique({ where: { id } }),
  'findMany with include': (prisma, id) =>
    prisma.user.findMany({ where: { id: { gte: id } }, orderBy: { id: 'asc' }, take: 10, include: { posts: true } }),
  create: (prisma, id, number) =>
    prisma.user.create({ data: { email: `${number}@example.com`, name: `Renamed ${number}`, age: id } }),
  update: (prisma, id, number) => prisma.user.update({ where: { id }, data: { name: `Renamed ${number}` } }),
}

/** The scenario that is also sent to the remote executor's endpoint. */
export const FIND_UNIQUE = 'findUnique, changing ids'
