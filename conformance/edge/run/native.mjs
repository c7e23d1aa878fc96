// Runs an app in this runtime: Node.js, Bun or Deno. Arguments: the file of the app, and its settings as JSON.
import { pathToFileURL } from 'node:url'

const [file, settings] = process.argv.slice(2)
const { default: app } = await import(pathToFileURL(file).href)
console.log(`steps: ${await app(JSON.parse(settings))}`)
process.exit(0)
