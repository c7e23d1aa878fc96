// Requests that are never stored in or served from the cache, whatever the strategy.
import assert from 'node:assert/strict'
import { since } from '../../lib/promises.mjs'
import { statusOf } from '../stage.mjs'

const HOUR = 3600
const cacheStrategy = { ttl: HOUR, swr: HOUR, tags: ['forced'] }

/** The same strategy as headers, for calls to which the extension adds no headers. */
const FORCED = { 'cache-control': `max-age=${HOUR},stale-while-revalidate=${HOUR}`, 'accelerate-cache-tags': 'forced' }

const counterOne = { where: { id: 1 }, data: { int: { increment: 1 } } }
const INT = 'select int as n from "Counter" where id = 1'
const TEAMS = 'select count(*) as n from "Team"'
const MEMBERS = 'select count(*) as n from "Member"'
const LEFT = 'select -count(*) as n from "Bulk"'

/**
 * Model, operation, arguments, SQL that returns a number, by how much one execution increases the number, and the first
 * version with the operation.
 */
const WRITES = {
  create: ['team', 'create', { data: { name: 'x' } }, TEAMS, 1],
  'create with relations': ['team', 'create', { data: { name: 'x', members: { create: { userId: 3 } } } }, MEMBERS, 1],
  createMany: ['team', 'createMany', { data: [{ name: 'x' }, { name: 'y' }] }, TEAMS, 2],
  createManyAndReturn: ['team', 'createManyAndReturn', { data: [{ name: 'x' }, { name: 'y' }] }, TEAMS, 2],
  update: ['counter', 'update', counterOne, INT, 1],
  'update with relations': [
    'team',
    'update',
    { where: { id: 1 }, data: { members: { updateMany: { where: {}, data: { role: 'visitor' } } }, name: 'x' } },
    `select count(*) filter (where role = 'VISITOR!') as n from "Member" where "teamId" = 1`,
    undefined,
  ],
  updateMany: ['counter', 'updateMany', counterOne, INT, 1],
  updateManyAndReturn: ['counter', 'updateManyAndReturn', counterOne, INT, 1, 6],
  'upsert that updates': [
    'counter',
    'upsert',
    { where: { id: 1 }, update: counterOne.data, create: { id: 1, list: [], ints: [] } },
    INT,
    1,
  ],
  'upsert that goes by its reads': [
    'user',
    'upsert',
    {
      where: { id: 1 },
      update: { version: { increment: 1 }, posts: { updateMany: { where: {}, data: { views: 0 } } } },
      create: { email: 'x' },
      include: { posts: true },
    },
    'select version as n from "User" where id = 1',
    1,
  ],
  deleteMany: ['bulk', 'deleteMany', { where: { n: 3 }, limit: 2 }, LEFT, 2],
}

const number = async (stage, text) => Number((await stage.sql(text))[0].n)

const teams = (client, options) => client.team.findMany({ orderBy: { id: 'asc' }, ...options })
const nameOf = async (reading) => (await reading)[0].name
const rename = (stage, name) => stage.sql('update "Team" set name = $1 where id = 1', [name])

/** Caches the seeded teams, then renames the first one in the database. */
async function outdate(stage) {
  assert.equal(await statusOf(teams(stage.prisma, { cacheStrategy })), 'miss')
  await rename(stage, 'new')
}

async function assertStillOutdated(stage) {
  const { data, info } = await teams(stage.prisma, { cacheStrategy }).withAccelerateInfo()
  assert.deepEqual([data[0].name, info.cacheStatus], ['core', 'ttl'])
}

/** Sends a request again, with changes to its body; returns status, body and cache status. */
async function resend({ url, requestHeaders, body }, changes) {
  const headers = new Headers(requestHeaders)
  for (const [name, value] of Object.entries(FORCED)) headers.set(name, value)
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...JSON.parse(body), ...changes }),
  })
  return {
    status: response.status,
    cacheStatus: response.headers.get('accelerate-cache-status'),
    body: await response.json(),
  }
}

const writes = {}
for (const [name, [model, operation, args, text, added, major = 5]] of Object.entries(WRITES)) {
  writes[`${name} with a strategy is executed every time`] = since(major, async (stage) => {
    const before = await number(stage, text)
    const call = () => stage.prisma[model][operation]({ ...args, cacheStrategy, __accelerateInfo: true })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await call()).info.cacheStatus)
    assert.deepEqual(statuses, ['none', 'none', 'none'])
    if (added !== undefined) assert.equal(await number(stage, text), before + 3 * added)
  })
}

export default {
  ...writes,

  'a delete with a strategy is executed every time': async (stage) => {
    for (let i = 0; i < 3; i++) {
      const deletion = stage.prisma.article.delete({ where: { id: 1 }, cacheStrategy, __accelerateInfo: true })
      assert.equal((await deletion).info.cacheStatus, 'none')
      assert.deepEqual(await stage.sql('select * from "Article" where id = 1'), [])
      await stage.sql(`insert into "Article" (id, title, text) values (1, 'again', '')`)
    }
  },

  'a write that claims to be a read is executed every time': async (stage) => {
    const [, [update]] = await stage.network.watch(() => stage.prisma.counter.update(counterOne))
    const before = await number(stage, INT)
    for (const operation of ['findMany', 'findUnique', 'aggregate']) {
      const { status, cacheStatus } = await resend(update, { operation, model: 'Counter' })
      assert.deepEqual([status, cacheStatus], [200, 'none'])
    }
    assert.equal(await number(stage, INT), before + 3)
  },

  'raw SQL is executed every time': async (stage) => {
    const read = () => stage.prisma.$queryRaw`select name from "Team" where id = 1`
    await stage.network.forcing(FORCED, async () => {
      for (const name of ['core', 'new', 'newer']) {
        await rename(stage, name)
        const [[row], [{ headers }]] = await stage.network.watch(read)
        assert.equal(row.name, name)
        assert.equal(headers.get('accelerate-cache-status'), 'none')
      }
      const before = await number(stage, INT)
      for (let i = 0; i < 3; i++) await stage.prisma.$executeRaw`update "Counter" set int = int + 1 where id = 1`
      assert.equal(await number(stage, INT), before + 3)
    })
  },

  'raw SQL that hides a write behind a SELECT and claims to be a read is executed every time': async (stage) => {
    const [, [raw]] = await stage.network.watch(
      () => stage.prisma.$queryRaw`
        with x as (update "Counter" set int = int + 1 where id = 1 returning int) select int from x`,
    )
    const before = await number(stage, INT)
    for (let i = 0; i < 3; i++) {
      const { status, cacheStatus } = await resend(raw, { operation: 'findMany', model: 'Counter' })
      assert.deepEqual([status, cacheStatus], [200, 'none'])
    }
    assert.equal(await number(stage, INT), before + 3)
  },

  'an interactive transaction does not use the cache': async (stage) => {
    await outdate(stage)
    await stage.network.forcing(FORCED, async () => {
      await stage.prisma.$transaction(async (tx) => {
        const [name, exchanges] = await stage.network.watch(() => nameOf(teams(tx, { cacheStrategy })))
        assert.equal(name, 'new')
        assert.match(exchanges[0].path, /\/transaction\/.+\/(query|graphql)$/)
        assert.equal(exchanges[0].headers.get('accelerate-cache-status'), 'none')
        await tx.team.update({ where: { id: 1 }, data: { name: 'newer' } })
        assert.equal(await nameOf(teams(tx, { cacheStrategy })), 'newer')
      })
    })
    await assertStillOutdated(stage)
  },

  'reads of an interactive transaction that is rolled back are not stored': async (stage) => {
    await assert.rejects(
      stage.network.forcing(FORCED, () =>
        stage.prisma.$transaction(async (tx) => {
          await tx.team.update({ where: { id: 1 }, data: { name: 'never' } })
          assert.equal(await nameOf(teams(tx, { cacheStrategy })), 'never')
          throw new Error('roll back')
        }),
      ),
      /roll back/,
    )
    const { data, info } = await teams(stage.prisma, { cacheStrategy }).withAccelerateInfo()
    assert.deepEqual([data[0].name, info.cacheStatus], ['core', 'miss'])
  },

  '$transaction([...]) does not use the cache': async (stage) => {
    await outdate(stage)
    await stage.network.forcing(FORCED, async () => {
      const [list, updated, again] = await stage.prisma.$transaction([
        teams(stage.prisma, { cacheStrategy }),
        stage.prisma.team.update({ where: { id: 1 }, data: { name: 'newer' } }),
        teams(stage.prisma, { cacheStrategy }),
      ])
      assert.deepEqual([list[0].name, updated.name, again[0].name], ['new', 'newer', 'newer'])
    })
    await assertStillOutdated(stage)
  },

  'a compacted batch of findUnique without a strategy does not use the cache': async (stage) => {
    const find = (id, strategy) => stage.prisma.team.findUnique({ where: { id }, cacheStrategy: strategy })
    for (const id of [1, 2]) await find(id, cacheStrategy)
    await stage.sql(`update "Team" set name = 'new'`)
    const [rows, exchanges] = await stage.network.watch(() => Promise.all([find(1), find(2)]))
    assert.equal(exchanges.length, 1)
    assert.deepEqual(
      rows.map((row) => row.name),
      ['new', 'new'],
    )
  },

  'errors are not stored: a missing row is found after it has been inserted': async (stage) => {
    for (const [operation, id] of [
      ['findUniqueOrThrow', 71],
      ['findFirstOrThrow', 72],
    ]) {
      const find = () => stage.prisma.article[operation]({ where: { id }, cacheStrategy })
      await assert.rejects(find(), { code: 'P2025' })
      await assert.rejects(find(), { code: 'P2025' })
      await stage.sql(`insert into "Article" (id, title, text) values ($1, 'late', '')`, [id])
      const { data, info } = await find().withAccelerateInfo()
      assert.deepEqual([data.title, info.cacheStatus], ['late', 'miss'])
      assert.equal(await statusOf(find()), 'ttl')
    }
  },

  'errors are not stored: a missing table is read after it has been created': async (stage) => {
    const find = () => stage.prisma.gone.findMany({ cacheStrategy })
    await assert.rejects(find(), { code: 'P2021' })
    await stage.sql('create table "Gone" (id int primary key); insert into "Gone" values (7)')
    try {
      const { data, info } = await find().withAccelerateInfo()
      assert.deepEqual([data, info.cacheStatus], [[{ id: 7 }], 'miss'])
    } finally {
      await stage.sql('drop table "Gone"')
    }
  },
}
