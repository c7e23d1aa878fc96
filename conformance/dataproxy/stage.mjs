// The environment of a promise of the data proxy protocol.
import { createHash } from 'node:crypto'
import { startHasten, stopHasten } from '../lib/hasten.mjs'

/** The client version that plain calls use. */
const VERSION = '6.19.3'

/** Hasten with its database; sends the requests of clients without an engine. */
export class Stage {
  #start
  #server
  #own = []

  /** Starts Hasten; `clients` are those of Prisma 6. */
  static async open({ stateDir, databaseUrl, apiKey, database, clients }) {
    const settings = { DATABASE_URL: databaseUrl, HASTEN_API_KEY: apiKey, HASTEN_HTTP_MAX_BODY_BYTES: '16mb' }
    const stage = new Stage()
    stage.#start = () => startHasten('data-proxy', stateDir, settings)
    stage.#server = await stage.#start()
    Object.assign(stage, { apiKey, database, clients })
    return stage
  }

  /** The URL for clients without an engine. */
  get url() {
    return this.#server.url.replace('YOUR_KEY', this.apiKey)
  }

  get origin() {
    return `http://${new URL(this.url).host}`
  }

  async restart() {
    await stopHasten(this.#server)
    this.#server = await this.#start()
  }

  /** Opens a real Prisma 6 client, which is disconnected after the promise. */
  client(options = {}) {
    const { modules, connect } = this.clients
    const client = connect(modules.query, { datasourceUrl: this.url, errorFormat: 'minimal', ...options })
    this.#own.push(client)
    return client
  }

  /** Sends a request; returns `{status, headers, body}`, with the body parsed if it is JSON. */
  async call(path, body, { method = 'POST', key = this.apiKey, headers } = {}) {
    const response = await fetch(path.startsWith('http') ? path : this.origin + path, {
      method,
      headers: { ...(key && { authorization: `Bearer ${key}` }), ...headers },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parsed(text) }
  }

  /** Uploads the text of a schema; tests may pass an invalid `hash` or `version`. */
  upload(schema, { hash = hashOf(schema), version = VERSION, ...options } = {}) {
    return this.call(`/${version}/${hash}/schema`, base64(schema), { method: 'PUT', ...options })
  }

  /** Sends a query for a schema. */
  query(schema, body, { hash = hashOf(schema), version = VERSION, ...options } = {}) {
    return this.call(`/${version}/${hash}/graphql`, body, options)
  }

  /** Sends a query; like a real client, uploads the schema and retries if it is missing. */
  async ask(schema, body) {
    for (let attempt = 0; attempt < 4; attempt++) {
      const answer = await this.query(schema, body)
      if (answer.status !== 404) return answer
      const { status, body: refusal } = await this.upload(schema)
      if (status !== 200) throw new Error(`the upload returned ${status}: ${JSON.stringify(refusal)}`)
    }
    throw new Error('the schema is still missing after it was uploaded')
  }

  sql(text, params) {
    return this.database.sql(text, params)
  }

  async reset() {
    await Promise.all(this.#own.splice(0).map((client) => client.$disconnect()))
    await this.database.reset()
  }

  async close() {
    await this.database.close()
    await stopHasten(this.#server)
  }
}

const base64 = (text) => Buffer.from(text).toString('base64')

export function hashOf(schema) {
  return createHash('sha256').update(base64(schema)).digest('hex')
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

let made = 0

/** Returns a schema that is new to every server, with models of the program's tables, or with `models` if given. */
export function newSchema(models = MODELS) {
  return `// schema ${++made} of process ${process.pid}
generator client {
  provider = "prisma-client-js"
}
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
${models}`
}

const MODELS = `
model Team {
  id   Int    @id @default(autoincrement())
  name String
}
model Bulk {
  id    Int     @id
  n     Int
  label String?
}
`

const scalars = { $composites: true, $scalars: true }

/** Returns a query in the JSON protocol that selects all scalars. */
export const read = (modelName, action, args = {}) => ({
  modelName,
  action,
  query: { arguments: args, selection: scalars },
})

/** The first page of teams, which newSchema knows. */
export const teams = read('Team', 'findMany', { orderBy: [{ id: 'asc' }] })

/** The response to `teams`. */
export const TEAMS = {
  data: {
    findManyTeam: [
      { id: 1, name: 'core' },
      { id: 2, name: 'docs' },
      { id: 3, name: 'nobody' },
    ],
  },
}
