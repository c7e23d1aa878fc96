// Connects Neon's driver to Hasten, and its WebSocket connections directly to PostgreSQL. Runs before each test file.
import { neonConfig } from '@neondatabase/serverless'
import { inject } from 'vitest'
import { WebSocket } from 'ws'

/** Sets an option of the driver; keeps tests from changing it, because they name servers of their own. */
function fix(option, value) {
  Object.defineProperty(neonConfig, option, { get: () => value, set: () => {} })
}

fix('fetchEndpoint', process.env.UPSTREAM_SQL_ENDPOINT)
fix('wsProxy', inject('bridge'))
fix('webSocketConstructor', WebSocket)
fix('useSecureWebSocket', false)
// Neon's proxy accepts a password that is sent before it is requested, PostgreSQL does not.
fix('pipelineConnect', false)
