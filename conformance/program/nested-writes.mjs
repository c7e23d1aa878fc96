// Writes through relations.
import { relational } from '../lib/operations.mjs'

const asc = { id: 'asc' }
const posts = { posts: { orderBy: asc } }

/** Returns a user.update with the given nested write, by default for user 1. */
const user =
  (data, { id = 1, include = posts } = {}) =>
  ({ prisma }) =>
    prisma.user.update({ where: { id }, data, include })
const post =
  (data, { id = 1, include = { categories: { orderBy: asc }, comments: { orderBy: asc }, reviewer: true } } = {}) =>
  ({ prisma }) =>
    prisma.post.update({ where: { id }, data, include })

export default [
  relational('create down four levels', ({ prisma }) =>
    prisma.user.create({
      data: {
        email: 'deep@x.test',
        profile: { create: { bio: 'b', meta: { a: 1 }, badge: { create: { label: 'x' } } } },
        posts: {
          create: [
            {
              title: 'a',
              comments: {
                create: [
                  { text: '1', user: { connect: { id: 2 } } },
                  { text: '2', user: { create: { email: 'inner@x.test' } } },
                ],
              },
            },
            {
              title: 'b',
              categories: {
                create: { name: 'fresh', parent: { connect: { name: 'root' } } },
                connect: [{ id: 2 }, { name: 'art' }],
              },
            },
          ],
        },
      },
      include: {
        profile: { include: { badge: true } },
        posts: {
          orderBy: asc,
          include: { comments: { orderBy: asc, include: { user: true } }, categories: { orderBy: { name: 'asc' } } },
        },
      },
    }),
  ),
  relational('create with createMany', ({ prisma }) =>
    prisma.user.create({
      data: { email: 'cm@x.test', posts: { createMany: { data: [{ title: 'a' }, { title: 'b', views: 3 }] } } },
      include: posts,
    }),
  ),
  relational('create with a required parent', ({ prisma }) =>
    prisma.post.create({
      data: {
        title: 't',
        author: { create: { email: 'par@x.test' } },
        reviewer: { connectOrCreate: { where: { email: 'rev@x.test' }, create: { email: 'rev@x.test' } } },
      },
      include: { author: true, reviewer: true },
    }),
  ),
  relational('connect', user({ posts: { connect: [{ id: 4 }, { authorId_title: { authorId: 4, title: 'Zeta' } }] } })),
  relational('connect many to many twice', post({ categories: { connect: [{ id: 2 }, { id: 3 }] } })),
  relational('connect one to one steals', ({ prisma }) =>
    prisma.profile.update({ where: { id: 2 }, data: { badge: { connect: { id: 1 } } }, include: { badge: true } }),
  ),
  relational(
    'connect of a required one to one that would orphan',
    ({ prisma }) => prisma.user.update({ where: { id: 1 }, data: { profile: { connect: { id: 2 } } } }),
    { throws: 'P2014' },
  ),
  relational(
    'connectOrCreate',
    post({
      categories: {
        connectOrCreate: [
          { where: { name: 'art' }, create: { name: 'art' } },
          { where: { name: 'made' }, create: { name: 'made', color: 'GREEN' } },
        ],
      },
    }),
  ),
  relational(
    'connectOrCreate of children',
    user({
      posts: {
        connectOrCreate: [
          { where: { id: 4 }, create: { title: 'no' } },
          { where: { id: 77 }, create: { title: 'yes' } },
        ],
      },
    }),
  ),
  relational(
    'disconnect',
    user(
      { reports: { disconnect: [{ id: 2 }] }, follows: { disconnect: { id: 2 } } },
      { include: { reports: { orderBy: asc }, follows: { orderBy: asc }, followers: { orderBy: asc } } },
    ),
  ),
  relational('disconnect a parent', post({ reviewer: { disconnect: true } })),
  relational('disconnect with a filter', post({ reviewer: { disconnect: { name: 'Nobody' } } })),
  relational(
    'disconnect many to many that is not connected',
    post({ categories: { disconnect: [{ id: 3 }, { id: 2 }] } }),
  ),
  relational('disconnect one to one', ({ prisma }) =>
    prisma.profile.update({ where: { id: 1 }, data: { badge: { disconnect: true } }, include: { badge: true } }),
  ),
  relational('set', post({ categories: { set: [{ id: 3 }, { name: 'root' }] } })),
  relational('set to nothing', post({ categories: { set: [] } })),
  relational(
    'set of children',
    user({ reports: { set: [{ id: 3 }, { id: 6 }] } }, { include: { reports: { orderBy: asc } } }),
  ),
  relational(
    'set, create and connect together',
    post({ categories: { set: [], create: { name: 'one' }, connect: { name: 'art' } } }),
  ),
  relational(
    'update of children',
    user(
      {
        posts: {
          update: [
            { where: { id: 1 }, data: { title: 'renamed', views: { increment: 5 } } },
            { where: { id: 2, published: false }, data: { comments: { create: { text: 'new' } } } },
          ],
        },
      },
      { include: { posts: { orderBy: asc, include: { comments: { orderBy: asc } } } } },
    ),
  ),
  relational(
    'update of a parent',
    post(
      {
        author: { update: { name: 'Through', profile: { update: { bio: 'changed' } } } },
        reviewer: { update: { where: { name: 'Bob' }, data: { age: 99 } } },
      },
      { include: { author: { include: { profile: true } }, reviewer: true } },
    ),
  ),
  relational(
    'updateMany of children',
    user({
      posts: {
        updateMany: [
          { where: { views: { gt: 5 } }, data: { published: false } },
          { where: {}, data: { body: 'all' } },
        ],
      },
    }),
  ),
  relational(
    'upsert of children',
    user({
      posts: {
        upsert: [
          { where: { id: 1 }, create: { title: 'no' }, update: { title: 'yes' } },
          { where: { id: 4 }, create: { title: 'not mine' }, update: { title: 'no' } },
        ],
      },
    }),
  ),
  relational('upsert of one to one', ({ prisma }) =>
    Promise.all(
      [1, 3].map((id) =>
        prisma.user.update({
          where: { id },
          data: { profile: { upsert: { create: { bio: 'created' }, update: { bio: 'updated' } } } },
          include: { profile: true },
        }),
      ),
    ),
  ),
  relational(
    'upsert of a parent',
    post({ reviewer: { upsert: { create: { email: 'r@x.test' }, update: { age: 1 }, where: { name: 'Bob' } } } }),
  ),
  relational(
    'upsert of a missing parent',
    post({ reviewer: { upsert: { create: { email: 'r@x.test' }, update: { age: 1 } } } }, { id: 2 }),
  ),
  relational('delete of children', user({ posts: { delete: [{ id: 1 }, { id: 3, published: true }] } })),
  relational('delete of a parent', post({ reviewer: { delete: true } }, { id: 3 })),
  relational('delete of one to one', ({ prisma }) =>
    prisma.user.update({ where: { id: 2 }, data: { profile: { delete: true } }, include: { profile: true } }),
  ),
  relational('deleteMany of children', user({ posts: { deleteMany: [{ views: 10 }, { title: 'beta' }] } })),
  relational('deleteMany of all children', user({ posts: { deleteMany: {} } }, { id: 4 })),
  relational('deleteMany of many to many', post({ categories: { deleteMany: { color: 'RED', name: 'java' } } })),
  relational(
    'createMany with skipDuplicates',
    user({ posts: { createMany: { data: [{ title: 'Alpha' }, { title: 'fresh' }], skipDuplicates: true } } }),
  ),
  relational(
    'everything at once',
    user(
      {
        name: 'all',
        posts: {
          create: { title: 'created' },
          connect: { id: 4 },
          update: { where: { id: 2 }, data: { title: 'updated' } },
          updateMany: { where: { published: true }, data: { views: 1 } },
          delete: { id: 3 },
        },
        reports: { set: [], create: { email: 'rep@x.test' } },
      },
      { include: { posts: { orderBy: asc }, reports: true } },
    ),
  ),
  relational('explicit many to many', ({ prisma }) =>
    prisma.team.update({
      where: { id: 1 },
      data: {
        members: {
          create: { user: { connect: { email: 'eve@x.test' } }, role: 'ADMIN' },
          update: { where: { teamId_userId: { teamId: 1, userId: 1 } }, data: { role: 'visitor' } },
          delete: { teamId_userId: { teamId: 1, userId: 2 } },
        },
      },
      include: { members: { orderBy: { userId: 'asc' } } },
    }),
  ),
  relational('self relations', ({ prisma }) =>
    prisma.user.update({
      where: { id: 1 },
      data: {
        manager: { connect: { id: 4 } },
        reports: { connect: { id: 6 } },
        follows: { create: { email: 'fol@x.test' } },
      },
      include: { manager: true, reports: { orderBy: asc }, follows: { orderBy: asc } },
    }),
  ),
  relational('several columns', ({ prisma }) =>
    prisma.account.update({
      where: { id: 1 },
      data: {
        invoices: {
          create: { number: 5, year: 2025, lines: { createMany: { data: [{ text: 'x' }, { text: 'y' }] } } },
          update: {
            where: { key: { year: 2023, number: 1 } },
            data: { total: { increment: 1 }, lines: { deleteMany: { text: 'l1' } } },
          },
        },
      },
      include: { invoices: { orderBy: [{ year: 'asc' }, { number: 'asc' }], include: { lines: { orderBy: asc } } } },
    }),
  ),
  relational('by a unique column that is no id', ({ prisma }) =>
    prisma.owner.update({
      where: { id: 1 },
      data: { name: 'uno', things: { connect: { id: 4 }, disconnect: { id: 2 } } },
      include: { things: { orderBy: asc } },
    }),
  ),

  relational('connect of a missing record', user({ posts: { connect: { id: 999 } } }), { throws: 'P2018' }),
  relational(
    'connect of a missing parent',
    ({ prisma }) => prisma.post.create({ data: { title: 't', author: { connect: { id: 999 } } } }),
    { throws: 'P2025' },
  ),
  relational('connect of a missing many to many record', post({ categories: { connect: [{ id: 2 }, { id: 999 }] } }), {
    throws: 'P2025',
  }),
  relational(
    'update of a record of someone else',
    user({ posts: { update: { where: { id: 4 }, data: { title: 'x' } } } }),
    { throws: 'P2025' },
  ),
  relational('update of a missing parent', post({ reviewer: { update: { age: 1 } } }, { id: 2 }), { throws: 'P2025' }),
  relational('delete of a record of someone else', user({ posts: { delete: { id: 4 } } }), { throws: 'P2017' }),
  relational(
    'delete of a missing one to one',
    ({ prisma }) => prisma.user.update({ where: { id: 3 }, data: { profile: { delete: true } } }),
    { throws: 'P2025' },
  ),
  relational('disconnect of a required relation', ({ prisma, outcome }) =>
    outcome(() => prisma.user.update({ where: { id: 1 }, data: { profile: { disconnect: true } } })),
  ),
  relational('a failing nested write rolls everything back', async ({ prisma, attempt }) => [
    await attempt('P2002', () =>
      prisma.user.create({ data: { email: 'rb@x.test', posts: { create: [{ title: 'same' }, { title: 'same' }] } } }),
    ),
    await attempt('P2018', () =>
      prisma.user.update({
        where: { id: 1 },
        data: { name: 'lost', posts: { create: { title: 'lost' }, connect: { id: 999 } } },
      }),
    ),
    await prisma.user.count(),
    await prisma.post.count(),
  ]),
  relational(
    'nested upsert that violates a unique key',
    user({ posts: { upsert: { where: { id: 99 }, create: { title: 'Alpha' }, update: {} } } }),
    { throws: 'P2002' },
  ),
]
