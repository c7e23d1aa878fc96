// Serves a Worker in workerd, as `wrangler dev` does. Reads wrangler.jsonc and .dev.vars in the current folder.
// Usage: worker-server.mjs --port PORT
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import { parseArgs, parseEnv } from 'node:util'
import { Miniflare } from 'miniflare'
import { bundle } from './bundle.mjs'

const { values } = parseArgs({ options: { port: { type: 'string' } } })
// JSON with commas at the end, and without comments.
const settings = JSON.parse(fs.readFileSync('wrangler.jsonc', 'utf8').replaceAll(/,(?=\s*[}\]])/g, ''))
const { code, modules } = await bundle(settings.main, {
  conditions: ['workerd', 'worker', 'browser', 'import'],
  external: ['node:*', ...builtinModules, 'cloudflare:*'],
  outfile: 'app.js',
})
const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: Number(values.port),
  modules: [
    { type: 'ESModule', path: 'app.js', contents: code },
    ...Object.entries(modules).map(([path, contents]) => ({ type: 'CompiledWasm', path, contents })),
  ],
  bindings: parseEnv(fs.readFileSync('.dev.vars', 'utf8')),
  compatibilityDate: settings.compatibility_date,
  compatibilityFlags: settings.compatibility_flags,
})
await miniflare.ready
