// The configuration of the servers under test.
import { randomBytes } from 'node:crypto'

/** The size limits in bytes; small, so that requests and responses that exceed them are created quickly. */
export const BODY_BYTES = 2 * 1024 * 1024
export const RESPONSE_BYTES = 1024 * 1024

/** Name and password of the role with few privileges that the database `guest` uses. */
export const GUEST = 'hasten_guest'

const SCOPES = {
  app: 'sql,invalidate',
  other: 'sql',
  reader: 'sql,read',
  prisma: 'prisma',
  invalidator: 'invalidate',
  migrations: 'schema',
}

const newSecret = () => randomBytes(24).toString('hex')

/**
 * Returns secrets by name, and the configuration that contains them.
 * @param origins the value of `http.cors_origins`; by default none
 */
export function configuration(databaseUrl, { origins } = {}) {
  const secrets = Object.fromEntries(
    [...Object.keys(SCOPES), 'unshared', 'otherUnshared', 'guest', 'expired'].map((name) => [name, newSecret()]),
  )
  const key = (name, scopes) => ({ name, secret: secrets[name], scopes })
  const guestUrl = new URL(databaseUrl)
  guestUrl.username = GUEST
  guestUrl.password = GUEST
  const limits = { max_response_bytes: RESPONSE_BYTES, max_sql_response_bytes: RESPONSE_BYTES, query_timeout: '30s' }
  const pool = { size: 4 }
  return {
    secrets,
    configuration: {
      http: { max_body_bytes: BODY_BYTES, ...(origins && { cors_origins: origins }) },
      databases: {
        default: {
          url: databaseUrl,
          limits,
          pool,
          // No rate limit, because tests invalidate in loops.
          cache: { invalidations: 0 },
          keys: [
            ...Object.entries(SCOPES).map(([name, scopes]) => key(name, scopes)),
            { ...key('expired', 'sql'), expires: '2020-01-01T00:00:00Z' },
          ],
        },
        unshared: {
          url: databaseUrl,
          limits,
          pool,
          cache: { shared_by_keys: false },
          keys: [key('unshared', 'sql'), key('otherUnshared', 'sql')],
        },
        guest: { url: guestUrl.href, limits: { query_timeout: '1s' }, pool, keys: [key('guest', 'sql')] },
      },
    },
  }
}
