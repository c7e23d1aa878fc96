// When a client disconnects, its statement is cancelled.
import assert from 'node:assert/strict'
import { until } from '../../lib/until.mjs'

/** Returns whether a statement with this mark is running in the candidate's database. */
async function running(stage, mark) {
  const [{ n }] = await stage.sql(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query like '%' || $1 || '%'`,
    [mark],
  )
  return n > 0
}

/** Sends a statement, waits until PostgreSQL runs it, disconnects, and waits until PostgreSQL has stopped running it. */
async function abandon(stage, mark, body) {
  const gone = new AbortController()
  const answer = stage.post(body, { signal: gone.signal })
  answer.catch(() => {})
  await until('the statement runs', () => running(stage, mark))
  const since = Date.now()
  gone.abort()
  await assert.rejects(answer, { name: 'AbortError' })
  await until('the statement has ended', async () => !(await running(stage, mark)))
  // Earlier than the end of the statement and than the server's query timeout.
  assert.ok(Date.now() - since < 15_000, `ended after ${Date.now() - since} ms`)
}

export default {
  'a query is cancelled': async (stage) => {
    await abandon(stage, 'abandoned 1', `select pg_sleep(30) /* abandoned 1 */`)
  },

  'a query within a batch is cancelled, and the batch has no effect': async (stage) => {
    const queries = [
      { query: 'insert into item values (50)' },
      { query: 'select pg_sleep(30) /* abandoned 2 */' },
      { query: 'insert into item values (51)' },
    ]
    await abandon(stage, 'abandoned 2', { queries })
    assert.equal(await stage.added(), 0)
  },

  'a write is cancelled, and has no effect': async (stage) => {
    await abandon(stage, 'abandoned 3', `insert into item select 50 from pg_sleep(30) /* abandoned 3 */`)
    assert.equal(await stage.added(), 0)
  },

  'aborting the signal of a driver query cancels the query': async (stage) => {
    const gone = new AbortController()
    const rows = stage.candidate.sql.query('select pg_sleep(30) /* abandoned 4 */', [], {
      fetchOptions: { signal: gone.signal },
    })
    const failed = assert.rejects(rows.then(), { name: 'NeonDbError' })
    await until('the statement runs', () => running(stage, 'abandoned 4'))
    gone.abort()
    await failed
    await until('the statement has ended', async () => !(await running(stage, 'abandoned 4')))
  },

  'a query that is still waiting for a connection is never sent': async (stage) => {
    // More queries than the pool has connections.
    const gone = new AbortController()
    const all = Array.from({ length: 12 }, () =>
      stage.post('select pg_sleep(30) /* abandoned 5 */', { signal: gone.signal }),
    )
    const settled = Promise.allSettled(all)
    await until('the statements run', () => running(stage, 'abandoned 5'))
    gone.abort()
    await settled
    await until('the statements have ended', async () => !(await running(stage, 'abandoned 5')))
    assert.deepEqual((await stage.query('select 1 as one')).rows, [{ one: 1 }])
    assert.equal(await running(stage, 'abandoned 5'), false)
  },

  'connections used for disconnected clients can be reused': async (stage) => {
    for (let i = 0; i < 5; i++) await abandon(stage, `abandoned 6.${i}.`, `select pg_sleep(30) /* abandoned 6.${i}. */`)
    const answers = await Promise.all(Array.from({ length: 12 }, () => stage.query('select 1 as one')))
    for (const { rows } of answers) assert.deepEqual(rows, [{ one: 1 }])
  },
}
