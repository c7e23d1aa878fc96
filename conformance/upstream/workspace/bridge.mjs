// Forwards WebSocket connections to PostgreSQL: tests compare results of Hasten with those of a direct connection.
import { once } from 'node:events'
import { connect } from 'node:net'
import { createWebSocketStream, WebSocketServer } from 'ws'

/** Starts the bridge for a run of vitest; returns the function that stops it. */
export default async function ({ provide }) {
  const postgres = new URL(process.env.UPSTREAM_POSTGRES)
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    const stream = createWebSocketStream(socket)
    const target = connect(Number(postgres.port), postgres.hostname)
    // A test that ends its connection early is not an error here; the driver reports to the test.
    for (const side of [stream, target]) side.on('error', () => [stream, target].forEach((other) => other.destroy()))
    stream.pipe(target).pipe(stream)
  })
  provide('bridge', `127.0.0.1:${server.address().port}/v2`)
  return () => {
    for (const client of server.clients) client.terminate()
    server.close()
  }
}
