import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flatness, rise } from './flatness.mjs'

const limits = { share: 0.05, least: 8 }

test('the rise is that of the fitted line, not the difference between the ends', () => {
  assert.equal(rise([10, 12, 14, 16]), 6)
  assert.ok(Math.abs(rise([10, 20, 10, 20, 10, 20, 10])) < 1e-9)
  assert.equal(rise([5]), 0)
})

test('a sawtooth is flat', () => {
  const saw = Array.from({ length: 20 }, (_, i) => 100 + (i % 4) * 5)
  assert.ok(flatness(saw, limits).flat)
})

test('the phase in which the cache fills is ignored', () => {
  assert.ok(flatness([0, 30, 60, 90, 100, 100, 100, 100, 100, 100, 100, 100], limits).flat)
})

test('a slow leak under a sawtooth is not flat', () => {
  const leak = Array.from({ length: 20 }, (_, i) => 100 + (i % 4) * 5 + i * 1.5)
  assert.ok(!flatness(leak, limits).flat)
})

test('too few values are not flat', () => {
  assert.ok(!flatness([100, 100, 100], limits).flat)
})
