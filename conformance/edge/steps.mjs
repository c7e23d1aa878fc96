// What an app does with a client. Runs in every runtime, so it imports nothing.

/** Runs the steps in order; the error of a failed one starts with its name. Returns their number. */
async function inOrder(steps) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
    } catch (error) {
      throw new Error(`${name}: ${error?.stack ?? error}`)
    }
  }
  return Object.keys(steps).length
}

const text = (value) =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each instanceof Uint8Array ? [...each] : each))

function equal(actual, expected, what = '') {
  if (text(actual) !== text(expected)) throw new Error(`${what} is ${text(actual)}, not ${text(expected)}`)
}

async function rejected(promise, check) {
  let error
  try {
    await promise
  } catch (caught) {
    error = caught
  }
  if (!error) throw new Error('it was not rejected')
  check(error)
}

/** A name that no other run uses. */
const unique = () => `edge-${Date.now()}-${Math.random().toString(36).slice(2)}`

/**
 * The steps of Prisma Client.
 * @param connect returns a client with the package for a URL
 */
export function prismaSteps(connect, { url, wrongUrl }) {
  const client = connect(url)
  const email = `${unique()}@x.test`
  let user
  return inOrder({
    'create, with nested writes': async () => {
      user = await client.user.create({
        data: { email, name: 'Ann', age: 7, score: 1.5, tags: ['a', 'b'], posts: { create: [{ title: 'one' }, { title: 'two' }] } },
        include: { posts: { orderBy: { title: 'asc' } } },
      })
      equal([user.name, user.age, user.score, user.tags], ['Ann', 7, 1.5, ['a', 'b']])
      equal(
        user.posts.map(({ title }) => title),
        ['one', 'two'],
      )
    },
    'read and update': async () => {
      const updated = await client.user.update({ where: { id: user.id }, data: { age: { increment: 1 } } })
      equal(updated.age, 8)
      equal((await client.user.findUniqueOrThrow({ where: { email } })).age, 8)
      equal(await client.post.count({ where: { authorId: user.id } }), 2)
      const { _sum } = await client.user.aggregate({ where: { id: user.id }, _sum: { age: true } })
      equal(_sum.age, 8)
    },
    'every kind of scalar': async () => {
      const rows = await client.$queryRaw`select 9007199254740993::bigint as big, 1.10::numeric as decimal, '\\x0102'::bytea as bytes,
        '2024-01-02T03:04:05Z'::timestamptz as at, true as yes, '{"a": [1]}'::jsonb as json`
      equal([rows[0].big, String(rows[0].decimal), rows[0].yes, rows[0].json], [9007199254740993n, '1.1', true, { a: [1] }])
      equal([...new Uint8Array(rows[0].bytes)], [1, 2])
      equal(rows[0].at.toISOString(), '2024-01-02T03:04:05.000Z')
    },
    'miss, hit, invalidation': async () => {
      const tag = unique().replaceAll('-', '_')
      const read = async () => {
        const { data, info } = await client.user
          .findMany({ where: { id: user.id }, select: { name: true }, cacheStrategy: { ttl: 60, tags: [tag] } })
          .withAccelerateInfo()
        return [data[0].name, info.cacheStatus]
      }
      equal([await read(), await read()], [['Ann', 'miss'], ['Ann', 'ttl']])
      await client.user.update({ where: { id: user.id }, data: { name: 'Bob' } })
      equal(await read(), ['Ann', 'ttl'])
      await client.$accelerate.invalidate({ tags: [tag] })
      equal([await read(), await read()], [['Bob', 'miss'], ['Bob', 'ttl']])
    },
    'interactive transaction': async () => {
      const failure = new Error('stop')
      await rejected(
        client.$transaction(async (tx) => {
          await tx.user.update({ where: { id: user.id }, data: { name: 'never' } })
          throw failure
        }),
        (error) => equal(error.message, 'stop'),
      )
      const name = await client.$transaction(async (tx) => {
        await tx.user.update({ where: { id: user.id }, data: { name: 'Cy' } })
        return (await tx.user.findUniqueOrThrow({ where: { id: user.id } })).name
      })
      equal(name, 'Cy')
    },
    batch: async () => {
      const [found, count] = await client.$transaction([
        client.user.findUniqueOrThrow({ where: { id: user.id } }),
        client.post.updateMany({ where: { authorId: user.id }, data: { views: 3 } }),
      ])
      equal([found.name, count], ['Cy', { count: 2 }])
    },
    'raw SQL': async () => {
      equal(await client.$queryRaw`select ${20} + 1 as n`, [{ n: 21 }])
      equal(await client.$executeRaw`update "User" set name = 'Di' where id = ${user.id}`, 1)
      equal((await client.user.findUniqueOrThrow({ where: { id: user.id } })).name, 'Di')
    },
    'errors with their codes': async () => {
      await rejected(client.user.create({ data: { email } }), (error) => {
        equal(error.code, 'P2002')
        if (!text(error.meta).includes('email')) throw new Error(text(error.meta))
      })
      await rejected(client.user.findUniqueOrThrow({ where: { id: -1 } }), (error) => equal(error.code, 'P2025'))
    },
    'twenty calls at once': async () => {
      const counts = await Promise.all(Array.from({ length: 20 }, () => client.post.count({ where: { authorId: user.id } })))
      equal(new Set(counts).size, 1)
    },
    'a wrong key': async () => {
      await rejected(connect(wrongUrl).user.findFirst(), (error) => {
        if (String(error).includes('wrong_key')) throw new Error('the error shows the key')
      })
    },
    delete: async () => {
      await client.post.deleteMany({ where: { authorId: user.id } })
      equal((await client.user.delete({ where: { id: user.id } })).email, email)
    },
  })
}

/**
 * The steps of SQL over HTTP.
 * @param run runs a statement and returns its rows
 * @param cached the same, with a ttl of a minute and a tag
 * @param cacheStatus returns the status of the last response
 */
export function sqlSteps({ run, cached, cacheStatus, wrongKey }) {
  const table = unique().replaceAll('-', '_')
  const tag = table
  return inOrder({
    'write and read': async () => {
      await run(`create table ${table} (id int primary key, name text, big bigint, at timestamptz)`)
      await run(`insert into ${table} values ($1, $2, $3, $4)`, [1, 'Ann', '9007199254740993', '2024-01-02T03:04:05Z'])
      const [row] = await run(`select id, name, big::text as big from ${table} where id = $1`, [1])
      equal([row.id, row.name, row.big], [1, 'Ann', '9007199254740993'])
    },
    'miss and hit': async () => {
      const read = async () => [(await cached(`select name from ${table}`, tag))[0].name, cacheStatus()]
      equal([await read(), await read()], [['Ann', 'miss'], ['Ann', 'ttl']])
    },
    'errors with their codes': async () => {
      await rejected(run(`insert into ${table} values (1, 'again')`), (error) => equal(error.code, '23505'))
    },
    'twenty calls at once': async () => {
      const rows = await Promise.all(Array.from({ length: 20 }, () => run(`select count(*)::int as n from ${table}`)))
      equal(
        rows.map(([{ n }]) => n),
        rows.map(() => 1),
      )
    },
    'a wrong key': () => rejected(wrongKey(), () => {}),
    'drop the table': () => run(`drop table ${table}`),
  })
}
