// Checks the types of the TypeScript files of the guides, as apps with strict settings do.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { planOf } from './guides.mjs'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const STRICT = {
  target: 'ES2022',
  module: 'ESNext',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  skipLibCheck: true,
  noEmit: true,
}

/**
 * Returns the compiler's errors for all files of the guides, undefined if there are none.
 * @param folder where the configuration of the compiler is written; its packages must include the types of Node.js
 * @param apps pairs of a guide and the folder of its app, in which the guide's commands have run
 */
export async function typeErrors(folder, apps, blocks) {
  const files = apps.flatMap(([guide, app]) => [
    ...planOf(guide, blocks)
      .files.filter(({ file }) => /\.tsx?$/.test(file))
      .map(({ file }) => path.join(app, file)),
    // SvelteKit generates the types of its modules.
    ...[path.join(app, '.svelte-kit/ambient.d.ts')].filter(fs.existsSync),
  ])
  if (files.length === 0) return undefined
  fs.mkdirSync(folder, { recursive: true })
  const configuration = path.join(folder, 'tsconfig.json')
  fs.writeFileSync(configuration, JSON.stringify({ compilerOptions: STRICT, files: [...new Set(files)] }))
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', configuration])
    return undefined
  } catch (error) {
    return error.stdout || String(error)
  }
}
