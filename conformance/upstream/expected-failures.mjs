// Tests that fail against Hasten for a good reason: `{project: {title: {reason, message}}}`. A title starts with the
// file of the test. The run fails if a listed test passes, is not run, or fails with a message without `message`.

/** The query succeeds instead of failing. */
const message = 'promise resolved "[ { one: 1 } ]" instead of rejecting'

export const EXPECTED_FAILURES = {
  drizzle: {},
  'kysely-neon': {},
  neon: {
    'tests/cli/http.test.ts > database URL with wrong user to `neon()`': {
      reason: 'An API key belongs to one database, whose role Hasten uses. It ignores the user of a connection string.',
      message,
    },
    'tests/cli/http.test.ts > database URL with wrong project to `neon()`': {
      reason: 'Neon finds a project by the host of a connection string, Hasten finds a database by the API key.',
      message,
    },
    'tests/cli/http.test.ts > database URL with wrong host to `neon()`': {
      reason:
        'Apps set fetchEndpoint to the URL of Hasten, so the driver does not use the host of a connection string.',
      message,
    },
  },
}
