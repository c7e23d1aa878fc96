// Records the requests of @prisma/client for the scenarios of `hasten bench`, and writes them to the module's resources:
//
//   bin/hasten serve                                        (in another terminal)
//   cd bench/capture && npm ci && node capture.mjs 'prisma+postgres://localhost:4466/?api_key=...'
//
// Creates the tables of the benchmark on that server, and drops them at the end.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withAccelerate } from '@prisma/extension-accelerate'

const here = fileURLToPath(new URL('.', import.meta.url))
const resources = `${here}../src/main/resources/dev/hasten/bench`

/** Values that templates replace by placeholders. Two runs with different values must produce the same template. */
const RUNS = [
  { '@ID': 432, '@POST': 4315, '@NUMBER': 77, '@TEXT': 'abcdefgh' },
  { '@ID': 357, '@POST': 3565, '@NUMBER': 66, '@TEXT': 'stuvwxyz' },
]

/** The operations of the scenarios; each sends one request. */
const OPERATIONS = {
  'find-unique': (prisma, { '@ID': id }) => prisma.user.findUnique({ where: { id } }),
  'find-many': (prisma, { '@POST': id }) =>
    prisma.post.findMany({ where: { id: { gte: id }, published: true }, orderBy: { id: 'asc' }, take: 50 }),
  include: (prisma, { '@ID': id }) =>
    prisma.user.findMany({ where: { id: { gte: id } }, orderBy: { id: 'asc' }, take: 10, include: { posts: true } }),
  'update-nested': (prisma, { '@ID': id, '@POST': post, '@NUMBER': age }) =>
    prisma.user.update({
      where: { id },
      data: { age, posts: { update: { where: { id: post }, data: { views: { increment: 1 } } } } },
    }),
  update: (prisma, { '@ID': id, '@NUMBER': age }) => prisma.user.update({ where: { id }, data: { age } }),
  create: (prisma, { '@ID': userId, '@TEXT': note }) =>
    prisma.event.create({ data: { kind: 'bench', note, userId } }),
  'raw-sql': (prisma, { '@ID': id }) =>
    prisma.$queryRaw`SELECT id, email, name, age FROM public.hasten_bench_user WHERE id = ${id}`,
}

/** Its statements must be the same requests as outside of a transaction; the request that starts it is recorded. */
const transaction = (prisma, values) =>
  prisma.$transaction(async (tx) => {
    for (const operation of STATEMENTS) await OPERATIONS[operation](tx, values)
  })
const STATEMENTS = ['find-unique', 'update', 'create']

function generateClient() {
  // The command line requires a native engine, although it does not use it here.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' }
  const prisma = `${here}node_modules/prisma/build/index.js`
  execFileSync(process.execPath, [prisma, 'generate', '--no-hints'], { cwd: here, env, stdio: 'pipe' })
  return createRequire(import.meta.url)('./target/client').PrismaClient
}

/** Forwards requests between the client and the server, and records them. */
async function recorder(target) {
  const requests = []
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    requests.push({ method: request.method, path: request.url, headers: request.headers, body: body.toString() })
    const { host, connection, 'content-length': length, ...headers } = request.headers
    const sent = body.length === 0 ? undefined : body
    const answer = await fetch(new URL(request.url, target), { method: request.method, headers, body: sent })
    const text = await answer.text()
    if (!answer.ok) console.error(`${request.url}: ${answer.status} ${text}`)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(text)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { requests, port: server.address().port, stop: () => server.close() && server.closeAllConnections() }
}

function template(text, values) {
  return Object.entries(values)
    .sort(([, a], [, b]) => String(b).length - String(a).length)
    .reduce((rest, [name, value]) => rest.replaceAll(String(value), name), text)
}

/** Returns the requests of one scenario, which must be the same in both runs except for the values. */
async function record(requests, scenario, prisma) {
  const [first, second] = await RUNS.reduce(async (before, values) => {
    const runs = await before
    requests.length = 0
    await scenario(prisma, values)
    return [...runs, requests.map((request) => ({ ...request, body: template(request.body, values) }))]
  }, [])
  first.forEach(({ body }, i) => {
    if (body !== second[i].body) throw new Error(`the client does not send the same request twice:\n${body}\n${second[i].body}`)
  })
  return first
}

const url = new URL(process.argv[2])
const { requests, port, stop } = await recorder(`http://${url.host}`)
const prisma = new (generateClient())({
  accelerateUrl: `prisma+postgres://127.0.0.1:${port}/?api_key=${url.searchParams.get('api_key')}`,
})
const tables = fs.readFileSync(`${resources}/tables.sql`, 'utf8')
for (const statement of tables.split(/;\s*$/m).filter((sql) => sql.trim() !== '')) await prisma.$executeRawUnsafe(statement)
try {
  const sent = {}
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const [{ body }] = await record(requests, operation, prisma)
    sent[name] = body
  }
  const [start, ...statements] = await record(requests, transaction, prisma)
  sent['transaction-start'] = start.body
  STATEMENTS.forEach((name, i) => {
    if (statements[i].body !== sent[name]) throw new Error(`${name} is a different request in a transaction`)
  })
  for (const [name, body] of Object.entries(sent)) fs.writeFileSync(`${resources}/requests/${name}.json`, `${body}\n`)
  requests.length = 0
  const cached = prisma.$extends(withAccelerate())
  await cached.user.findUnique({ where: { id: 1 }, cacheStrategy: { ttl: 60, swr: 30, tags: ['a', 'b'] } })
  const { authorization, ...headers } = requests[0].headers
  console.log('Headers with a cacheStrategy, for RequestBodies.java:', headers)
} finally {
  await prisma.$executeRaw`DROP TABLE public.hasten_bench_event, public.hasten_bench_post, public.hasten_bench_user`
  await prisma.$disconnect()
  stop()
}
