// Generates the unmodified Prisma Client without the Prisma command line, which requires native engines.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateOnce } from '../lib/generated.mjs'

const require = createRequire(import.meta.url)

/** The version of `@prisma/client` under test. */
export const clientVersion = require('@prisma/client/package.json').version

const home = fileURLToPath(new URL('..', import.meta.url))

/** Writes the client for `schema` to `outputDir`, unless it is already there, and returns its module. */
export async function generateClient({ schema, schemaPath, outputDir }) {
  await generateOnce({ output: outputDir, home, script: import.meta.url, inputs: { schema } }, () =>
    writeClient({ schema, schemaPath, outputDir }),
  )
  return require(outputDir)
}

async function writeClient({ schema, schemaPath, outputDir }) {
  // Loaded only when a client is generated, because these import much of Prisma's command line.
  const internals = require('@prisma/internals')
  const { generateClient: generate } = require('@prisma/client-generator-js')
  const dmmf = await internals.getDMMF({ datamodel: [[schemaPath, schema]] })
  const context = await internals.processSchemaResult({
    printLoadMessage: false,
    schemaResult: { schemas: [[schemaPath, schema]], schemaPath, schemaRootDir: path.dirname(schemaPath) },
  })
  const runtime = path.join(path.dirname(require.resolve('@prisma/client/package.json')), 'runtime')
  await generate({
    datamodel: schema,
    schemaPath,
    binaryPaths: {},
    datasources: context.datasources,
    outputDir,
    copyRuntime: false,
    dmmf,
    generator: context.generators[0],
    engineVersion: require('@prisma/engines-version').enginesVersion,
    clientVersion,
    testMode: true,
    activeProvider: 'postgresql',
    runtimeBase: runtime,
    runtimeSourcePath: runtime,
    target: 'nodejs',
    generatedFileExtension: 'ts',
    importFileExtension: '',
    moduleFormat: 'cjs',
    tsNoCheckPreamble: false,
    compilerBuild: 'fast',
  })
  // The generated files are CommonJS; the project around them is not.
  fs.writeFileSync(path.join(outputDir, 'package.json'), '{"type":"commonjs"}\n')
}
