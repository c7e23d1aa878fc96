// kysely-neon compared with Kysely's own dialect on `pg`.
import { sql } from 'kysely'
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres'
import assert from 'node:assert/strict'
import { same } from '../same.mjs'

export default {
  select: same(async ({ kysely }) => {
    const db = kysely()
    return [
      await db.selectFrom('author').selectAll().orderBy('id').execute(),
      await db
        .selectFrom('author')
        .select(['id', 'name as label'])
        .where('born', 'is not', null)
        .orderBy('id', 'desc')
        .execute(),
      await db
        .selectFrom('book')
        .innerJoin('author', 'author.id', 'book.author_id')
        .select(['title', 'author.name', 'price', 'tags', 'published'])
        .orderBy('book.id')
        .execute(),
      await db
        .selectFrom('item')
        .select(({ fn }) => [fn.countAll().as('n'), fn.sum('n').as('sum'), fn.max('label').as('max')])
        .executeTakeFirst(),
      await db.selectFrom('item').selectAll().where('id', 'in', [1, 3]).orderBy('id').limit(1).offset(1).execute(),
      (await db.selectFrom('item').selectAll().where('id', '=', 99).executeTakeFirst()) ?? 'none',
    ]
  }),

  'relations as JSON': same(({ kysely }) =>
    kysely()
      .selectFrom('author')
      .select((eb) => [
        'author.id',
        jsonArrayFrom(
          eb
            .selectFrom('book')
            .select(['title', 'price', 'published'])
            .whereRef('book.author_id', '=', 'author.id')
            .orderBy('book.id'),
        ).as('books'),
        jsonObjectFrom(eb.selectFrom('item').selectAll().whereRef('item.id', '=', 'author.id')).as('item'),
      ])
      .orderBy('author.id')
      .execute(),
  ),

  insert: same(async ({ kysely }) => {
    const db = kysely()
    return [
      await db
        .insertInto('item')
        .values([
          { id: 10, n: 1 },
          { id: 11, n: 2, label: 'x' },
        ])
        .execute(),
      await db
        .insertInto('author')
        .values({ name: 'x', email: null, born: new Date('2000-01-31T00:00:00Z'), meta: JSON.stringify({ a: [1] }) })
        .returningAll()
        .execute(),
      await db
        .insertInto('item')
        .values({ id: 1, n: 5 })
        .onConflict((oc) => oc.column('id').doUpdateSet((eb) => ({ n: eb.ref('excluded.n') })))
        .returning('n')
        .executeTakeFirstOrThrow(),
      await db
        .insertInto('item')
        .values({ id: 1 })
        .onConflict((oc) => oc.doNothing())
        .executeTakeFirst(),
      await db
        .insertInto('item')
        .columns(['id', 'n'])
        .expression((eb) => eb.selectFrom('item').select((e) => [e('id', '+', 100).as('id'), 'n']))
        .executeTakeFirst(),
    ]
  }),

  'update, delete and merge': same(async ({ kysely }) => {
    const db = kysely()
    return [
      await db
        .updateTable('item')
        .set((eb) => ({ n: eb('n', '+', 1) }))
        .executeTakeFirst(),
      await db.updateTable('item').set({ label: 'y' }).where('id', '=', 2).returningAll().execute(),
      await db.updateTable('item').set({ label: 'y' }).where('id', '=', 99).execute(),
      await db.deleteFrom('item').where('id', '=', 1).executeTakeFirst(),
      await db.deleteFrom('item').where('id', '=', 2).returning(['id', 'n']).execute(),
      await db
        .mergeInto('item')
        .using('author', 'author.id', 'item.id')
        .whenMatched()
        .thenDelete()
        .whenNotMatched()
        .thenInsertValues({ id: sql`author.id`, n: 7 })
        .executeTakeFirst(),
    ]
  }),

  'raw SQL': same(async ({ kysely }) => {
    const db = kysely()
    const { rows } =
      await sql`select ${'a'}::text as a, ${1}::int as b, ${sql.ref('item.id')} from ${sql.table('item')} order by id`.execute(
        db,
      )
    return rows
  }),

  'CTEs, sets and expressions': same(async ({ kysely }) => {
    const db = kysely()
    return [
      await db
        .with('gone', (qb) => qb.deleteFrom('item').where('id', '>', 2).returningAll())
        .selectFrom('gone')
        .selectAll()
        .execute(),
      await db.selectFrom('item').select('id').union(db.selectFrom('author').select('id')).orderBy('id').execute(),
      await db
        .selectFrom('author')
        .select((eb) => [
          eb.case().when('born', 'is', null).then('?').else('!').end().as('mark'),
          eb.ref('meta', '->').key('tags').as('tags'),
        ])
        .orderBy('id')
        .execute(),
    ]
  }),

  schemas: same(async ({ kysely }) => {
    const db = kysely()
    await db.schema
      .withSchema('scratch')
      .createTable('t')
      .addColumn('id', 'serial', (c) => c.primaryKey())
      .addColumn('at', 'timestamptz', (c) => c.notNull())
      .execute()
    await db.schema.withSchema('scratch').createIndex('t_at').on('t').column('at').execute()
    await db.withSchema('scratch').insertInto('t').values({ at: '2024-01-01T00:00:00Z' }).execute()
    const tables = await db.introspection.getTables()
    return [
      await db.withSchema('scratch').selectFrom('t').selectAll().execute(),
      tables.find(({ name }) => name === 't'),
    ]
  }),

  errors: same(async ({ kysely, failure }) => {
    const db = kysely()
    return [
      await failure('23505', () => db.insertInto('item').values({ id: 1 }).execute()),
      await failure('42P01', () => db.selectFrom('nowhere').selectAll().execute()),
      await failure('22P02', () => db.selectFrom('item').selectAll().where('id', '=', 'x').execute()),
    ]
  }),

  'the dialect itself rejects transactions': async ({ candidate }) => {
    const work = candidate
      .kysely()
      .transaction()
      .execute((trx) => trx.deleteFrom('item').execute())
    await assert.rejects(work, /doesn't support interactive transactions/)
  },
}
