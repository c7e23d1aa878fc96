// Default values that are generated in the client's query plan or in the database.
import { op } from '../lib/operations.mjs'

const generated = ['uuid4', 'uuid7', 'cuid', 'cuid2', 'ulid', 'nanoid21', 'nanoid8', 'now']

export default [
  op('every generator on create', ({ prisma }) => prisma.generated.create({ data: {} }), { generated }),
  op(
    'every generator on createMany',
    async ({ prisma }) => [
      await prisma.generated.createMany({ data: [{}, { label: 'given' }, { uuid: 'own', nanoid: 'own too' }] }),
      await prisma.generated.findMany({ orderBy: { serial: 'asc' } }),
    ],
    { generated },
  ),
  op(
    'every generator on createManyAndReturn',
    ({ prisma }) => prisma.generated.createManyAndReturn({ data: [{}, { flag: false }, {}] }),
    { generated },
  ),
  op(
    'generated values of one request differ',
    async ({ prisma }) => {
      const rows = await prisma.generated.createManyAndReturn({ data: Array.from({ length: 50 }, () => ({})) })
      return [
        'uuid',
        'uuid4',
        'uuid7',
        'nativeId',
        'cuid',
        'cuid2',
        'ulid',
        'nanoid',
        'nanoid8',
        'dbuuid',
        'serial',
        'bigserial',
      ].map((field) => [field, new Set(rows.map((row) => row[field])).size])
    },
    { generated, state: false },
  ),
  op(
    'now is the same for the whole request',
    async ({ prisma }) => {
      const rows = await prisma.generated.createManyAndReturn({ data: Array.from({ length: 20 }, () => ({})) })
      return new Set(rows.flatMap((row) => [row.created.getTime(), row.createdTz.getTime(), row.updated.getTime()]))
        .size
    },
    { state: false },
  ),
  op(
    'updatedAt moves on update',
    async ({ prisma }) => {
      const { serial, updated } = await prisma.generated.create({ data: { updated: new Date('2000-01-01T00:00:00Z') } })
      return [
        updated,
        await prisma.generated.update({
          where: { serial },
          data: { label: 'x' },
          select: { updated: true, label: true },
        }),
        await prisma.generated.updateMany({ data: { label: 'y' } }),
      ]
    },
    { generated },
  ),
  op(
    'generators on upsert',
    ({ prisma }) => prisma.generated.upsert({ where: { serial: 5 }, create: { serial: 5 }, update: { label: 'no' } }),
    { generated },
  ),
  op(
    'given values win',
    ({ prisma }) =>
      prisma.generated.create({
        data: {
          serial: 7,
          bigserial: 8n,
          uuid: 'u',
          uuid4: 'u4',
          uuid7: 'u7',
          nativeId: '00000000-0000-0000-0000-000000000001',
          cuid: 'c',
          cuid2: 'c2',
          ulid: 'l',
          nanoid: 'n',
          nanoid8: 'n8',
          created: new Date(0),
          createdTz: new Date(1),
          updated: new Date(2),
          dbside: 1,
          dbuuid: '00000000-0000-0000-0000-000000000002',
        },
      }),
    { since: 6 },
  ),
  op(
    'generated keys connect parents and children',
    ({ prisma }) =>
      prisma.uuidKey.create({
        data: {
          name: 'top',
          children: { create: [{ name: 'a', children: { create: { name: 'aa' } } }, { name: 'b' }] },
        },
        include: { children: { include: { children: true }, orderBy: { name: 'asc' } } },
      }),
    { generated, variants: ['query', 'join'] },
  ),
  op('autoincrement goes on after a rolled back insert', async ({ prisma, attempt }) => [
    await prisma.user.create({ data: { email: 'n1@x.test' } }),
    await attempt('P2002', () => prisma.user.create({ data: { email: 'n1@x.test' } })),
    await prisma.user.create({ data: { email: 'n2@x.test' } }),
  ]),
]
