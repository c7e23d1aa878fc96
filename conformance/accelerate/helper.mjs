// Type-checks clients/typescript/accelerate-fetch.ts as an application uses it, and makes it runnable.
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { importTypeScript } from '../lib/typescript.mjs'

const require = createRequire(import.meta.url)
const here = path.dirname(fileURLToPath(import.meta.url))
const source = path.join(here, '../../clients/typescript/accelerate-fetch.ts')

/** Returns the function from the unmodified file. */
export async function accelerateFetch() {
  return (await importTypeScript(source)).accelerateFetch
}

/** Returns the compiler's errors for example.ts, '' if there are none. `options` are command-line options of tsc. */
export async function typeErrors(...options) {
  const tsc = require.resolve('typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', path.join(here, 'tsconfig.json'), ...options])
    return ''
  } catch (error) {
    return error.stdout || String(error)
  }
}
