// Tests that fail against Hasten for a good reason: `{project: {title: reason}}`. A title starts with the test's file.
// If a listed test passes or is not run, the run fails.

const KEY_DECIDES = 'An API key belongs to one database, so only the password of a connection string matters to Hasten.'

export const EXPECTED_FAILURES = {
  drizzle: {},
  'kysely-neon': {},
  neon: {
    'tests/cli/http.test.ts > database URL with wrong user to `neon()`': KEY_DECIDES,
    'tests/cli/http.test.ts > database URL with wrong project to `neon()`': `${KEY_DECIDES} Neon finds the project by the host.`,
    'tests/cli/http.test.ts > database URL with wrong host to `neon()`':
      'Apps set fetchEndpoint to the URL of Hasten, so the driver does not look up the host of the connection string.',
  },
}
