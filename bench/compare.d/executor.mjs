// Runs the official executor for one database: node executor.mjs <databaseUrl>. Prints its port.
// Its pool has 10 connections, the default of pg.
import { serve } from '@hono/node-server'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

// The executor does not respond without a context manager, which it reads when it is loaded. It gets no tracer, because
// spans would cost time.
context.setGlobalContextManager(new AsyncLocalStorageContextManager())
const { parseDuration, parseSize, Server } = await import('@prisma/query-plan-executor')

const server = await Server.create({
  databaseUrl: process.argv[2],
  maxResponseSize: parseSize('128 MiB'),
  queryTimeout: parseDuration('PT30S'),
  maxTransactionTimeout: parseDuration('PT1M'),
  maxTransactionWaitTime: parseDuration('PT1M'),
  perRequestLogContext: { logFormat: 'text', logLevel: 'error' },
})
serve({ fetch: server.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`port ${port}`))
