// The tagged-template function of @neondatabase/serverless on a direct connection with `pg`: the `sql` of a program on the
// reference's side.
import { once } from 'node:events'
import pg from 'pg'

const LEVELS = {
  Serializable: 'serializable',
  RepeatableRead: 'repeatable read',
  ReadCommitted: 'read committed',
  ReadUncommitted: 'read uncommitted',
}

/** The same time zone as Hasten's sessions. */
export const SESSION = { options: '-c timezone=UTC' }

/** A connection whose session state is reset for every statement. */
export class FreshSession {
  #url
  #client
  #last = Promise.resolve()

  constructor(url) {
    this.#url = url
  }

  /** Runs `use` with the connection, after all earlier calls have completed. */
  run(use) {
    const run = this.#last.then(() => this.#run(use))
    this.#last = run.catch(() => {})
    return run
  }

  async #run(use) {
    this.#client ??= await this.#connect()
    const client = this.#client
    try {
      return await use(client)
    } finally {
      // pg reports an error before the connection is ready for the next query.
      if (!client.readyForQuery) await nextOf(client, 'drain', 'end')
      if (this.#client) {
        await client.query('rollback')
        await client.query('discard all')
      }
    }
  }

  async #connect() {
    const client = new pg.Client({ connectionString: this.#url, ...SESSION })
    client.on('error', () => {})
    client.on('end', () => (this.#client = undefined))
    await client.connect()
    return client
  }

  close() {
    return this.#client?.end()
  }
}

/** Waits for the first of several events. */
async function nextOf(emitter, ...events) {
  const over = new AbortController()
  await Promise.race(events.map((event) => once(emitter, event, { signal: over.signal })))
  over.abort()
}

/** A query that runs when it is awaited, or as part of another query or a transaction. */
class ReferenceQuery {
  constructor(run, text, options) {
    Object.assign(this, { run, text, options })
  }

  then(resolve, reject) {
    return this.run(this).then(resolve, reject)
  }
}

class Raw {
  constructor(text) {
    this.text = text
  }
}

/** Writes a template, including nested ones, as one text with numbered placeholders. */
function writeTemplate(strings, values, written) {
  strings.forEach((part, i) => {
    written.text += part
    if (i >= values.length) return
    const value = values[i]
    if (value instanceof Raw) written.text += value.text
    else if (value instanceof ReferenceQuery) value.text(written)
    else {
      written.values.push(value)
      // The driver also casts bytes in a template.
      written.text += `$${written.values.length}${ArrayBuffer.isView(value) ? '::bytea' : ''}`
    }
  })
}

/**
 * @param session a FreshSession
 * @param defaults options of `neon()`
 */
export function referenceNeon(session, defaults = {}) {
  const send = async (client, { text: write }, { arrayMode, fullResults, types }) => {
    const written = { text: '', values: [] }
    write(written)
    const result = await client.query({
      ...written,
      types,
      rowMode: arrayMode ? 'array' : undefined,
      queryMode: 'extended',
    })
    return fullResults ? result : result.rows
  }
  const runAlone = (query) => session.run((client) => send(client, query, { ...defaults, ...query.options }))

  const sql = (strings, ...values) => new ReferenceQuery(runAlone, (written) => writeTemplate(strings, values, written))
  sql.query = (text, params = [], options) =>
    new ReferenceQuery(
      runAlone,
      (written) => {
        written.text += text
        written.values.push(...params)
      },
      options,
    )
  sql.unsafe = (text) => new Raw(text)
  sql.transaction = async (queries, options = {}) => {
    const list = typeof queries === 'function' ? queries(sql) : queries
    const given = { ...defaults, ...options }
    return session.run(async (client) => {
      await client.query(
        [
          'begin',
          given.isolationLevel && `isolation level ${LEVELS[given.isolationLevel]}`,
          given.readOnly && 'read only',
          given.deferrable && 'deferrable',
        ]
          .filter(Boolean)
          .join(' '),
      )
      const results = []
      for (const query of list)
        results.push(await send(client, query, { ...given, types: undefined, ...query.options }))
      await client.query('commit')
      return results
    })
  }
  return sql
}
