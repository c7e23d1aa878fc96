import assert from 'node:assert/strict'
import test from 'node:test'
import { judge, verdict } from './goals.mjs'

const round = (rate, p99) => ({ rate, p99 })

test('a lower limit is reached if the value is equal or higher', () => {
  assert.equal(verdict('', { least: 4 }, [4]).reached, true)
  assert.equal(verdict('', { least: 4 }, [3.99]).reached, false)
  assert.equal(verdict('', { least: 4 }, [3]).by, -0.25)
})

test('an upper limit is reached if the value is equal or lower', () => {
  assert.equal(verdict('', { most: 200 }, [200]).reached, true)
  assert.equal(verdict('', { most: 200 }, [250]).by, -0.25)
})

test('a goal between the quartiles is unsure', () => {
  assert.equal(verdict('', { least: 4 }, [3, 4.5, 5, 3.5, 6]).unsure, true)
  assert.equal(verdict('', { least: 4 }, [5, 6, 7, 6, 5]).unsure, false)
})

test('ratios are computed per round, against the named peer', () => {
  const contenders = [
    { name: 'Hasten', rounds: [round(100, 1), round(30, 3), round(50, 1)] },
    { name: 'official executor', rounds: [round(10, 10), round(1, 10), round(10, 10)] },
  ]
  const [rate, p99] = judge([{ name: 'find-unique', title: 'findUnique', contenders }])
  assert.equal(rate.value, 10)
  assert.equal(p99.value, 0.1)
})

test('a goal without a measurement has no value', () => {
  assert.ok(judge([], undefined).every(({ value }) => value === undefined))
})
