// Prisma 7: the remote executor's protocol, compared with the official executor.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withAccelerate } from '@prisma/extension-accelerate'
import { PrismaInstrumentation } from '@prisma/instrumentation'
import { startProcess } from '../lib/processes.mjs'
import { PROGRAM_SCHEMA, withPreviewFeatures } from '../schema/schema.mjs'
import { generateClient } from './clients.mjs'

const MAJOR = 7
const generated = fileURLToPath(new URL('generated/', import.meta.url))

/** Returns the generated client modules by variant. */
async function clientModules({ name, path: schemaPath, variants, schemaFor } = PROGRAM_SCHEMA) {
  const schema = schemaFor(MAJOR)
  const found = {}
  for (const [variant, added] of Object.entries(variants)) {
    found[variant] = await generateClient({
      schema: withPreviewFeatures(schema, (features) => [...features, ...added]),
      schemaPath,
      outputDir: path.join(generated, `${name}${variant}`),
    })
  }
  return found
}

/** Returns clients of any server with the remote executor's protocol. */
async function clientsOf(url, source) {
  return {
    modules: await clientModules(source),
    connect: ({ PrismaClient }, options) => new PrismaClient({ accelerateUrl: url, ...options }),
    stop: () => {},
  }
}

/** Starts the official executor for a database in its own process. */
async function startExecutor(databaseUrl, source) {
  let port
  const script = fileURLToPath(new URL('executor-server.mjs', import.meta.url))
  const server = await startProcess(process.execPath, [script, databaseUrl, '0'], {
    name: 'the official executor',
    ready: (line) => (port = /^port (\d+)$/.exec(line)?.[1]) !== undefined,
  })
  const clients = await clientsOf(`prisma+postgres://127.0.0.1:${port}/?api_key=reference`, source)
  return { ...clients, stop: () => server.stop() }
}

export default {
  title: 'Prisma 7',
  major: MAJOR,
  codeless: false,
  Instrumentation: PrismaInstrumentation,
  urlOption: 'accelerateUrl',
  extensions: { '3.0.1': withAccelerate },
  generate: () => clientModules(),
  candidate: clientsOf,
  references: { executor7: startExecutor },
}
