// Runs the tests of one project. The current directory is the copy of its tests.
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))

export default {
  resolve: {
    alias: Object.entries(JSON.parse(process.env.UPSTREAM_ALIAS)).map(([find, replacement]) => ({
      find,
      replacement: path.resolve(replacement),
    })),
  },
  test: {
    globalSetup: file('bridge.mjs'),
    setupFiles: file('setup.mjs'),
    reporters: file('reporter.mjs'),
    // All files of a project use the same tables.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Never write snapshots: a missing one is a failure.
    update: false,
  },
}
