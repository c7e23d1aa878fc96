// Queries for the activity in a database; each returns a number.

export const OPEN_TRANSACTIONS = `
  select count(*)::int as n from pg_stat_activity
  where datname = current_database() and state like 'idle in transaction%'`

export const ADVISORY_LOCKS = `
  select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
  where d.datname = current_database() and locktype = 'advisory'`

/** Statements that wait for a row or table lock. */
export const LOCK_WAITS = `
  select count(*)::int as n from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`

/** @param stage an object whose function `sql` runs SQL and returns rows */
export async function isZero(stage, query) {
  const [{ n }] = await stage.sql(query)
  return n === 0
}
