// Runs an app in edge-runtime, the runtime of Vercel's Edge Functions. Arguments: the file of the app, and its settings as JSON.
import { EdgeRuntime } from 'edge-runtime'
import { bundle } from './bundle.mjs'

const [file, settings] = process.argv.slice(2)
const { code, modules } = await bundle(file, {
  conditions: ['edge-light', 'worker', 'browser', 'import'],
  wasm: (name) => `export default globalThis.WASM[${JSON.stringify(name)}]`,
  format: 'iife',
  globalName: 'bundled',
})
const WASM = {}
for (const [name, bytes] of Object.entries(modules)) WASM[name] = await WebAssembly.compile(bytes)
const runtime = new EdgeRuntime({ extend: (context) => Object.assign(context, { WASM, SETTINGS: JSON.parse(settings) }) })
console.log(`steps: ${await runtime.evaluate(`${code}; bundled.default(SETTINGS)`)}`)
process.exit(0)
