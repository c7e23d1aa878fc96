// The npm package @hasten/client, as apps with each version of Prisma use it: the tarball, never its sources.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import Module, { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const require = createRequire(import.meta.url)
const here = path.dirname(fileURLToPath(import.meta.url))
const tsc = require.resolve('typescript/bin/tsc')

/** The folder whose node_modules has this version of Prisma, and the one with its generated clients. */
function foldersOf(major) {
  const root = path.join(here, '..')
  const home = major === 7 ? root : path.join(root, `prisma${major}`)
  return { home, generated: path.join(root, `prisma${major}`, 'generated') }
}

/**
 * Returns the package as an app loads it. For Prisma 5, with version 1 of the extension, so that each version is tested once:
 * 3 with Prisma 7, 2 with 6, and 1 with 5.
 */
export function loadPackage(major) {
  const resolve = Module._resolveFilename
  if (major === 5) {
    Module._resolveFilename = (name, ...rest) =>
      resolve(name === '@prisma/extension-accelerate' ? 'extension-accelerate-1' : name, ...rest)
  }
  try {
    return createRequire(path.join(foldersOf(major).home, 'package.json'))('@hasten/client')
  } finally {
    Module._resolveFilename = resolve
  }
}

/**
 * Returns the compiler's errors for example.ts, '' if there are none.
 * @param types the options of the compiler for the types of the runtime
 * @param extension another folder in node_modules with @prisma/extension-accelerate
 */
export async function typeErrors(major, types, extension) {
  const { home, generated } = foldersOf(major)
  const folder = fs.mkdtempSync(path.join(generated, 'types-'))
  const example = fs.readFileSync(path.join(here, 'example.ts'), 'utf8')
  const option = major === 7 ? 'accelerateUrl' : 'datasourceUrl'
  fs.writeFileSync(path.join(folder, 'example.ts'), example.replace('accelerateUrl: url', `${option}: url`))
  const paths = extension && { '@prisma/extension-accelerate': [path.join(home, 'node_modules', extension)] }
  const options = { ...STRICT, ...types, ...(paths && { paths }) }
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['example.ts'] }))
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', folder])
    return ''
  } catch (error) {
    return error.stdout || String(error)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

const STRICT = {
  target: 'ES2022',
  module: 'ESNext',
  moduleResolution: 'bundler',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
}
