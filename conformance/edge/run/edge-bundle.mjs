// Bundles a file for edge-runtime, the runtime of Vercel's Edge Functions.
import { bundle } from './bundle.mjs'

/** Returns the script, which defines `bundled`, and the compiled WebAssembly modules, which it expects in the global `WASM`. */
export async function bundleForEdge(file) {
  const { code, modules } = await bundle(file, {
    conditions: ['edge-light', 'worker', 'browser', 'import'],
    wasm: (name) => `export default globalThis.WASM[${JSON.stringify(name)}]`,
    format: 'iife',
    globalName: 'bundled',
  })
  const WASM = {}
  for (const [name, bytes] of Object.entries(modules)) WASM[name] = await WebAssembly.compile(bytes)
  return { code, WASM }
}
