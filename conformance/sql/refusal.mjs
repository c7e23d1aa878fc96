// Errors as clients of SQL over HTTP are told them.
import assert from 'node:assert/strict'
import { ERROR_FIELDS } from './same.mjs'

/** Texts that no error may have: where the server keeps what, and what it is made of. */
const LEAK =
  /\bat dev\.hasten|\bjava\.|Exception\b|\.java:|(postgres(ql)?|prisma\+postgres):\/\/(?!user:API_KEY@host\/)/

/** Checks the shape: every key, each null or a text. */
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
 * Sends what is refused, and checks the shape of the refusal; answers it.
 * @param statuses any of 4xx and 5xx when not given
 */
export async function refused(stage, query, statuses, options) {
  const answer = await stage.post(query, options)
  const about = `${JSON.stringify(query)?.slice(0, 200)} was answered ${answer.status} ${answer.text.slice(0, 300)}`
  assert.ok(statuses === undefined ? answer.status >= 400 : [statuses].flat().includes(answer.status), about)
  assertRefusal(answer, about)
  return answer
}
