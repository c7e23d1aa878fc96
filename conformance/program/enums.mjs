// Enums, mainly mapped ones.
import { op } from '../lib/operations.mjs'

const ids = (prisma, where) =>
  prisma.scalar.findMany({ where, select: { id: true, role: true, color: true }, orderBy: { id: 'asc' } })

export default [
  op('round trips', async ({ prisma, sql }) => [
    await prisma.scalar.createManyAndReturn({
      data: [
        { id: 100, color: 'RED', role: 'ADMIN' },
        { id: 101, color: 'GREEN', role: 'EDITOR' },
        { id: 102, color: 'BLUE', role: 'visitor' },
      ],
    }),
    await sql('select id, color::text, role::text from "Scalar" order by id'),
  ]),
  op('filters', async ({ prisma }) => [
    await ids(prisma, { role: 'ADMIN' }),
    await ids(prisma, { role: { not: 'ADMIN' } }),
    await ids(prisma, { role: { in: ['EDITOR', 'visitor'] } }),
    await ids(prisma, { role: { notIn: ['EDITOR'] } }),
    await ids(prisma, { role: { in: [] } }),
    await ids(prisma, { color: { equals: 'RED' }, role: { equals: 'ADMIN' } }),
    await ids(prisma, { role: null }),
    await ids(prisma, { OR: [{ color: 'BLUE' }, { role: null }] }),
  ]),
  op('order by is the order of declaration', ({ prisma }) =>
    prisma.scalar.findMany({
      orderBy: [{ role: 'desc' }, { color: 'asc' }, { id: 'asc' }],
      select: { id: true, role: true, color: true },
    }),
  ),
  op('group by', ({ prisma }) => prisma.sale.groupBy({ by: ['color'], _count: true, orderBy: { color: 'asc' } })),
  op('min and max', ({ prisma }) => prisma.account.aggregate({ _min: { role: true }, _max: { role: true } })),
  op('field reference', ({ prisma }) =>
    prisma.scalar.findMany({
      where: { color: { equals: prisma.scalar.fields.color } },
      orderBy: { id: 'asc' },
      select: { id: true },
    }),
  ),
  op(
    'a value that the schema does not know',
    ({ prisma }) => prisma.drifted.findUnique({ where: { id: 1 }, select: { color: true } }),
    { throws: 'P2023' },
  ),
  op('a value that the database does not know', async ({ prisma, sql }) => {
    await sql(`alter type "Color" rename value 'GREEN' to 'VERDE'`)
    try {
      return await prisma.scalar.create({ data: { id: 100, color: 'GREEN' } }).catch((error) => error)
    } finally {
      await sql(`alter type "Color" rename value 'VERDE' to 'GREEN'`)
    }
  }),
  op('in a composite model with defaults', ({ prisma }) => prisma.member.create({ data: { teamId: 3, userId: 3 } })),
  op(
    'through relations',
    ({ prisma }) =>
      prisma.team.findMany({
        include: { members: { where: { role: { not: 'visitor' } }, orderBy: { userId: 'asc' } } },
        orderBy: { id: 'asc' },
      }),
    { variants: ['query', 'join'] },
  ),
  op('cast in raw SQL', async ({ prisma }) => [
    await prisma.$queryRaw`select id, role from "Scalar" where role = ${'administrator'}::user_role order by id`,
    await prisma.$queryRaw`select enum_range(null::user_role) as all, 'RED'::"Color" as one`,
  ]),
]
