// @db types.
import assert from 'node:assert/strict'
import { op } from '../lib/operations.mjs'

const day = (text) => new Date(text)

function roundTrips(field, values) {
  return async ({ prisma, sql }) => {
    const results = []
    for (const [index, value] of values.entries()) {
      results.push(await prisma.native.create({ data: { id: 100 + index, [field]: value }, select: { [field]: true } }))
      results.push(
        await prisma.native.findMany({
          where: { [field]: value },
          select: { id: true, [field]: true },
          orderBy: { id: 'asc' },
        }),
      )
      results.push(await sql(`select "${field}"::text from "Native" where id = $1`, [100 + index]))
    }
    return results
  }
}

export default [
  op(
    'Date',
    roundTrips('date', [
      day('2024-02-29T00:00:00Z'),
      day('0001-01-01T00:00:00Z'),
      day('9999-12-31T00:00:00Z'),
      day('1969-12-31T23:59:59Z'),
      '2024-05-06T12:00:00Z',
    ]),
  ),
  op(
    'Time(3)',
    roundTrips('time', [day('1970-01-01T00:00:00Z'), day('1970-01-01T23:59:59.999Z'), day('2024-05-06T12:34:56.7Z')]),
  ),
  op('Time(6)', roundTrips('time6', [day('1970-01-01T01:02:03.004Z')])),
  op('Timetz(6)', roundTrips('timetz', [day('1970-01-01T01:02:03.004Z'), day('1970-01-01T23:59:59.999Z')])),
  op('Timestamp(0) rounds', roundTrips('timestamp0', [day('2024-05-06T07:08:09Z')])),
  op('Timestamp(0) with milliseconds', ({ prisma }) =>
    prisma.native.create({
      data: { id: 1, timestamp0: day('2024-05-06T07:08:09.500Z') },
      select: { timestamp0: true },
    }),
  ),
  op('Timestamp(6)', roundTrips('timestamp6', [day('2024-05-06T07:08:09.123Z')])),
  op(
    'Timestamptz(6)',
    roundTrips('timestamptz', [
      day('2024-05-06T07:08:09.123Z'),
      day('0001-01-01T00:00:00Z'),
      '2024-05-06T07:08:09+02:00',
    ]),
  ),
  op(
    'times with microseconds and offsets set by SQL',
    async ({ prisma, sql }) => {
      await sql(`insert into "Native" (id, time, time6, timetz, timestamp6, timestamptz) values
      (1, '24:00:00', '12:34:56.123456', '12:34:56.123456+05:30', '2024-05-06 07:08:09.123456', '2024-05-06 07:08:09.123456+05:30'),
      (2, '00:00:00', '00:00:00.000001', '00:00:00-11', '2024-05-06 07:08:09.999999', '2024-05-06 23:08:09.5-0830')`)
      const results = []
      for (const field of ['time6', 'timestamp6', 'timestamptz'])
        results.push(await prisma.native.findMany({ select: { [field]: true }, orderBy: { id: 'asc' } }))
      return results
    },
    { flawed: { engine5: 'the adapter does not read such offsets' } },
  ),
  op(
    'Timetz with an offset set by SQL',
    async ({ prisma, sql }) => {
      await sql(`insert into "Native" (id, timetz) values (1, '12:34:56.123456+05:30'), (2, '00:00:00-11')`)
      return prisma.native.findMany({ select: { timetz: true }, orderBy: { id: 'asc' } })
    },
    {
      expectDifference: 'the official executor and the engines drop the offset, which makes it another time',
      expect: ({ error, value }) => {
        if (error) throw error
        const times = value.map(({ timetz }) => timetz.toISOString())
        assert.deepEqual(times, ['1970-01-01T07:04:56.123Z', '1970-01-01T11:00:00.000Z'])
      },
    },
  ),
  op('24:00:00 set by SQL', async ({ prisma, sql, outcome }) => {
    await sql(`insert into "Native" (id, time) values (1, '24:00:00')`)
    return outcome(() => prisma.native.findUnique({ where: { id: 1 }, select: { time: true } }))
  }),
  op('Timestamptz does not depend on the time zone of the database', async ({ prisma, sql }) => {
    await sql(`insert into "Native" (id, timestamptz) values (1, '2024-07-01 12:00:00 America/New_York')`)
    return [
      await prisma.native.findUnique({ where: { id: 1 }, select: { timestamptz: true } }),
      await prisma.$queryRaw`select current_setting('TimeZone') as tz`,
    ]
  }),
  op('Char(5)', roundTrips('char', ['abcde', 'a', '', 'a  ', 'é😀'])),
  op('Char(5) too long', ({ prisma }) => prisma.native.create({ data: { id: 1, char: 'abcdef' } }), {
    throws: 'P2000',
  }),
  op('VarChar(5)', roundTrips('varchar', ['abcde', 'a ', ''])),
  op('VarChar(5) too long', ({ prisma }) => prisma.native.create({ data: { id: 1, varchar: 'abcdef' } }), {
    throws: 'P2000',
  }),
  op('Citext', roundTrips('citext', ['MiXeD', 'mixed'])),
  op('Money', roundTrips('money', ['0', '1.5', '1234.56', '0.005']), {
    flawed: {
      engine5: 'the adapter does not read money with commas',
      engine6: 'the adapter does not read money with commas',
      client6: 'the adapter does not read money with commas',
    },
  }),
  op(
    'Money negative and with thousands',
    async ({ prisma, sql, outcome }) => {
      await sql(`insert into "Native" (id, money) values (1, '1234567.89'), (2, '-5.25')`)
      return [
        await outcome(() => prisma.native.findUnique({ where: { id: 1 }, select: { money: true } })),
        await outcome(() => prisma.native.findUnique({ where: { id: 2 }, select: { money: true } })),
      ]
    },
    {
      expectDifference:
        "the official executor cuts the sign off and keeps the thousands' commas, which no Decimal can hold",
      expect: ({ error, value }) => {
        if (error) throw error
        const texts = value.map((row) => row.money?.toFixed?.() ?? row.code)
        const right = ['1234567.89', '-5.25']
        texts.forEach((text, i) => {
          if (text !== right[i] && !/^P2\d{3}$/.test(text)) throw new Error(`${right[i]} came back as ${text}`)
        })
      },
    },
  ),
  op('Inet', roundTrips('inet', ['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'])),
  op('Inet invalid', ({ prisma }) => prisma.native.create({ data: { id: 1, inet: '999.1.1.1' } }), { throws: 'P2007' }),
  op('Bit(4) and VarBit(6)', async (ctx) => [
    await roundTrips('bit', ['1010'])(ctx),
    await roundTrips('varbit', ['', '1', '101010'])({ ...ctx, prisma: withOffset(ctx.prisma) }),
  ]),
  op('Bit(4) of another length', ({ prisma }) => prisma.native.create({ data: { id: 1, bit: '10' } }), {
    throws: 'P2039',
  }),
  op('Xml', async ({ prisma, outcome }) => [
    await outcome(() =>
      prisma.native.create({ data: { id: 1, xml: '<a b="1">text &amp; more</a>' }, select: { xml: true } }),
    ),
    await outcome(() => prisma.native.create({ data: { id: 2, xml: '<not closed' }, select: { xml: true } })),
  ]),
  op('Uuid', roundTrips('uuid', ['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'F47AC10B-58CC-4372-A567-0E02B2C3D47A'])),
  op('Uuid invalid', ({ prisma }) => prisma.native.create({ data: { id: 1, uuid: 'not a uuid' } }), {
    throws: 'P2007',
  }),
  op('Uuid invalid in a filter', async ({ prisma, outcome }) => [
    await outcome(() => prisma.uuidKey.findUnique({ where: { id: 'nonsense' } })),
    await outcome(() => prisma.native.findMany({ where: { uuid: { contains: 'f47' } } })),
  ]),
  op('Oid', roundTrips('oid', [0, 1, 2147483647])),
  op('Oid above 2^31 set by SQL', async ({ prisma, sql }) => {
    await sql('insert into "Native" (id, oid) values (1, 4294967295)')
    return prisma.native.findUnique({ where: { id: 1 }, select: { oid: true } })
  }),
  op('SmallInt', roundTrips('smallint', [0, 32767, -32768])),
  op('SmallInt out of range', ({ prisma }) => prisma.native.create({ data: { id: 1, smallint: 32768 } }), {
    throws: 'P2020',
  }),
  op('Real', roundTrips('real', [0, 1.5, 0.1, 3.4e38, 1e-45, 16777217])),
  op('Real special values set by SQL', async ({ prisma, sql }) => {
    await sql(`insert into "Native" (id, real) values (1, 'NaN'), (2, '-Infinity'), (3, '-0'), (4, '0.333333333')`)
    return prisma.native.findMany({ select: { id: true, real: true }, orderBy: { id: 'asc' } })
  }),
  op('Real out of range', ({ prisma }) => prisma.native.create({ data: { id: 1, real: 1e39 } }), { throws: 'P2020' }),
  op('Decimal(10, 3)', roundTrips('dec', ['1', '1.2345', '-9999999.999', '0.0005'])),
  op('Decimal(10, 3) out of range', ({ prisma }) => prisma.native.create({ data: { id: 1, dec: '10000000' } }), {
    throws: 'P2020',
  }),
  op('Json (not jsonb)', async ({ prisma, outcome }) => [
    await prisma.native.create({ data: { id: 1, json: { b: 1, a: [2, { c: '"' }] } }, select: { json: true } }),
    await prisma.native.update({ where: { id: 1 }, data: { json: [] }, select: { json: true } }),
    await outcome(() => prisma.native.findMany({ where: { json: { equals: [] } } })),
    await outcome(() => prisma.native.findMany({ where: { json: { path: ['a'], equals: 1 } }, select: { id: true } })),
  ]),
  op(
    'lists',
    ({ prisma }) =>
      prisma.nativeList.create({
        data: {
          id: 1,
          date: [day('2024-01-01T00:00:00Z'), day('0001-01-01T00:00:00Z')],
          time: [day('1970-01-01T12:34:56.789Z')],
          timestamptz: [day('2024-05-06T07:08:09.123Z')],
          char: ['abc', 'a'],
          varchar: ['', 'a,b"'],
          uuid: ['f47ac10b-58cc-4372-a567-0e02b2c3d479'],
          smallint: [-32768, 1],
          real: [0.5, 1.25],
          dec: ['1.5', '2.0005'],
          json: [{ a: 1 }, [1, 'x'], 'text'],
          inet: ['10.1.2.3/32', '::1'],
          bit: ['0101'],
        },
      }),
    { flawed: { engine5: 'the adapter does not know these types of lists' } },
  ),
  op(
    'lists pushed and filtered',
    async ({ prisma }) => [
      await prisma.nativeList.create({
        data: {
          id: 1,
          date: [day('2024-01-01T00:00:00Z')],
          uuid: ['f47ac10b-58cc-4372-a567-0e02b2c3d479'],
          smallint: [1],
          dec: ['1.5'],
        },
      }),
      await prisma.nativeList.update({
        where: { id: 1 },
        data: {
          date: { push: day('2024-01-02T00:00:00Z') },
          smallint: { push: [2, 3] },
          dec: { push: '9.999' },
          json: { push: [{ x: 1 }] },
        },
      }),
      await prisma.nativeList.findMany({
        where: {
          uuid: { has: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' },
          smallint: { hasSome: [3] },
          dec: { has: '9.999' },
          date: { has: day('2024-01-02T00:00:00Z') },
        },
        select: { id: true },
      }),
    ],
    { flawed: { engine5: 'the adapter does not know these types of lists' } },
  ),
  op('filters on dates and times', async ({ prisma }) => {
    await prisma.native.createMany({
      data: [1, 2, 3].map((n) => ({
        id: n,
        date: day(`2024-01-0${n}T00:00:00Z`),
        time: day(`1970-01-01T0${n}:00:00Z`),
        timestamptz: day(`2024-01-01T00:00:0${n}Z`),
      })),
    })
    const ids = (where) => prisma.native.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })
    return [
      await ids({ date: { gte: day('2024-01-02T00:00:00Z') } }),
      await ids({ date: { in: [day('2024-01-01T00:00:00Z'), day('2024-01-03T00:00:00Z')] } }),
      await ids({ time: { lt: day('1970-01-01T02:00:00Z') } }),
      await ids({ timestamptz: { equals: day('2024-01-01T00:00:02Z') } }),
      await ids({ date: { not: day('2024-01-02T15:00:00Z') } }),
    ]
  }),
]

/** Returns the same client with an offset added to ids, so that a second series does not collide with the first. */
function withOffset(prisma) {
  return {
    native: {
      create: (args) => prisma.native.create({ ...args, data: { ...args.data, id: args.data.id + 100 } }),
      findMany: (args) => prisma.native.findMany(args),
    },
  }
}
