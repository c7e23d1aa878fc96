// Every error that a client can reach, with its code, text and meta.
import assert from 'node:assert/strict'
import { op } from '../lib/operations.mjs'
import { until } from '../lib/until.mjs'

const guarded =
  (data) =>
  ({ prisma }) =>
    prisma.guarded.create({ data: { id: 2, must: 'x', ...data } })

export default [
  op('P2000 value too long', guarded({ narrow: 'longer than eight' }), { throws: 'P2000' }),
  op('P2000 on update and createMany', async ({ prisma, attempt }) => [
    await attempt('P2000', () => prisma.guarded.update({ where: { id: 1 }, data: { narrow: '123456789' } })),
    await attempt('P2000', () =>
      prisma.guarded.createMany({
        data: [
          { id: 3, narrow: 'ok', must: 'x' },
          { id: 4, narrow: '123456789', must: 'x' },
        ],
      }),
    ),
  ]),
  op('P2002 unique', ({ prisma }) => prisma.user.create({ data: { email: 'ada@x.test' } }), { throws: 'P2002' }),
  op('P2002 id', ({ prisma }) => prisma.bulk.create({ data: { id: 1, n: 1 } }), { throws: 'P2002' }),
  op('P2002 composite', ({ prisma }) => prisma.post.create({ data: { title: 'Alpha', authorId: 1 } }), {
    throws: 'P2002',
  }),
  op(
    'P2002 composite with a name of its own',
    ({ prisma }) => prisma.thing.create({ data: { id: 9, code: 'a', ownerName: 'one' } }),
    { throws: 'P2002' },
  ),
  op('P2002 composite id', ({ prisma }) => prisma.invoice.create({ data: { year: 2023, number: 1, accountId: 1 } }), {
    throws: 'P2002',
  }),
  op('P2002 mapped column', ({ prisma }) => prisma.account.create({ data: { email: 'a@acc.test' } }), {
    throws: 'P2002',
  }),
  op('P2002 on update', ({ prisma }) => prisma.user.update({ where: { id: 2 }, data: { email: 'ada@x.test' } }), {
    throws: 'P2002',
  }),
  op('P2002 on updateMany', ({ prisma }) => prisma.user.updateMany({ data: { email: 'same@x.test' } }), {
    throws: 'P2002',
  }),
  op(
    'P2002 in a nested create names the model',
    ({ prisma }) => prisma.user.create({ data: { email: 'n@x.test', profile: { create: { id: 1 } } } }),
    { throws: 'P2002' },
  ),
  op('P2002 of a unique index on an expression', async ({ prisma, sql, attempt }) => {
    await sql('create unique index lower_name on "Guarded" (lower(note))')
    try {
      return [
        await prisma.guarded.create({ data: { id: 2, note: 'X', must: 'x' } }),
        await attempt('P2002', () => prisma.guarded.create({ data: { id: 3, note: 'x', must: 'x' } })),
      ]
    } finally {
      await sql('drop index lower_name')
    }
  }),
  op('P2003 foreign key on create', ({ prisma }) => prisma.post.create({ data: { title: 't', authorId: 999 } }), {
    throws: 'P2003',
  }),
  op(
    'P2003 foreign key on update',
    ({ prisma }) => prisma.comment.update({ where: { id: 1 }, data: { postId: 999 } }),
    { throws: 'P2003' },
  ),
  op(
    'P2003 foreign key over several columns',
    ({ prisma }) => prisma.line.create({ data: { year: 1, number: 1, text: 'x' } }),
    { throws: 'P2003' },
  ),
  op('P2003 on delete', ({ prisma }) => prisma.user.delete({ where: { id: 1 } }), { throws: 'P2003' }),
  op('P2003 restrict', ({ prisma }) => prisma.owner.delete({ where: { id: 1 } }), { throws: 'P2003' }),
  op('P2003 on deleteMany', ({ prisma }) => prisma.user.deleteMany(), { throws: 'P2003' }),
  op(
    'P2003 on createMany',
    ({ prisma }) =>
      prisma.post.createMany({
        data: [
          { title: 't', authorId: 1 },
          { title: 't', authorId: 999 },
        ],
      }),
    { throws: 'P2003' },
  ),
  op('P2007 invalid value', ({ prisma }) => prisma.native.create({ data: { id: 1, uuid: 'xyz' } }), {
    throws: 'P2007',
  }),
  op('P2010 raw', ({ prisma }) => prisma.$queryRaw`select * from nowhere`, { throws: 'P2010' }),
  op('P2010 executeRaw', ({ prisma }) => prisma.$executeRaw`insert into "User" (email) values ('ada@x.test')`, {
    throws: 'P2010',
  }),
  op('P2011 not null', async ({ prisma, attempt }) => [
    await attempt('P2011', () => prisma.drifted.create({ data: { id: 9, need: null }, select: { id: true } })),
    await attempt('P2011', () => prisma.guarded.update({ where: { id: 1 }, data: { must: null } })),
  ]),
  op(
    'P2014 required relation',
    ({ prisma }) => prisma.user.update({ where: { id: 1 }, data: { profile: { connect: { id: 3 } } } }),
    { throws: 'P2014' },
  ),
  op('P2014 required relation by create', async ({ prisma, attempt }) => [
    await attempt('P2014', () =>
      prisma.user.update({ where: { id: 1 }, data: { profile: { create: { bio: 'second' } } } }),
    ),
    await attempt('P2014', () => prisma.owner.update({ where: { id: 1 }, data: { required: { create: { id: 2 } } } })),
  ]),
  op(
    'P2014 set of required children',
    ({ prisma }) => prisma.user.update({ where: { id: 1 }, data: { posts: { set: [] } } }),
    { throws: 'P2014' },
  ),
  op(
    'P2017 not connected',
    ({ prisma }) => prisma.user.update({ where: { id: 1 }, data: { posts: { delete: { id: 6 } } } }),
    { throws: 'P2017' },
  ),
  op(
    'P2018 connect of missing records',
    ({ prisma }) =>
      prisma.user.update({ where: { id: 1 }, data: { reports: { connect: [{ id: 2 }, { id: 998 }, { id: 999 }] } } }),
    { throws: 'P2018' },
  ),
  op('P2020 out of range', async ({ prisma, attempt }) => [
    await attempt('P2020', () => prisma.native.create({ data: { id: 1, smallint: 40000 } })),
    await attempt('P2020', () => prisma.counter.update({ where: { id: 2 }, data: { int: { increment: 1 } } })),
    await attempt('P2020', () => prisma.scalar.create({ data: { id: 99, dec: '1e40' } })),
  ]),
  op('P2021 missing table', async ({ prisma, attempt }) => [
    await attempt('P2021', () => prisma.gone.findMany()),
    await attempt('P2021', () => prisma.gone.create({ data: { id: 1 } })),
    await attempt('P2021', () => prisma.gone.count()),
    await attempt('P2021', () => prisma.gone.deleteMany()),
  ]),
  op('P2022 missing column', async ({ prisma, attempt }) => [
    await attempt('P2022', () => prisma.drifted.findMany()),
    await attempt('P2022', () => prisma.drifted.create({ data: { id: 9, missing: 'x', need: 'y' } })),
    await attempt('P2022', () => prisma.drifted.findMany({ where: { missing: 'x' }, select: { id: true } })),
    await attempt('P2022', () => prisma.drifted.updateMany({ data: { missing: 'x' } })),
  ]),
  op('P2023 inconsistent data', async ({ prisma, attempt }) => [
    await attempt('P2023', () => prisma.drifted.findMany({ select: { number: true }, orderBy: { id: 'asc' } })),
    await prisma.drifted.findUnique({ where: { id: 2 }, select: { number: true, color: true } }),
    await attempt('P2023', () => prisma.drifted.findUnique({ where: { id: 1 }, select: { color: true } })),
  ]),
  op('P2025 update, delete and upsert of nothing', async ({ prisma, attempt }) => [
    await attempt('P2025', () => prisma.user.update({ where: { id: 999 }, data: { name: 'x' } })),
    await attempt('P2025', () => prisma.user.delete({ where: { id: 999 } })),
    await attempt('P2025', () => prisma.user.update({ where: { id: 1, name: 'not Ada' }, data: { name: 'x' } })),
    await attempt('P2025', () =>
      prisma.user.update({ where: { id: 999 }, data: { posts: { create: { title: 'x' } } } }),
    ),
    await attempt('P2025', () => prisma.invoice.delete({ where: { key: { year: 1, number: 1 } } })),
  ]),
  op(
    'P2029 a statement that cannot be split',
    ({ prisma }) =>
      prisma.bulk.findMany({
        where: {
          OR: [
            { id: { in: Array.from({ length: 40_000 }, (_, i) => i) } },
            { n: { in: Array.from({ length: 40_000 }, (_, i) => i) } },
          ],
        },
      }),
    {
      expectDifference: 'the official executor lets PostgreSQL refuse it, with an error about the wire protocol',
      expect: ({ error }) => assert.equal(error?.code, 'P2029'),
    },
  ),
  op('P2039 check constraint', guarded({ amount: 0 }), { throws: 'P2039' }),
  op(
    'P2039 check constraint on update',
    ({ prisma }) => prisma.guarded.updateMany({ data: { amount: { decrement: 100 } } }),
    { throws: 'P2039' },
  ),
  op('P2039 exclusion constraint', guarded({ lo: 5, hi: 20 }), { throws: 'P2039' }),
  op('P2039 raised in a trigger', guarded({ note: 'raise' }), { throws: 'P2039' }),
  op('P2039 raised in a trigger with a code', guarded({ note: 'raise with code' }), { throws: 'P2039' }),
  op('P2039 division by zero in a trigger', guarded({ note: 'divide' }), { throws: 'P2039' }),
  op('P2039 permission and read-only', async ({ prisma, sql }) => {
    await sql(
      `create function refuse() returns trigger language plpgsql as $$ begin raise insufficient_privilege using message = 'no rights'; end $$; create trigger refuse before update on "Team" for each statement execute function refuse()`,
    )
    try {
      return await prisma.team.update({ where: { id: 1 }, data: { name: 'x' } }).catch((error) => error)
    } finally {
      await sql('drop trigger refuse on "Team"; drop function refuse()')
    }
  }),
  op('errors of every SQLSTATE class', async ({ prisma, sql }) => {
    const results = []
    const states = [
      '01000',
      '02000',
      '08006',
      '0A000',
      '20000',
      '21000',
      '22000',
      '22001',
      '22003',
      '22012',
      '22023',
      '22P02',
      '23000',
      '23001',
      '23502',
      '23503',
      '23505',
      '23514',
      '23P01',
      '25000',
      '25006',
      '25P02',
      '26000',
      '28000',
      '28P01',
      '2D000',
      '34000',
      '3D000',
      '3F000',
      '40000',
      '40001',
      '40002',
      '40P01',
      '42000',
      '42501',
      '42601',
      '42703',
      '42883',
      '42P01',
      '42P04',
      '42P07',
      '44000',
      '53000',
      '53100',
      '53300',
      '54000',
      '55000',
      '55P03',
      '57000',
      '57014',
      '58000',
      'P0001',
      'P0002',
      'XX000',
      'XX001',
      'ZZ999',
    ]
    await sql(
      `create function fail() returns trigger language plpgsql as $$ begin raise exception 'text of %', new.name using errcode = new.name, detail = 'Key (a, b)=(1, 2) is wrong.', hint = 'hint', column = 'a column', constraint = 'a_constraint', table = 'a_table'; end $$; create trigger fail before insert on "Team" for each row execute function fail()`,
    )
    try {
      for (const name of states) {
        results.push(await prisma.team.create({ data: { name } }).catch((error) => error))
        results.push(await prisma.$executeRaw`insert into "Team" (name) values (${name})`.catch((error) => error))
      }
      return results
    } finally {
      await sql('drop trigger fail on "Team"; drop function fail()')
    }
  }),
  op('a cancelled statement', async ({ prisma, sql }) => {
    const running = prisma.$queryRaw`select pg_sleep(20)::text as cancel_me`.catch((error) => error)
    await until('the statement', async () => {
      const cancelled = await sql(
        `select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and query like '%cancel_me%' and pid <> pg_backend_pid() and state = 'active'`,
      )
      return cancelled.length > 0
    })
    return running
  }),
  op('a connection that the server ended', async ({ prisma, sql }) => {
    const running = prisma.$queryRaw`select pg_sleep(20)::text as end_me`.catch((error) => error)
    await until('the statement', async () => {
      const ended = await sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%end_me%' and pid <> pg_backend_pid() and state = 'active'`,
      )
      return ended.length > 0
    })
    return [await running, await prisma.user.count()]
  }),
  op('idle connections that the server ended', async ({ prisma, sql, outcome }) => {
    await Promise.all(Array.from({ length: 5 }, () => prisma.user.count()))
    // With a timeout, the function returns when the connection has ended.
    await sql(
      `select pg_terminate_backend(pid, 20000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    )
    return outcome(() => prisma.user.count())
  }),
  op('a lock timeout', async ({ prisma, sql, outcome }) => {
    await sql(`begin; select * from "User" where id = 1 for update`)
    try {
      return await prisma
        .$transaction([
          prisma.$executeRaw`set local lock_timeout = 100`,
          prisma.user.update({ where: { id: 1 }, data: { age: 1 } }),
        ])
        .catch((error) => error)
    } finally {
      await sql('rollback')
    }
  }),
  op(
    'a statement timeout',
    ({ prisma }) =>
      prisma.$transaction([
        prisma.$executeRaw`set local statement_timeout = 100`,
        prisma.$queryRaw`select pg_sleep(10)::text`,
      ]),
    { throws: 'P2010' },
  ),
  op('errors in all formats', async ({ client }) => {
    const results = []
    for (const errorFormat of ['minimal', 'colorless', 'pretty'])
      results.push(
        await client({ errorFormat })
          .user.create({ data: { email: 'ada@x.test' } })
          .catch((error) => error),
      )
    return results
  }),
]
