// Writing and reading values of every scalar type.
import assert from 'node:assert/strict'
import { op } from '../lib/operations.mjs'

/** Writes each value to a field with create and update, reads it back, and uses it as a filter. */
function roundTrips(field, values) {
  return async ({ prisma, sql }) => {
    const results = []
    for (const [index, value] of values.entries()) {
      const id = 100 + index
      const created = await prisma.scalar.create({ data: { id, [field]: value }, select: { [field]: true } })
      const found = await prisma.scalar.findMany({
        where: { [field]: value },
        select: { id: true, [field]: true },
        orderBy: { id: 'asc' },
      })
      const updated = await prisma.scalar.update({
        where: { id: 3 },
        data: { [field]: value },
        select: { [field]: true },
      })
      const [{ text }] = await sql(`select "${field}"::text as text from "Scalar" where id = $1`, [id])
      results.push({ created, found, updated, text: text?.length > 5000 ? text.length : text })
    }
    return results
  }
}

/** Reads rows whose column was set by SQL to values that a client cannot write. */
function reads(field, literals, cast) {
  return async ({ prisma, sql }) => {
    const results = []
    for (const [index, literal] of literals.entries()) {
      await sql(`insert into "Scalar" (id, "${field}") values ($1, $2::${cast})`, [100 + index, literal])
      results.push(await prisma.scalar.findUnique({ where: { id: 100 + index }, select: { [field]: true } }))
    }
    return results
  }
}

const date = (text) => new Date(text)

/** Values that PostgreSQL supports but the protocol's date text does not, with the correct value if JavaScript has one. */
const OUTSIDE = [
  ['0044-03-15 12:00:00 BC', '-000043-03-15T12:00:00Z'],
  ['10000-01-01', '+010000-01-01T00:00:00Z'],
  ['294276-12-31 23:59:59'],
  ['infinity'],
  ['-infinity'],
]

export default [
  op('all columns of all rows', ({ prisma }) => prisma.scalar.findMany({ orderBy: { id: 'asc' } })),
  op('create with every column', ({ prisma }) =>
    prisma.scalar.create({
      data: {
        id: 50,
        str: 'all',
        int: 7,
        big: 8n,
        float: 9.25,
        dec: '10.125',
        bool: true,
        date: date('2024-02-29T12:34:56.789Z'),
        bytes: new Uint8Array([0, 127, 128, 255]),
        json: { deep: [{ er: null }] },
        color: 'GREEN',
        role: 'visitor',
        wide: '1e-20',
      },
    }),
  ),
  op(
    'strings',
    roundTrips('str', [
      '',
      ' ',
      'plain',
      'quote \' and " and \\ and `',
      '😀 astral 𝒳 and e\u0301',
      '\u0001\u0002\u001f\u007f',
      'tab\tnl\ncr\r\u2028\u2029',
      '$1 ? :x %s {{}} ${x}',
      'NULL',
      'null',
      '\ufeffbom',
      '\ufffd',
      "'; drop table x; --",
      'مرحبا שלום',
      '{"$type":"Raw"}',
      'a'.repeat(100_000),
    ]),
  ),
  op('string with a NUL character', ({ prisma }) => prisma.scalar.create({ data: { id: 50, str: 'a\0b' } }), {
    throws: 'P2039',
  }),
  op('string with a lone surrogate', ({ prisma }) => prisma.scalar.create({ data: { id: 50, str: 'a\ud800b' } }), {
    flawed: {
      engine5: 'the engine’s JSON parser refuses it',
      engine6: 'the engine’s JSON parser refuses it',
      client6: 'the engine’s JSON parser refuses it',
    },
  }),
  op('strings that look like values of the protocol', ({ prisma }) =>
    prisma.scalar.createManyAndReturn({
      data: [
        '2024-01-01T00:00:00Z',
        '123',
        'true',
        'prisma__type',
        '{"prisma__type":"param"}',
        '\\x00',
        'DateTime',
      ].map((str, i) => ({ id: 50 + i, str })),
    }),
  ),
  op('ints', roundTrips('int', [0, 1, -1, 2147483647, -2147483648])),
  op('int out of range', ({ prisma }) => prisma.scalar.create({ data: { id: 50, int: 2147483648 } }), {
    throws: 'P2020',
  }),
  op(
    'bigints',
    roundTrips('big', [
      0n,
      1n,
      -1n,
      9007199254740991n,
      9007199254740992n,
      9007199254740993n,
      -9007199254740993n,
      9223372036854775807n,
      -9223372036854775808n,
    ]),
  ),
  op('bigint given as a number', roundTrips('big', [42, -42, 9007199254740991])),
  op('bigint out of range', async ({ prisma, attempt }) => [
    await attempt('P2020', () => prisma.scalar.create({ data: { id: 50, big: 9223372036854775808n } })),
    await attempt('P2020', () => prisma.scalar.create({ data: { id: 50, big: -9223372036854775809n } })),
  ]),
  op(
    'floats',
    roundTrips('float', [
      0,
      -0,
      1.5,
      0.1,
      1 / 3,
      1e21,
      1e-7,
      123456789.123456789,
      Number.MAX_SAFE_INTEGER,
      9007199254740993,
      1e308,
      2.2250738585072014e-308,
      5e-324,
      -5e-324,
      4.9406564584124654e-322,
    ]),
  ),
  op(
    'floats set by SQL',
    reads('float', ['NaN', 'Infinity', '-Infinity', '-0', '5e-324', '1e308', '0.30000000000000004'], 'float8'),
  ),
  op('the largest float', ({ prisma }) => prisma.scalar.create({ data: { id: 50, float: Number.MAX_VALUE } }), {
    throws: 'P2020',
  }),
  op('a float that is not finite', async ({ prisma }) => [
    await prisma.scalar.create({ data: { id: 50, float: NaN } }),
    await prisma.scalar.create({ data: { id: 51, float: Infinity } }),
  ]),
  op(
    'decimals',
    roundTrips('dec', [
      '0',
      '1',
      '-1',
      '1.10',
      '63',
      '0.000000000000000000000000000001',
      '-0.000000000000000000000000000001',
      '99999999999999999999999999999999999.999999999999999999999999999999',
      '123456789.987654321',
      '1e20',
      '1e-20',
      5,
      0.1,
    ]),
  ),
  op('decimal instances', async (ctx) =>
    roundTrips('dec', [
      new ctx.Prisma.Decimal('1.23456789012345678901234567890'),
      new ctx.Prisma.Decimal('-0'),
      new ctx.Prisma.Decimal('1e5'),
    ])(ctx),
  ),
  op(
    'decimals are rounded to the scale of the column',
    roundTrips('dec', [
      '0.0000000000000000000000000000005',
      '0.00000000000000000000000000000049',
      '1.9999999999999999999999999999999',
    ]),
  ),
  op('decimal out of range', ({ prisma }) => prisma.scalar.create({ data: { id: 50, dec: '1e35' } }), {
    throws: 'P2020',
  }),
  op(
    'decimals of unlimited precision',
    roundTrips('wide', [
      '1e-30',
      `${'9'.repeat(500)}.${'1'.repeat(500)}`,
      `-${'1234567890'.repeat(100)}`,
      '0.000',
      '100',
      '1e400',
      '1e-400',
      '1.0000',
    ]),
  ),
  op(
    'decimal NaN and infinities set by SQL',
    reads('wide', ['NaN', 'Infinity', '-Infinity', '0.00', '1.10000', '1e-1000'], 'numeric'),
    { flawed: { engine5: 'the adapter does not read NaN', engine6: 'the adapter does not read NaN' } },
  ),
  op('booleans', roundTrips('bool', [true, false])),
  op(
    'dates',
    roundTrips('date', [
      date('2024-05-06T07:08:09.123Z'),
      date('1970-01-01T00:00:00Z'),
      date('1969-12-31T23:59:59.999Z'),
      date('9999-12-31T23:59:59.999Z'),
      date('0001-01-01T00:00:00Z'),
      date('0099-03-04T05:06:07.008Z'),
      date('1582-10-10T00:00:00Z'),
      date('1900-02-28T00:00:00Z'),
      date('2024-02-29T00:00:00.100Z'),
    ]),
  ),
  op(
    'dates given as text',
    roundTrips('date', [
      '2024-05-06T07:08:09Z',
      '2024-05-06T07:08:09.1Z',
      '2024-05-06T07:08:09.123456Z',
      '2024-05-06T07:08:09+05:30',
      '2024-05-06T23:59:59.999-12:00',
    ]),
  ),
  op(
    'dates outside the years 1 to 9999',
    async ({ prisma, sql, outcome }) => {
      const results = []
      for (const [literal] of OUTSIDE) {
        await sql('update "Scalar" set date = $1::timestamp where id = 3', [literal])
        results.push(await outcome(() => prisma.scalar.findUnique({ where: { id: 3 }, select: { date: true } })))
      }
      return results
    },
    {
      expectDifference:
        'the official executor answers 500 "Invalid time value" for them; Hasten answers the date or a coded error',
      expect: ({ error, value }) => {
        if (error) throw error
        OUTSIDE.forEach(([literal, iso], i) => {
          const known = value[i] instanceof Error && /^P\d{4}$/.test(value[i].code)
          const right = iso && value[i]?.date instanceof Date && value[i].date.getTime() === Date.parse(iso)
          if (!known && !right) throw new Error(`${literal} came back as ${value[i]?.date ?? value[i]}`)
        })
      },
    },
  ),
  op(
    'year zero and before',
    async ({ prisma }) => {
      const dates = [date('0000-01-01T00:00:00Z'), date('-000044-03-15T00:00:00Z')]
      const written = []
      for (const [i, value] of dates.entries())
        written.push((await prisma.scalar.create({ data: { id: 50 + i, date: value } })).date)
      return { dates, written }
    },
    {
      state: false,
      expectDifference: 'the official executor writes years before 1 in a form that PostgreSQL refuses',
      expect: ({ error, value }) => {
        if (error) throw error
        assert.deepStrictEqual(value.written, value.dates)
      },
    },
  ),
  op(
    'microseconds set by SQL',
    reads(
      'date',
      [
        '2024-05-06 07:08:09.123456',
        '2024-05-06 07:08:09.9999999',
        '2024-05-06 07:08:09.000999',
        '2024-05-06 07:08:09.1',
        '0001-01-01 00:00:00.000001',
        '2024-05-06 07:08:09.999999',
      ],
      'timestamp(6)',
    ),
  ),
  op('invalid date', ({ prisma }) => prisma.scalar.create({ data: { id: 50, date: date('nonsense') } }), {
    throws: 'validation',
  }),
  op(
    'bytes',
    roundTrips('bytes', [
      new Uint8Array(),
      new Uint8Array([0]),
      Uint8Array.from({ length: 256 }, (_, i) => i),
      Buffer.from('buffer'),
      Buffer.from('\\x00'),
      new Uint8Array(70_000).fill(7),
    ]),
  ),
  op('5 MB of bytes', async ({ prisma }) => {
    const bytes = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, i) => (i * 31 + (i >> 8)) & 255)
    await prisma.scalar.create({ data: { id: 50, bytes }, select: { id: true } })
    return prisma.scalar.findUnique({ where: { id: 50 }, select: { bytes: true } })
  }),
  op('a string of 3 MB', async ({ prisma }) => {
    await prisma.scalar.update({ where: { id: 3 }, data: { str: 'ab😀\n'.repeat(400_000) } })
    return prisma.scalar.findUnique({ where: { id: 3 }, select: { str: true } })
  }),
  op('null in every column', async ({ prisma }) => {
    const nulls = {
      str: null,
      int: null,
      big: null,
      float: null,
      dec: null,
      bool: null,
      date: null,
      bytes: null,
      color: null,
      role: null,
      wide: null,
    }
    const updated = await prisma.scalar.update({ where: { id: 1 }, data: nulls })
    return [updated, await prisma.scalar.findMany({ where: nulls, select: { id: true }, orderBy: { id: 'asc' } })]
  }),
  op('undefined leaves a column alone', ({ prisma, Prisma }) =>
    prisma.scalar.update({
      where: { id: 1 },
      data: { str: undefined, int: undefined, json: undefined, bool: Prisma.skip ?? undefined },
    }),
  ),
  op('model method with bytes as a unique key', async ({ prisma }) => [
    await prisma.keyedByBytes.findUnique({ where: { id: Buffer.from('deadbeef', 'hex') } }),
    await prisma.keyedByBytes.findUnique({ where: { id: new Uint8Array() } }),
    await prisma.keyedByBytes.findUnique({ where: { id: new Uint8Array([9]) } }),
    await prisma.keyedByBytes.upsert({
      where: { id: new Uint8Array([0]) },
      create: { id: new Uint8Array([0]), name: 'new' },
      update: { name: 'changed' },
    }),
    await prisma.keyedByBytes.findMany({
      where: { id: { in: [Buffer.from([0]), Buffer.from('deadbeef', 'hex')] } },
      orderBy: { name: 'asc' },
    }),
  ]),
  op('dates as a unique key', async ({ prisma }) => [
    await prisma.keyedByDate.findUnique({ where: { id: date('2024-01-01T00:00:00.001Z') } }),
    await prisma.keyedByDate.findUnique({ where: { id: date('1969-12-31T23:59:59.999Z') } }),
    await prisma.keyedByDate.findMany({ cursor: { id: date('2024-01-01T00:00:00Z') }, orderBy: { id: 'asc' } }),
    await prisma.keyedByDate.update({
      where: { id: date('2024-01-01T00:00:00Z') },
      data: { id: date('2025-01-01T00:00:00.5Z') },
    }),
  ]),
]
