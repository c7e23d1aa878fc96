// Compares the results of tests with the expected failures.

/** The number of lines printed of a failure. */
const MESSAGE_LINES = 15

/**
 * Returns counts, and a text for each failure.
 * @param results `{title, status, message}` for each test
 * @param expectedFailures `{title: {reason, message}}`; the message of the failure must contain `message`
 */
export function judge(results, expectedFailures) {
  const problems = []
  const counts = { passed: 0, expected: 0, skipped: 0 }
  for (const { title, status, message } of results) {
    const expected = expectedFailures[title]
    if (status === 'passed' && !expected) counts.passed++
    else if (status === 'skipped' && !expected) counts.skipped++
    else if (status === 'failed' && expected && message.includes(expected.message)) counts.expected++
    else if (status === 'failed' && expected)
      problems.push(`FAILED in an unexpected way: ${title}\n${indented(message)}`)
    else if (expected) problems.push(`${status.toUpperCase()}, but listed as an expected failure: ${title}`)
    else problems.push(`${status.toUpperCase()} ${title}\n${indented(message ?? '')}`)
  }
  const titles = new Set(results.map(({ title }) => title))
  for (const title of Object.keys(expectedFailures))
    if (!titles.has(title)) problems.push(`MISSING, but listed as an expected failure: ${title}`)
  if (counts.passed === 0) problems.push('FAILED: no test passed')
  return { ...counts, failed: problems.length, problems }
}

function indented(message) {
  const lines = message.split('\n').slice(0, MESSAGE_LINES)
  return lines.map((line) => `    ${line}`).join('\n')
}
