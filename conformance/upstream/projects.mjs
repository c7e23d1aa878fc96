// What is taken from each checkout, and how its tests find Hasten.

/**
 * The projects by the name of their option.
 * `from` is the folder in the checkout. `files` is what is copied from it: test files, all of which run, and what they
 * need. `env` returns environment variables, and `edits` returns changes to the copy: `[file, old text, new text]`.
 * Both get a connection string with an API key. `alias` replaces modules; its paths are relative to the copy. `only` is
 * a pattern for the titles of the tests that run.
 */
export const PROJECTS = {
  drizzle: {
    title: 'drizzle-orm (neon-http)',
    from: 'integration-tests',
    files: [
      'tests/pg/neon-http.test.ts',
      'tests/pg/neon-http-batch.test.ts',
      'tests/pg/neon-http-batch.ts',
      'tests/pg/pg-common.ts',
      'tests/pg/pg-common-cache.ts',
      'tests/common.ts',
      'tests/utils.ts',
      'drizzle2/pg',
    ],
    alias: {
      '~': './tests',
      // Imported for suites that start a PostgreSQL in a container.
      dockerode: '../no-docker.mjs',
    },
    env: (url) => ({ NEON_HTTP_CONNECTION_STRING: url }),
  },
  'kysely-neon': {
    title: 'kysely-neon',
    from: '.',
    files: ['tests'],
    edits: (url) => [
      // Use the published package.
      ['tests/test-setup.mts', "from '..'", "from 'kysely-neon'"],
      ['tests/test-setup.mts', '`postgres://postgres:postgres@${PROXY_HOST}:5432/main`', JSON.stringify(url)],
    ],
    // The other half uses WebSockets, which do not lead to Hasten.
    only: '^neon: neon ',
  },
  neon: {
    title: '@neondatabase/serverless (HTTP)',
    from: '.',
    files: [
      'index.mjs',
      'tests/setup.ts',
      'tests/cli/http.test.ts',
      'tests/cli/httpTransaction.test.ts',
      'tests/cli/sampleQueries.ts',
      'tests/packages/drizzle/http.test.ts',
    ],
    alias: { '@neondatabase/serverless': './index.mjs' },
    env: (url) => ({ VITE_NEON_DB_URL: url }),
  },
}
