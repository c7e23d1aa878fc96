// Follows the guides of docs/getting-started.md with a running Hasten.
// Usage: see ../README.md
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ddlOf, withConnection } from '../lib/databases.mjs'
import { startHasten, stopHasten } from '../lib/hasten.mjs'
import { App, folderOf } from './app.mjs'
import { checkPage, GUIDES, planOf, readPage } from './guides.mjs'
import { typeErrors } from './types.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/** Returns the guides whose title, such as `guide: Deno`, matches. Without a pattern, the slow ones only with `all`. */
export function guidesFor(pattern, all) {
  return GUIDES.filter(({ title, slow }) => (pattern ? pattern.test(`guide: ${title}`) : true) && (all || !slow))
}

/** Servers of the same database: one with http, and one with https if a guide needs it. */
class Servers {
  #running = {}
  #apiKey = randomBytes(24).toString('hex')
  #stateDir
  #databaseUrl

  constructor(stateDir, databaseUrl) {
    this.#stateDir = stateDir
    this.#databaseUrl = databaseUrl
  }

  /** Returns the placeholders of the page, and their values for a guide. */
  async placeholders({ tls = false }) {
    const { url, caFile } = await this.#server(tls)
    return {
      '/path/to/hasten/.hasten/tls/ca.pem': caFile,
      'localhost:4466': new URL(url).host,
      'hasten_...': this.#apiKey,
      'postgresql://postgres@localhost:54466/postgres': this.#databaseUrl,
    }
  }

  async emptyCache() {
    const { url } = await this.#server(false)
    const response = await fetch(`http://${new URL(url).host}/invalidate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tags: 'all' }),
    })
    if (!response.ok) throw new Error(`/invalidate returned ${response.status}`)
  }

  async #server(tls) {
    const name = `guides-${tls ? 'https' : 'http'}`
    this.#running[name] ??= await startHasten(name, this.#stateDir, this.#settings, { tls })
    return this.#running[name]
  }

  get #settings() {
    // A poll could notice the new tables between two requests and then empty the cache.
    return { DATABASE_URL: this.#databaseUrl, HASTEN_API_KEY: this.#apiKey, HASTEN_DATABASES_DEFAULT_CACHE_SCHEMA_POLL: '0s' }
  }

  async stop() {
    for (const server of Object.values(this.#running)) await stopHasten(server)
  }
}

/** What `prisma db push` does with the schema on the page. */
async function createTables(databaseUrl, blocks) {
  const { text } = blocks.find(({ section, file }) => section === 'Prisma 7' && file === 'prisma/schema.prisma')
  const ddl = await ddlOf('schema.prisma', text, databaseUrl)
  await withConnection(databaseUrl, (connection) => connection.query(ddl))
}

/** Restores the state before the first guide; ids start at 1 again. */
function resetTables(databaseUrl) {
  return withConnection(databaseUrl, (connection) =>
    connection.query('drop table if exists users; truncate "User" restart identity'),
  )
}

/** Follows a guide; returns the error, or undefined. */
async function errorOf(guide, blocks, servers) {
  const { files, commands } = planOf(guide, blocks)
  const app = await App.create(guide, await servers.placeholders(guide))
  try {
    if (!commands.some(({ text }) => text.includes('npm init'))) app.write('package.json', '{ "type": "module" }\n')
    for (const { file, text } of files) app.write(file, text)
    for (const block of commands) await app.run(block)
    return undefined
  } catch (error) {
    return `${error.message}\n${app.log}`
  } finally {
    await app.close()
  }
}

/**
 * Starts Hasten, follows the guides, checks the types of their files, and prints the failures.
 * @param databaseUrl an empty database
 * @param only a pattern for titles such as `guide: Deno`
 * @param all also the slow guides
 */
export async function verify({ databaseUrl, only, all = false, slow = false }) {
  const blocks = readPage()
  checkPage(blocks)
  const guides = guidesFor(only && new RegExp(only, 'i'), all)
  if (guides.length === 0) throw new Error(`no title matches ${only}`)
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-guides-'))
  const servers = new Servers(stateDir, databaseUrl)
  const failed = []
  const report = (title, error) => {
    if (!error) return
    failed.push(title)
    console.log(`FAILED ${title}\n    ${error.slice(0, 4000).replaceAll('\n', '\n    ')}`)
  }
  try {
    await createTables(databaseUrl, blocks)
    for (const guide of guides) {
      const begin = Date.now()
      await resetTables(databaseUrl)
      // Only the server with http is used by several guides.
      await servers.emptyCache()
      report(guide.title, await errorOf(guide, blocks, servers))
      if (slow) console.log(`${guide.title}: ${Date.now() - begin} ms`)
    }
    const apps = guides.filter(({ title }) => !failed.includes(title)).map((guide) => [guide, folderOf(guide)])
    report('the types', await typeErrors(path.join(here, 'generated'), apps, blocks))
  } finally {
    await servers.stop()
    fs.rmSync(stateDir, { recursive: true, force: true })
  }
  const skipped = only ? [] : GUIDES.filter((guide) => !guides.includes(guide)).map(({ title }) => title)
  const without = skipped.length ? `, without ${skipped.join(', ')} (--all)` : ''
  console.log(`The guides of docs/getting-started.md, and the types of their files${without}`)
  console.log(`${guides.length + 1 - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      'database-url': { type: 'string' },
      only: { type: 'string' },
      all: { type: 'boolean' },
      slow: { type: 'boolean' },
    },
  })
  if (!values['database-url']) {
    console.error('usage: verify.mjs --database-url URL [--all] [--only pattern] [--slow]')
    process.exit(2)
  }
  // Exits by itself, so that the servers of the guides are stopped.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const ok = await verify({ ...values, databaseUrl: values['database-url'] })
  process.exit(ok ? 0 : 1)
}
