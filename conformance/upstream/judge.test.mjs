import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './judge.mjs'

const WRONG_RESULT = { reason: 'a reason', message: 'wrong result' }

const passed = (title) => ({ title, status: 'passed' })
const failed = (title) => ({ title, status: 'failed', message: 'Error: wrong result' })
const skipped = (title) => ({ title, status: 'skipped' })

test('counts passed, skipped and expected failures', () => {
  const verdict = judge([passed('a'), passed('b'), skipped('c'), failed('d')], { d: WRONG_RESULT })
  assert.deepEqual(verdict, { passed: 2, failed: 0, expected: 1, skipped: 1, problems: [] })
})

test('an unexpected failure is a problem, with its message', () => {
  const { failed: count, problems } = judge([passed('a'), failed('b')], {})
  assert.equal(count, 1)
  assert.match(problems[0], /FAILED b\n {4}Error: wrong result/)
})

test('an expected failure with another message is a problem', () => {
  const { failed: count, problems } = judge([passed('a'), { ...failed('b'), message: 'timeout' }], { b: WRONG_RESULT })
  assert.equal(count, 1)
  assert.match(problems[0], /FAILED in an unexpected way: b\n {4}timeout/)
})

test('an expected failure that passes is a problem', () => {
  const verdict = judge([passed('a'), passed('b')], { b: WRONG_RESULT })
  assert.equal(verdict.failed, 1)
  assert.match(verdict.problems[0], /PASSED.* b$/)
})

test('an expected failure that is skipped or does not exist is a problem', () => {
  const { failed: count, problems } = judge([passed('a'), skipped('b')], { b: WRONG_RESULT, c: WRONG_RESULT })
  assert.equal(count, 2)
  assert.match(problems.join('\n'), /SKIPPED.* b\nMISSING.* c$/)
})

test('an unknown status is a problem', () => {
  assert.equal(judge([passed('a'), { title: 'b', status: 'pending' }], {}).failed, 1)
})

test('a run without passed tests is a problem', () => {
  for (const results of [[], [skipped('a')]]) assert.equal(judge(results, {}).failed, 1)
})
