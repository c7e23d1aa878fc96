// Runs an app in edge-runtime, the runtime of Vercel's Edge Functions. Arguments: the file of the app, and its settings as JSON.
import { EdgeRuntime } from 'edge-runtime'
import { bundleForEdge } from './edge-bundle.mjs'

const [file, settings] = process.argv.slice(2)
const { code, WASM } = await bundleForEdge(file)
const runtime = new EdgeRuntime({ extend: (context) => Object.assign(context, { WASM, SETTINGS: JSON.parse(settings) }) })
console.log(`steps: ${await runtime.evaluate(`${code}; bundled.default(SETTINGS)`)}`)
process.exit(0)
