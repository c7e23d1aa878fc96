// Declares the tables of fixtures.sql that the drizzle programs use, as an app does.
import { relations } from 'drizzle-orm'
import * as t from 'drizzle-orm/pg-core'

export const mood = t.pgEnum('mood', ['sad', 'ok', 'very happy'])

export const users = t.pgTable('users', {
  id: t.serial().primaryKey(),
  name: t.text().notNull(),
  email: t.varchar({ length: 255 }).notNull().unique(),
  mood: mood().default('ok'),
  invitedBy: t.integer('invited_by').references(() => users.id),
  createdAt: t.timestamp('created_at').notNull().default(new Date('2024-05-06T07:08:09.123Z')),
})

export const posts = t.pgTable('posts', {
  id: t.serial().primaryKey(),
  authorId: t
    .integer('author_id')
    .notNull()
    .references(() => users.id),
  title: t.text().notNull(),
  body: t.jsonb(),
  views: t.bigint({ mode: 'bigint' }).notNull().default(0n),
  published: t.boolean().notNull().default(false),
})

export const comments = t.pgTable('comments', {
  id: t.serial().primaryKey(),
  postId: t
    .integer('post_id')
    .notNull()
    .references(() => posts.id),
  authorId: t.integer('author_id').references(() => users.id),
  text: t.text().notNull(),
})

export const labels = t.pgTable('labels', { id: t.serial().primaryKey(), name: t.text().notNull().unique() })

export const postsLabels = t.pgTable(
  'posts_labels',
  {
    postId: t
      .integer('post_id')
      .notNull()
      .references(() => posts.id),
    labelId: t
      .integer('label_id')
      .notNull()
      .references(() => labels.id),
  },
  (table) => [t.primaryKey({ columns: [table.postId, table.labelId] })],
)

export const usersRelations = relations(users, ({ one, many }) => ({
  inviter: one(users, { fields: [users.invitedBy], references: [users.id], relationName: 'invitations' }),
  invited: many(users, { relationName: 'invitations' }),
  posts: many(posts),
  comments: many(comments),
}))

export const postsRelations = relations(posts, ({ one, many }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
  comments: many(comments),
  postsLabels: many(postsLabels),
}))

export const commentsRelations = relations(comments, ({ one }) => ({
  post: one(posts, { fields: [comments.postId], references: [posts.id] }),
  author: one(users, { fields: [comments.authorId], references: [users.id] }),
}))

export const labelsRelations = relations(labels, ({ many }) => ({ postsLabels: many(postsLabels) }))

export const postsLabelsRelations = relations(postsLabels, ({ one }) => ({
  post: one(posts, { fields: [postsLabels.postId], references: [posts.id] }),
  label: one(labels, { fields: [postsLabels.labelId], references: [labels.id] }),
}))

export const everyColumn = t.pgTable('every_column', {
  id: t.serial().primaryKey(),
  small: t.smallint(),
  bigNumber: t.bigint('big_number', { mode: 'number' }),
  bigInt: t.bigint('big_int', { mode: 'bigint' }),
  flag: t.boolean(),
  words: t.text(),
  code: t.varchar({ length: 10 }),
  fixed: t.char({ length: 5 }),
  exact: t.numeric({ precision: 20, scale: 4 }),
  exactNumber: t.numeric('exact_number', { precision: 20, scale: 4, mode: 'number' }),
  exactInt: t.numeric('exact_int', { precision: 40, mode: 'bigint' }),
  single: t.real(),
  double: t.doublePrecision(),
  plain: t.json(),
  binaryJson: t.jsonb('binary_json'),
  at: t.time(),
  atZone: t.time('at_zone', { withTimezone: true }),
  stamp: t.timestamp({ precision: 3 }),
  stampText: t.timestamp('stamp_text', { precision: 6, mode: 'string' }),
  stampZone: t.timestamp('stamp_zone', { precision: 3, withTimezone: true }),
  stampZoneText: t.timestamp('stamp_zone_text', { withTimezone: true, mode: 'string' }),
  day: t.date({ mode: 'date' }),
  dayText: t.date('day_text', { mode: 'string' }),
  span: t.interval(),
  spot: t.point(),
  spotObject: t.point('spot_object', { mode: 'xy' }),
  edge: t.line(),
  edgeObject: t.line('edge_object', { mode: 'abc' }),
  key: t.uuid(),
  feeling: mood(),
  host: t.inet(),
  net: t.cidr(),
  mac: t.macaddr(),
  mac8: t.macaddr8(),
  bits: t.bit({ dimensions: 8 }),
  wordsList: t.text('words_list').array(),
  numbersList: t.integer('numbers_list').array(),
  matrix: t.integer().array().array(),
  stampsList: t.timestamp('stamps_list', { withTimezone: true }).array(),
  exactList: t.numeric('exact_list').array(),
})
