// Serves a route handler of Next.js in edge-runtime, with the variables of .env in the current folder. Usage: edge-server.mjs FILE
// The port is in the variable PORT.
import fs from 'node:fs'
import http from 'node:http'
import { parseEnv } from 'node:util'
import { EdgeRuntime } from 'edge-runtime'
import { bundleForEdge } from './edge-bundle.mjs'

const { code, WASM } = await bundleForEdge(process.argv[2])
const env = parseEnv(fs.readFileSync('.env', 'utf8'))
const runtime = new EdgeRuntime({ extend: (context) => Object.assign(context, { WASM, process: { env } }) })
if (runtime.evaluate(`${code}; bundled.runtime`) !== 'edge') throw new Error('the route does not use the Edge runtime')
runtime.evaluate(`
  addEventListener('fetch', (event) => {
    const handler = bundled[event.request.method]
    event.respondWith(handler ? handler(event.request) : new Response(null, { status: 405 }))
  })`)

http
  .createServer(async (request, response) => {
    const body = request.method === 'GET' ? undefined : Buffer.concat(await request.toArray())
    try {
      const url = `http://${request.headers.host}${request.url}`
      const result = await runtime.dispatchFetch(url, { method: request.method, headers: request.headers, body })
      response.writeHead(result.status, Object.fromEntries(result.headers))
      response.end(await result.text())
    } catch (error) {
      response.writeHead(500).end(String(error?.stack ?? error))
    }
  })
  .listen(Number(process.env.PORT), '127.0.0.1')
