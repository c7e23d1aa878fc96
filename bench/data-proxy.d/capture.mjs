// Records the requests of the real client as templates for the load.
import { execFileSync } from 'node:child_process'
import http from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Headers that belong to a connection, or that would make only one of the servers compress. */
const NOT_SENT = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'authorization'])

/** Generates the client without an engine, as apps on Accelerate do, and returns its class. */
export function generateClient() {
  // The command line requires native engines, although it does not use them here.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true' }
  const prisma = `${here}node_modules/prisma/build/index.js`
  execFileSync(process.execPath, [prisma, 'generate', '--no-engine', '--no-hints'], { cwd: here, env, stdio: 'pipe' })
  return createRequire(import.meta.url)('./target/client').PrismaClient
}

/** Returns the `datasourceUrl` of a client. */
export function clientUrl({ url, key }) {
  return `prisma+postgres://${new URL(url).host}/?api_key=${key}`
}

/** Forwards requests between a client and a server, and records them. */
class Recorder {
  requests = []
  #server
  #target

  constructor(target) {
    this.#target = target
    this.#server = http.createServer(async (request, response) => {
      const chunks = await request.toArray()
      const body = Buffer.concat(chunks)
      this.requests.push({ method: request.method, path: request.url, headers: request.headers, body: body.toString() })
      const { host, connection, 'content-length': length, ...headers } = request.headers
      const answer = await fetch(new URL(request.url, this.#target.url), { method: request.method, headers, body })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      response.end(await answer.text())
    })
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return clientUrl({ url: `http://127.0.0.1:${this.#server.address().port}`, key: this.#target.key })
  }

  close() {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/**
 * Runs each scenario twice with the real client, against `target`, and creates a template of its request: `{path, headers,
 * body}`, with `@ID` and `@UNREPEATED` in the body. Also returns `schema`, the request that uploaded the schema.
 */
export async function capture(PrismaClient, scenarios, target) {
  const recorder = new Recorder(target)
  const prisma = new PrismaClient({ datasourceUrl: await recorder.listen() })
  try {
    const templates = {}
    for (const [name, scenario] of Object.entries(scenarios)) {
      const bodies = []
      for (const [id, number] of [
        [4321, '111111111111111111'],
        [3579, '222222222222222222'],
      ]) {
        await scenario(prisma, id, number)
        const { path, headers, body } = recorder.requests.at(-1)
        bodies.push(body.replaceAll(String(id), '@ID').replaceAll(number, '@UNREPEATED'))
        templates[name] = { path, headers: sent(headers), body: bodies[0] }
      }
      if (bodies[0] !== bodies[1]) throw new Error(`${name}: the client does not send the same request twice:\n${bodies.join('\n')}`)
    }
    const schema = recorder.requests.find(({ method }) => method === 'PUT')
    return { templates, schema: { ...schema, headers: sent(schema.headers) } }
  } finally {
    await prisma.$disconnect()
    recorder.close()
  }
}

function sent(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_SENT.has(name)))
}
