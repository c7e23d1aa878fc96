// Generates clients with Prisma's own command line, for the versions whose command line can generate without an engine.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { generateOnce } from './generated.mjs'

/** Prevents downloads: the command line accepts any programs as engines, and does not run them. */
const ENVIRONMENT = {
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true',
  PRISMA_GENERATE_SKIP_AUTOINSTALL: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
}

/**
 * Writes the client for `schema` to `home/generated/name`, unless it is already there, and returns that folder.
 * @param home folder with the node_modules of a Prisma version
 * @param schema Prisma schema with a `generator client` and a `datasource db`, both without the lines added here
 * @param generator additional lines of the generator, such as `{ engineType: 'client' }`
 * @param flags flags of `prisma generate`
 */
export async function generate({ home, name, schema, generator = {}, flags = [] }) {
  const output = path.join(home, 'generated', name)
  const inputs = { schema, generator, flags }
  await generateOnce({ output, home, script: import.meta.url, inputs }, () =>
    runCommandLine({ home, output, schema, generator, flags }),
  )
  return output
}

async function runCommandLine({ home, output, schema, generator, flags }) {
  const lines = Object.entries({ output, ...generator }).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}\n`)
  // The generator writes a file with the same name into the client's folder, so the schema is next to the folder.
  const schemaPath = `${output}.prisma`
  fs.writeFileSync(
    schemaPath,
    schema
      .replace(/generator client \{\n/, `$&${lines.join('')}`)
      .replace(/datasource db \{\n/, `$&  url = env("CONFORMANCE_DATABASE_URL")\n`),
  )
  const cli = createRequire(path.join(home, 'package.json')).resolve('prisma/build/index.js')
  await promisify(execFile)(process.execPath, [cli, 'generate', '--schema', schemaPath, ...flags], {
    cwd: home,
    env: { ...process.env, ...ENVIRONMENT },
  })
}

/**
 * Makes the WebAssembly query engine of a generated client run in Node, and returns the client's module. The generated
 * `wasm.js` is intended for edge runtimes. This makes it use the client's runtime for Node, and load the engine from the
 * file; it imports the engine as `#wasm-engine-loader`, which each platform supported by Prisma resolves differently.
 */
export function loadWithWasmEngine(output) {
  const file = (name) => path.join(output, name)
  const edge = fs.readFileSync(file('wasm.js'), 'utf8')
  const node = edge.replace(/'\.\/runtime\/wasm[a-z-]*\.js'/, "'./runtime/library.js'")
  if (node === edge) throw new Error(`${file('wasm.js')} imports its runtime in an unknown way`)
  fs.writeFileSync(file('wasm-node.js'), node)
  fs.writeFileSync(
    file('wasm-node-loader.mjs'),
    `import fs from 'node:fs'
const bytes = fs.readFileSync(new URL('query_engine_bg.wasm', import.meta.url))
export default Promise.resolve({ default: new WebAssembly.Module(bytes) })
`,
  )
  const manifest = file('package.json')
  const content = JSON.parse(fs.readFileSync(manifest, 'utf8'))
  content.imports['#wasm-engine-loader'] = './wasm-node-loader.mjs'
  fs.writeFileSync(manifest, JSON.stringify(content))
  return createRequire(manifest)('./wasm-node.js')
}
