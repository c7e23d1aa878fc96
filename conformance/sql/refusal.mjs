// Error responses to clients of SQL over HTTP.
import assert from 'node:assert/strict'
import { ERROR_FIELDS } from './same.mjs'

/** Texts that no error may contain, because they reveal paths or internals of the server. */
const LEAK =
  /\bat dev\.hasten|\bjava\.|Exception\b|\.java:|(postgres(ql)?|prisma\+postgres):\/\/(?!user:API_KEY@host\/)/

/** Checks the format: all keys are present, and each is null or a string. */
export function assertRefusal({ body, headers, text }, about = '') {
  assert.match(headers.get('content-type') ?? '', /^application\/json/, about)
  assert.ok(body && typeof body === 'object', `${about}: no JSON: ${text}`)
  const known = Object.fromEntries(ERROR_FIELDS.map((field) => [field, field in body]))
  assert.deepEqual(known, Object.fromEntries(ERROR_FIELDS.map((field) => [field, true])), about)
  for (const field of ERROR_FIELDS) {
    assert.ok(body[field] === null || typeof body[field] === 'string', `${about}: ${field} is ${body[field]}`)
  }
  assert.ok(body.message?.length > 0, `${about}: no message`)
  assert.doesNotMatch(text, LEAK, about)
}

/**
 * Sends a request that must be rejected, checks the format of the error response, and returns it.
 * @param statuses the expected statuses; by default any 4xx or 5xx
 */
export async function refused(stage, query, statuses, options) {
  const answer = await stage.post(query, options)
  const about = `${JSON.stringify(query)?.slice(0, 200)} returned ${answer.status} ${answer.text.slice(0, 300)}`
  assert.ok(statuses === undefined ? answer.status >= 400 : [statuses].flat().includes(answer.status), about)
  assertRefusal(answer, about)
  return answer
}
