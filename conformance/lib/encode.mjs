// Converts everything that a client returns or throws into a lossless tree that can be compared and printed.
import { createHash } from 'node:crypto'

/** Longer byte values are shown by their first bytes and compared by SHA-256. */
const SHOWN_BYTES = 64

/**
 * Leaves are strings of the form `type:text`, so that 1, 1n, "1" and Decimal 1 all differ; null and booleans are kept.
 * Objects become `{type, entries: [[key, tree], ...]}` in the order of their keys, lists become arrays.
 */
export function encode(value) {
  switch (typeof value) {
    case 'undefined':
      return 'undefined'
    case 'boolean':
      return value
    case 'number':
      return `number:${Object.is(value, -0) ? '-0' : value}`
    case 'bigint':
      return `bigint:${value}`
    case 'string':
      return `string:${value}`
    case 'symbol':
    case 'function':
      return `${typeof value}:${String(value.description ?? value.name)}`
    default:
      return value === null ? null : encodeObject(value)
  }
}

function encodeObject(value) {
  if (Array.isArray(value)) return Array.from(value, encode)
  if (value instanceof Date) return `Date:${Number.isNaN(value.getTime()) ? 'Invalid' : value.toISOString()}`
  if (ArrayBuffer.isView(value)) return encodeBytes(value)
  if (isDecimal(value)) return `Decimal:${value.toFixed()}`
  if (value instanceof Error) return encodeError(value)
  const type = value.constructor?.name ?? 'null-prototype'
  return {
    type: type === 'Object' ? '' : type,
    entries: Object.entries(value).map(([key, item]) => [key, encode(item)]),
  }
}

/** Recognizes Decimal.js instances; the client's runtime contains the class under a minified name. */
function isDecimal(value) {
  return typeof value.toFixed === 'function' && Array.isArray(value.d ?? []) && 's' in value && 'e' in value
}

function encodeBytes(view) {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  const shown = bytes.subarray(0, SHOWN_BYTES).toString('hex')
  const rest =
    bytes.length > SHOWN_BYTES
      ? `... ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`
      : ''
  return `${view.constructor.name}:${shown}${rest}`
}

/** Encodes everything that an application can see of an error, except the stack. */
function encodeError(error) {
  const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack'].includes(key))
  return {
    type: `error ${error.constructor?.name}`,
    entries: [
      ['name', encode(error.name)],
      ['message', encode(error.message)],
      ...own.map(([key, item]) => [key, encode(item)]),
    ],
  }
}
