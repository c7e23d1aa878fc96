// drizzle-orm/neon-http compared with drizzle-orm/node-postgres.
import {
  and,
  asc,
  avg,
  count,
  desc,
  eq,
  exists,
  gt,
  ilike,
  inArray,
  isNull,
  ne,
  or,
  placeholder,
  sql as raw,
  sum,
} from 'drizzle-orm'
import { alias, intersect, union } from 'drizzle-orm/pg-core'
import assert from 'node:assert/strict'
import { comments, everyColumn, labels, posts, postsLabels, users } from '../drizzle-schema.mjs'
import { same } from '../same.mjs'

/** A value for every column. */
const EVERYTHING = {
  small: -32768,
  bigNumber: Number.MAX_SAFE_INTEGER,
  bigInt: 9223372036854775807n,
  flag: true,
  words: 'it\'s "quoted" \\ 漢字\n',
  code: 'abc',
  fixed: 'ab',
  exact: '1234567890123456.7891',
  exactNumber: 12.5,
  exactInt: 12345678901234567890123456789n,
  single: 1.5,
  double: -1.7976931348623157e308,
  plain: { b: 1, a: [null, { c: 'ö"' }] },
  binaryJson: [1, 'two', null, { three: 3.5 }],
  at: '23:59:59.123456',
  atZone: '12:00:00+05:30',
  stamp: new Date('2024-02-29T12:34:56.789Z'),
  stampText: '2024-02-29 12:34:56.123456',
  stampZone: new Date('1999-12-31T23:59:59.999Z'),
  stampZoneText: '2024-07-01 12:00:00+02',
  day: new Date('2024-02-29T00:00:00.000Z'),
  dayText: '0044-03-15',
  span: '1 year 2 mons 3 days 04:05:06.789',
  spot: [1.5, -2],
  spotObject: { x: 3, y: 1e30 },
  edge: [1, 2, 3],
  edgeObject: { a: 4, b: 5, c: 6 },
  key: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  feeling: 'very happy',
  host: '192.168.0.1/24',
  net: '10.0.0.0/8',
  mac: '08:00:2b:01:02:03',
  mac8: '08:00:2b:01:02:03:04:05',
  bits: '10101010',
  wordsList: ['', 'a "b"', 'c,d', '{}', '\\', 'NULL', '漢'],
  numbersList: [1, -2, 3],
  matrix: [
    [1, 2],
    [3, 4],
  ],
  stampsList: [new Date('2024-01-01T00:00:00.000Z'), new Date('1970-01-01T00:00:00.001Z')],
  exactList: ['1.50', '-99999999999999999999.5'],
}

export default {
  'every type of column, written and read': same(async ({ drizzle }) => {
    const db = drizzle()
    return [
      await db.insert(everyColumn).values(EVERYTHING).returning(),
      await db.insert(everyColumn).values({}).returning(),
      await db.select().from(everyColumn).orderBy(everyColumn.id),
      await db.query.everyColumn.findMany({ orderBy: asc(everyColumn.id) }),
      await db.execute(raw`select * from every_column order by id`).then(({ rows }) => rows),
    ]
  }),

  'every column compared with a value': same(async ({ drizzle }) => {
    const db = drizzle()
    await db.insert(everyColumn).values(EVERYTHING)
    const found = {}
    const incomparable = new Set(['plain', 'spot', 'spotObject', 'edge', 'edgeObject'])
    for (const [name, value] of Object.entries(EVERYTHING)) {
      if (incomparable.has(name)) continue
      found[name] = await db.select({ id: everyColumn.id }).from(everyColumn).where(eq(everyColumn[name], value))
    }
    return found
  }),

  'special numbers and dates': same(async ({ drizzle }) => {
    const db = drizzle()
    await db.execute(raw`insert into every_column (single, double, exact_list, stamp_text, stamp_zone_text, day_text, stamps_list) values
      ('NaN', 'Infinity', '{NaN,Infinity}', 'infinity', '-infinity', 'infinity', '{2024-01-01}'),
      ('-Infinity', '-0', '{}', '0044-03-15 12:00:00 BC', '12345-01-01 00:00:00Z', '0044-03-15 BC', '{}')`)
    return db.select().from(everyColumn).orderBy(everyColumn.id)
  }),

  'select: all, some columns, expressions, conditions': same(async ({ drizzle }) => {
    const db = drizzle()
    return [
      await db.select().from(users).orderBy(users.id),
      await db
        .select({ n: users.name, upper: raw`upper(${users.name})`.as('upper'), one: raw`1`.mapWith(String) })
        .from(users)
        .orderBy(users.id),
      await db
        .select()
        .from(posts)
        .where(and(eq(posts.published, true), or(gt(posts.views, 41n), ilike(posts.title, 'f%'))))
        .orderBy(desc(posts.id)),
      await db
        .select()
        .from(users)
        .where(or(isNull(users.mood), inArray(users.id, [1, 2])))
        .orderBy(users.id)
        .limit(2)
        .offset(1),
      await db
        .select()
        .from(users)
        .where(inArray(users.id, raw`(select ${posts.authorId} from ${posts})`))
        .orderBy(users.id),
      await db.selectDistinct({ authorId: posts.authorId }).from(posts).orderBy(posts.authorId),
      await db
        .selectDistinctOn([posts.authorId], { authorId: posts.authorId, title: posts.title })
        .from(posts)
        .orderBy(posts.authorId, desc(posts.title)),
      await db.select().from(users).where(eq(users.id, -1)),
    ]
  }),

  joins: same(async ({ drizzle }) => {
    const db = drizzle()
    const inviter = alias(users, 'inviter')
    return [
      await db.select().from(users).leftJoin(posts, eq(posts.authorId, users.id)).orderBy(users.id, posts.id),
      await db
        .select({ who: users.name, by: inviter })
        .from(users)
        .leftJoin(inviter, eq(users.invitedBy, inviter.id))
        .orderBy(users.id),
      await db
        .select()
        .from(posts)
        .innerJoin(postsLabels, eq(postsLabels.postId, posts.id))
        .rightJoin(labels, eq(labels.id, postsLabels.labelId))
        .orderBy(labels.id, posts.id),
      await db
        .select({ id: comments.id, author: { name: users.name, mood: users.mood } })
        .from(comments)
        .fullJoin(users, eq(users.id, comments.authorId))
        .orderBy(comments.id, users.id),
    ]
  }),

  'aggregates, subqueries, CTEs and sets': same(async ({ drizzle }) => {
    const db = drizzle()
    const perAuthor = db.$with('per_author').as(
      db
        .select({ authorId: posts.authorId, n: count().as('n') })
        .from(posts)
        .groupBy(posts.authorId),
    )
    const subquery = db.select({ id: posts.id }).from(posts).where(eq(posts.published, true)).as('published')
    return [
      await db
        .select({
          n: count(),
          views: sum(posts.views),
          mean: avg(posts.views),
          max: raw`max(${posts.views})`.mapWith(posts.views),
        })
        .from(posts),
      await db.$count(users),
      await db.$count(users, ne(users.id, 1)),
      await db
        .select({ name: users.name, posts: db.$count(posts, eq(posts.authorId, users.id)) })
        .from(users)
        .orderBy(users.id),
      await db
        .with(perAuthor)
        .select({ name: users.name, n: perAuthor.n })
        .from(users)
        .innerJoin(perAuthor, eq(perAuthor.authorId, users.id))
        .orderBy(users.id),
      await db.select().from(subquery).orderBy(subquery.id),
      await db
        .select()
        .from(users)
        .where(exists(db.select().from(comments).where(eq(comments.authorId, users.id))))
        .orderBy(users.id),
      await union(db.select({ id: users.id }).from(users), db.select({ id: posts.id }).from(posts)).orderBy(raw`id`),
      await intersect(db.select({ id: users.id }).from(users), db.select({ id: labels.id }).from(labels)).orderBy(
        raw`id`,
      ),
    ]
  }),

  insert: same(async ({ drizzle, full }) => {
    const db = drizzle()
    return [
      await full(db.insert(users).values({ name: 'Dee', email: 'dee@example.org' })),
      await db
        .insert(users)
        .values([
          { name: 'Eve', email: 'eve@example.org', mood: 'sad' },
          { name: 'Fay', email: 'fay@example.org', mood: null, invitedBy: 1 },
        ])
        .returning(),
      await db
        .insert(users)
        .values({ name: 'Gus', email: 'gus@example.org', createdAt: new Date(0) })
        .returning({ id: users.id, at: users.createdAt }),
      await db
        .insert(labels)
        .select(db.select({ id: raw`${posts.id} + 100`.as('id'), name: posts.title }).from(posts))
        .returning(),
      await db
        .insert(users)
        .values({ name: raw`upper('hal')`, email: 'hal@example.org' })
        .returning({ name: users.name }),
    ]
  }),

  upsert: same(async ({ drizzle, full }) => {
    const db = drizzle()
    const ann = { name: 'Ann B.', email: 'ann@example.org' }
    return [
      await full(db.insert(users).values(ann).onConflictDoNothing()),
      await db.insert(users).values(ann).onConflictDoNothing({ target: users.email }).returning(),
      await db
        .insert(users)
        .values(ann)
        .onConflictDoUpdate({ target: users.email, set: { name: raw`excluded.name`, mood: 'sad' } })
        .returning(),
      await db
        .insert(labels)
        .values([{ name: 'news' }, { name: 'fresh' }])
        .onConflictDoUpdate({ target: labels.name, set: { name: raw`${labels.name} || '!'` } })
        .returning(),
    ]
  }),

  'update and delete': same(async ({ drizzle, full }) => {
    const db = drizzle()
    return [
      await full(
        db
          .update(posts)
          .set({ views: raw`${posts.views} + 1` })
          .where(eq(posts.authorId, 1)),
      ),
      await db
        .update(posts)
        .set({ body: { edited: true }, published: false })
        .where(eq(posts.id, 3))
        .returning(),
      await db
        .update(posts)
        .set({ title: users.name })
        .from(users)
        .where(and(eq(users.id, posts.authorId), eq(users.id, 2)))
        .returning({ title: posts.title }),
      await full(db.delete(comments).where(eq(comments.id, 1))),
      await db.delete(comments).where(isNull(comments.authorId)).returning(),
      await db.delete(labels).where(eq(labels.id, 99)).returning(),
    ]
  }),

  'relational queries': same(async ({ drizzle }) => {
    const db = drizzle()
    return [
      await db.query.users.findMany({ orderBy: asc(users.id), with: { posts: true, inviter: true, invited: true } }),
      await db.query.users.findMany({
        columns: { id: true, name: true },
        where: (user, { ne: not }) => not(user.id, 3),
        orderBy: (user) => [desc(user.id)],
        limit: 5,
        with: {
          posts: {
            columns: { body: false },
            orderBy: (post) => [asc(post.id)],
            with: {
              comments: { with: { author: { columns: { email: true } } } },
              postsLabels: { with: { label: true } },
            },
          },
        },
      }),
      await db.query.posts.findFirst({
        where: eq(posts.id, 3),
        with: { author: { with: { inviter: true } }, comments: true },
      }),
      (await db.query.posts.findFirst({ where: eq(posts.id, 99) })) ?? 'none',
      await db.query.posts.findMany({
        extras: { length: raw`length(${posts.title})`.as('length') },
        orderBy: asc(posts.id),
        offset: 1,
        limit: 1,
      }),
      await db.query.labels.findMany({
        orderBy: asc(labels.id),
        with: { postsLabels: { limit: 1, with: { post: true } } },
      }),
    ]
  }),

  'prepared statements with placeholders': same(async ({ drizzle }) => {
    const db = drizzle()
    const byId = db
      .select()
      .from(users)
      .where(eq(users.id, placeholder('id')))
      .prepare('by_id')
    const withPosts = db.query.users
      .findFirst({ where: eq(users.id, placeholder('id')), with: { posts: { limit: placeholder('n') } } })
      .prepare('with_posts')
    return [
      await byId.execute({ id: 1 }),
      await byId.execute({ id: 2 }),
      await byId.execute({ id: 99 }),
      await withPosts.execute({ id: 1, n: 1 }),
    ]
  }),

  'raw SQL': same(async ({ drizzle, full }) => {
    const db = drizzle()
    return [
      await full(
        db.execute(
          raw`select id, name, created_at, ${'x'}::text as x from ${users} where ${users.id} in ${[1, 2]} order by id`,
        ),
      ),
      await full(db.execute('select 1 as one')),
      await full(db.execute(raw`update ${users} set name = ${'Zed'} where ${users.id} = ${3}`)),
      await full(db.execute(raw.raw('create table scratch.t (id int)'))),
    ]
  }),

  'names in a different case': same(async ({ drizzle }) => {
    const db = drizzle({ casing: 'snake_case' })
    return db.select({ createdAt: users.createdAt }).from(users).orderBy(users.id)
  }),

  'a batch is one transaction': same(async ({ drizzle, batch, full }) => {
    const db = drizzle()
    const results = await batch(db, [
      db.insert(users).values({ name: 'Ida', email: 'ida@example.org' }).returning({ id: users.id }),
      db.update(posts).set({ published: true }),
      db.query.users.findMany({ where: eq(users.name, 'Ida'), with: { posts: true } }),
      db.select({ n: count() }).from(posts).where(eq(posts.published, true)),
      db.delete(comments).where(eq(comments.id, 1)),
      db.execute(raw`select pg_current_xact_id_if_assigned() is not null as writing`),
    ])
    return Promise.all([results[0], full(results[1]), results[2], results[3], full(results[4]), full(results[5])])
  }),

  'a batch that fails has no effect': same(async ({ drizzle, batch, failure }) => {
    const db = drizzle()
    return failure('23505', () =>
      batch(db, [
        db.insert(labels).values({ name: 'kept?' }),
        db.insert(users).values({ name: 'Ann', email: 'ann@example.org' }),
        db.insert(labels).values({ name: 'never' }),
      ]),
    )
  }),

  errors: same(async ({ drizzle, failure }) => {
    const db = drizzle()
    return [
      await failure('23505', () => db.insert(users).values({ name: 'x', email: 'ann@example.org' })),
      await failure('23503', () => db.insert(posts).values({ authorId: 99, title: 'x' })),
      await failure('23502', () => db.insert(posts).values({ authorId: 1, title: raw`null` })),
      await failure('42P01', () => db.execute(raw`select * from nowhere`)),
      await failure('22P02', () => db.select().from(users).where(eq(users.mood, 'glad'))),
    ]
  }),

  'drizzle itself rejects interactive transactions, before anything is sent': async ({ candidate }) => {
    const db = candidate.drizzle()
    await assert.rejects(
      db.transaction((tx) => tx.insert(labels).values({ name: 'x' })),
      /No transactions support/,
    )
  },

  'a bearer token in addition to the connection string': async (stage) => {
    const db = stage.candidate.drizzle()
    const rows = await db.$withAuth(stage.secrets.app).select({ id: users.id }).from(users).orderBy(users.id)
    assert.deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }])
  },
}
