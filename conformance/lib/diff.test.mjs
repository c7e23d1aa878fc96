import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diff } from './diff.mjs'
import { encode } from './encode.mjs'

const differs = (a, b, generated) => diff(encode(a), encode(b), generated).length > 0

test('values that look alike in JavaScript are distinguished', () => {
  const values = [
    1,
    1n,
    '1',
    true,
    [1],
    { 0: 1 },
    -0,
    0,
    NaN,
    null,
    undefined,
    'null',
    new Date(0),
    new Date(NaN),
    '1970-01-01T00:00:00.000Z',
    new Uint8Array([1]),
    Buffer.from([1]),
    '',
  ]
  values.forEach((a, i) => values.forEach((b, j) => assert.equal(differs(a, b), i !== j, `${i} and ${j}`)))
})

test('a decimal may have digits that the reference has rounded, but not lose or change any', () => {
  const differ = (a, b) => diff(`Decimal:${a}`, `Decimal:${b}`).length > 0
  assert.ok(!differ('12345678901234567000', '12345678901234567890.5'))
  assert.ok(!differ('100000000000000000000000000000000000', '99999999999999999999999999999999999'))
  assert.ok(differ('12345678901234567890.5', '12345678901234567000'))
  assert.ok(differ('12345678901234567000', '12345678901234587890.5'))
  assert.ok(differ('1.5', '1.6'))
})

test('missing keys, undefined keys and the order of keys are differences', () => {
  assert.ok(differs({ a: undefined }, {}))
  assert.ok(differs({}, { a: null }))
  assert.ok(differs({ a: 1, b: 2 }, { b: 2, a: 1 }))
  assert.ok(differs([{ a: 1 }], [{ a: 1 }, { a: 2 }]))
})

test('long byte values are compared completely', () => {
  const a = new Uint8Array(1000)
  const b = new Uint8Array(1000)
  assert.ok(!differs(a, b))
  b[999] = 1
  assert.ok(differs(a, b))
})

test('errors differ by class, code, message and meta', () => {
  const error = (changes) =>
    Object.assign(new Error(changes.message ?? 'm'), { code: 'P2002', meta: { target: ['a'] } }, changes)
  assert.ok(!differs(error({}), error({})))
  for (const changes of [{ code: 'P2003' }, { meta: { target: ['b'] } }, { meta: undefined }, { message: 'n' }])
    assert.ok(differs(error({}), error(changes)))
  assert.ok(differs(new TypeError('m'), new Error('m')))
})

test('generated values must have their format and keep their identity', () => {
  const [a, b, c] = [
    '6f0f3f5e-6c1c-4b5e-9d5e-2a1b3c4d5e6f',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    '00000000-0000-4000-8000-000000000000',
  ]
  assert.ok(differs(a, b))
  assert.ok(!differs([a, a], [b, b], ['uuid4']))
  assert.ok(differs([a, a], [b, c], ['uuid4']))
  assert.ok(differs([a, b], [c, c], ['uuid4']))
  assert.ok(differs(a, 'not a uuid', ['uuid4']))
})

test('now must be close to the current time', () => {
  assert.ok(!differs(new Date(), new Date(Date.now() - 1000), ['now']))
  assert.ok(differs(new Date(), new Date(0), ['now']))
  assert.ok(differs(new Date(), new Date(Date.now() - 1000)))
})

test('the elapsed time must not be less than the timeout', () => {
  const text = (elapsed) =>
    `x. The timeout for this transaction was 200 ms, however ${elapsed} ms passed since the start`
  assert.ok(!differs(text(201), text(350)))
  assert.ok(differs(text(201), text(150)))
})

test('the meta of a transaction error may be missing if the protocol cannot transport it', () => {
  const error = (code, meta) => Object.assign(new Error('text'), { code, meta })
  const bare = (a, b) => diff(encode(a), encode(b), [], { bareTransactionErrors: true }).length === 0
  assert.ok(bare(error('P2028', { error: 'text' }), error('P2028', undefined)))
  assert.ok(!bare(error('P2028', { error: 'text' }), error('P2028', { error: 'other' })))
  assert.ok(!bare(error('P2002', { target: ['id'] }), error('P2002', undefined)))
  assert.ok(differs(error('P2028', { error: 'text' }), error('P2028', undefined)))
})

test('known gaps of older engines are only tolerated where they are declared', () => {
  const error = (type, entries) => ({ type: `error ${type}`, entries })
  const codeless = error('PrismaClientUnknownRequestError', [['message', 'string:x']])
  const coded = error('PrismaClientKnownRequestError', [['code', 'string:P2007']])
  assert.equal(diff(codeless, coded, [], { codeless: true }).length, 0)
  assert.notEqual(diff(codeless, coded).length, 0)
  assert.notEqual(diff(coded, codeless, [], { codeless: true }).length, 0)
  assert.equal(diff('string:on `"ownerName"`', 'string:on `ownerName`', [], { codeless: true }).length, 0)
  assert.notEqual(diff('string:on `"ownerName"`', 'string:on `other`', [], { codeless: true }).length, 0)
  assert.notEqual(diff('string:on `"ownerName"`', 'string:on `ownerName`').length, 0)
})
