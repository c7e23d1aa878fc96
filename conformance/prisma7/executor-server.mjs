// Runs the official executor for one database: node executor-server.mjs <databaseUrl> <port, 0 = any>.
// Accepts any API key. Prints its port; exits when its standard input is closed.
import { serve } from '@hono/node-server'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'

const [databaseUrl, port] = process.argv.slice(2)

// The executor reads its tracer when it is loaded, so OpenTelemetry must be set up before.
context.setGlobalContextManager(new AsyncLocalStorageContextManager())
trace.setGlobalTracerProvider(new BasicTracerProvider())
const executor = await import('@prisma/query-plan-executor')

const server = await executor.Server.create({
  databaseUrl,
  maxResponseSize: executor.parseSize('128 MiB'),
  queryTimeout: executor.parseDuration('PT30S'),
  maxTransactionTimeout: executor.parseDuration('PT1M'),
  maxTransactionWaitTime: executor.parseDuration('PT1M'),
  perRequestLogContext: { logFormat: 'text', logLevel: 'error' },
})
const http = serve(
  {
    fetch: server.fetch,
    hostname: '127.0.0.1',
    port: Number(port),
    // The test's process may be busy for longer than Node's timeout of five seconds, and would then send its next request
    // on a connection that has just been closed.
    serverOptions: { keepAliveTimeout: 0 },
  },
  (info) => console.log(`port ${info.port}`),
)
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
process.on('SIGTERM', () => {
  http.close()
  process.exit(0)
})
