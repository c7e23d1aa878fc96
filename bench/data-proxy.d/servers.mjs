// Hasten's peer.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, Server } from '../lib/server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** prisma-accelerate-local with its WebAssembly engine. Without --secret, it does not check keys. */
export class AccelerateLocal extends Server {
  static async on(databaseUrl) {
    provideEngine()
    const server = new AccelerateLocal(databaseUrl, await freePort())
    await server.started((line) => (server.url = /Server ready at (http:\/\/\S+)/.exec(line)?.[1] ?? ''))
    return server
  }

  constructor(databaseUrl, port) {
    const script = path.join(here, 'node_modules/prisma-accelerate-local/dist/cjs/command/index.js')
    super(
      'prisma-accelerate-local',
      process.execPath,
      [script, databaseUrl, '--wasm', '--http', '--host', '127.0.0.1', '--port', String(port)],
      { cwd: engineHome, env: { ...process.env, NODE_ENV: 'production' } },
    )
  }
}

const engineHome = path.join(here, 'target/accelerate-local')

/**
 * Provides the engine at the path, relative to its working directory, where prisma-accelerate-local looks first.
 * @prisma/client 6.10, for which that server was made, had the engine as a file; later versions have it in base64.
 */
function provideEngine() {
  const { wasm } = createRequire(import.meta.url)('@prisma/client/runtime/query_engine_bg.postgresql.wasm-base64.js')
  const runtime = path.join(engineHome, 'node_modules/@prisma/client/runtime')
  fs.mkdirSync(runtime, { recursive: true })
  fs.writeFileSync(path.join(runtime, 'query_engine_bg.postgresql.wasm'), Buffer.from(wasm, 'base64'))
}
