// The apps: one for each client. They are written next to the packages that they use, because imports are resolved from there.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const steps = pathToFileURL(path.join(root, 'edge/steps.mjs')).href

/** The generated client is CommonJS: index.js for Node.js, edge.js for bundlers. */
const prisma = (major, option) => ({
  major,
  tls: major === 5,
  file: `prisma${major}/generated/edge-app`,
  source: (bundled) => `
${
  bundled
    ? "import generated from './query/edge.js'"
    : "import { createRequire } from 'node:module'\nconst generated = createRequire(import.meta.url)('./query/index.js')"
}
import { withHasten } from '@hasten/client'
import { prismaSteps } from ${JSON.stringify(bundled ? path.join(root, 'edge/steps.mjs') : steps)}

// Kept from one request of a Worker to the next.
const clients = {}
const connect = (url) =>
  (clients[url] ??= new generated.PrismaClient({ ${option}: url, errorFormat: 'minimal' }).$extends(withHasten(url)))

export default (settings) => prismaSteps(connect, settings)
`,
})

/** SQL over HTTP. \`made\` are statements that define run, cached and wrongKey. */
const sql = (name, imports, made) => ({
  file: `sql/generated/edge-app-${name}`,
  source: (bundled) => `
${imports}
import { sqlSteps } from ${JSON.stringify(bundled ? path.join(root, 'edge/steps.mjs') : steps)}

export default ({ url, origin, key }) => {
  let status
  const recording = async (input, init) => {
    const response = await hastenFetch(url)(input, init)
    status = response.headers.get('accelerate-cache-status')
    return response
  }
  const strategy = (tag) => ({ ttl: 60, tags: [tag] })
  ${made}
  return sqlSteps({ run, cached, wrongKey, cacheStatus: () => status })
}
`,
})

const NEON = `import { neon, neonConfig } from '@neondatabase/serverless'
import { hastenFetch } from '@hasten/client/fetch'
import { hastenNeon } from '@hasten/client/neon'`

const CONNECT_NEON = `Object.assign(neonConfig, hastenNeon(url, { fetch: recording }))
  const connection = (password) => neon('postgresql://app:' + password + '@hasten.test/app')
  const sql = connection(key)
  const wrongKey = () => connection('wrong_key').query('select 1')`

export const APPS = {
  'Prisma 7': prisma(7, 'accelerateUrl'),
  'Prisma 6': prisma(6, 'datasourceUrl'),
  'Prisma 5': prisma(5, 'datasourceUrl'),
  Neon: sql(
    'neon',
    NEON,
    `${CONNECT_NEON}
  const run = (text, params = []) => sql.query(text, params)
  const cached = (text, tag) => sql.query(text, [], { fetchOptions: { cacheStrategy: strategy(tag) } })`,
  ),
  Drizzle: sql(
    'drizzle',
    `${NEON}
import { sql as raw } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'`,
    `${CONNECT_NEON}
  const cachedConnection = (tag) =>
    neon('postgresql://app:' + key + '@hasten.test/app', { fetchOptions: { cacheStrategy: strategy(tag) } })
  const plain = (text, params) => raw.join(text.split(/\\$\\d+/).flatMap((part, i) => [raw.raw(part), i < params.length ? raw\`\${params[i]}\` : raw.raw('')]))
  const rows = async (db, text, params) => {
    try {
      return (await db.execute(plain(text, params))).rows
    } catch (error) {
      throw error.cause ?? error
    }
  }
  const run = (text, params = []) => rows(drizzle(sql), text, params)
  const cached = (text, tag) => rows(drizzle(cachedConnection(tag)), text, [])`,
  ),
  Kysely: sql(
    'kysely',
    `${NEON}
import { CompiledQuery, Kysely } from 'kysely'
import { NeonDialect } from 'kysely-neon'`,
    `${CONNECT_NEON}
  const rows = async (neon, text, params) =>
    (await new Kysely({ dialect: new NeonDialect({ neon }) }).executeQuery(CompiledQuery.raw(text, params))).rows
  const cachedConnection = (tag) =>
    neon('postgresql://app:' + key + '@hasten.test/app', { fetchOptions: { cacheStrategy: strategy(tag) } })
  const run = (text, params = []) => rows(sql, text, params)
  const cached = (text, tag) => rows(cachedConnection(tag), text, [])`,
  ),
  fetch: sql(
    'fetch',
    `import { hastenFetch } from '@hasten/client/fetch'`,
    `const post = async (body, token = key) => {
    const response = await recording(origin + '/sql', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const result = await response.json()
    if (!response.ok) throw Object.assign(new Error(result.message), result)
    return result.rows
  }
  const run = (query, params = []) => post({ query, params })
  const cached = (query, tag) => post({ query, params: [], cacheStrategy: strategy(tag) })
  const wrongKey = () => post({ query: 'select 1' }, 'wrong_key')`,
  ),
}

/** A write on a connection that was used before and that the server closes. */
APPS['a closed connection'] = {
  httpOnly: true,
  file: 'sql/generated/edge-app-closed',
  source: () => `
import { hastenFetch } from '@hasten/client/fetch'

export default async ({ closing }) => {
  const fetch = hastenFetch('prisma+postgres://' + new URL(closing).host + '/?api_key=none')
  for (let i = 0; i < 3; i++) await (await fetch(closing + '/health', { method: 'GET' })).text()
  const body = '{"model":"User","operation":"createOne","plan":{}}'
  const response = await fetch(closing + '/query', { method: 'POST', body })
  const { code } = await response.json()
  if (code !== 'P1017') throw new Error('the code is ' + code)
  return 1
}
`,
}

/** Writes an app and returns its path. */
export function writeApp(name, bundled) {
  const { file, source } = APPS[name]
  const target = path.join(root, `${file}${bundled ? '-bundled' : ''}.mjs`)
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.writeFileSync(target, source(bundled))
  return target
}
