// Runs an app in workerd, the runtime of Cloudflare Workers. Arguments: the file of the app, and its settings as JSON.
import { builtinModules } from 'node:module'
import { Miniflare } from 'miniflare'
import { bundle } from './bundle.mjs'

const [file, settings] = process.argv.slice(2)
const { code, modules } = await bundle(file, {
  conditions: ['workerd', 'worker', 'browser', 'import'],
  external: ['node:*', ...builtinModules, 'cloudflare:*'],
  outfile: 'app.js',
})
const worker = `import app from './app.js'
export default {
  async fetch(request) {
    try {
      return new Response('steps: ' + await app(await request.json()))
    } catch (error) {
      return new Response(String(error?.stack ?? error), { status: 500 })
    }
  },
}`
const miniflare = new Miniflare({
  modules: [
    { type: 'ESModule', path: 'worker.js', contents: worker },
    { type: 'ESModule', path: 'app.js', contents: code },
    ...Object.entries(modules).map(([path, contents]) => ({ type: 'CompiledWasm', path, contents })),
  ],
  compatibilityDate: '2026-06-01',
  compatibilityFlags: ['nodejs_compat'],
})
// Twice, because a client must survive from one request to the next.
for (let i = 0; i < 2; i++) {
  const response = await miniflare.dispatchFetch('http://worker.test/', { method: 'POST', body: settings })
  console.log(await response.text())
  if (!response.ok) process.exit(1)
}
await miniflare.dispose()
process.exit(0)
