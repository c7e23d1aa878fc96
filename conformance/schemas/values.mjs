// Deterministic values for every type of field, and their form as SQL literals.

/** 2020-02-29T08:30:00.250Z: far from the time of the run, so that no value looks like a generated one. */
const EPOCH = Date.UTC(2020, 1, 29, 8, 30, 0, 250)

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Returns the value with number `n` of a field; values with different numbers differ, except those of booleans and enums. */
export function valueOf(field, n) {
  if (!field.isList) return single(field, n)
  return Array.from({ length: n % 4 }, (_, i) => single(field, n + i))
}

function single(field, n) {
  if (field.values) return field.values[n % field.values.length].name
  const make = MAKERS[field.type]
  if (!make) throw new Error(`${field.name}: there are no values of type ${field.type}`)
  return make(n, field)
}

const MAKERS = {
  Boolean: (n) => n % 2 === 1,
  Int: (n) => n + 1,
  BigInt: (n) => BigInt(n + 1) * 4_000_000_007n,
  Float: (n) => (n - 2) * 1.25,
  Decimal: (n, field) => decimal(n, field),
  String: (n, field) => string(n, field),
  DateTime: (n, field) => dateTime(n, field),
  Bytes: (n) => Uint8Array.from([n, 0, 255 - n, 39, 92]),
  Json: (n) => ({ n, text: `it's "${n}" \\ é`, list: [n, null, true], nested: { deep: n / 2 } }),
}

/** Returns text, because clients accept it, and it is not rounded. */
function decimal(n, { nativeArguments: [precision = 12, scale = 4] }) {
  const whole = 1 + (n % 10 ** Math.min(precision - scale, 6))
  return scale > 0 ? `${whole}.${'25'.slice(0, scale)}` : `${whole}`
}

function string(n, { name, native, nativeArguments: [length = 0] }) {
  switch (native) {
    case 'Uuid':
      return `00000000-0000-1000-8000-${n.toString(16).padStart(12, '0')}`
    case 'Inet':
      return `10.0.${n >> 8}.${n & 255}`
    case 'Bit':
      return n.toString(2).padStart(length, '0').slice(-length)
    case 'VarBit':
      return n.toString(2)
    case 'Xml':
      return `<a>${n}</a>`
    case 'Char':
      return n.toString(36).padStart(length, 'a')
    default:
      return native === 'VarChar' && length < 30 ? `${n}-${name}`.slice(0, length) : `${name} ${n}: it's é ✓`
  }
}

function dateTime(n, { native, nativeArguments: [precision = 3] }) {
  const time = EPOCH + n * (DAY + HOUR)
  if (native === 'Date') return new Date(time - (time % DAY))
  const fraction = 10 ** Math.max(0, 3 - precision)
  if (native === 'Time' || native === 'Timetz') return new Date(Math.floor((time % DAY) / fraction) * fraction)
  return new Date(Math.floor(time / fraction) * fraction)
}

/** Returns a value as an SQL literal, which PostgreSQL converts to the type of the column. */
export function literal(field, value) {
  if (value === null || value === undefined) return 'null'
  const text = field.isList ? `{${value.map((item) => quoted(textOf(field, item))).join(',')}}` : textOf(field, value)
  return `'${text.replaceAll("'", "''")}'`
}

const quoted = (text) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

function textOf(field, value) {
  if (field.values) return field.values.find(({ name }) => name === value).dbName ?? value
  if (value instanceof Date) {
    return field.native === 'Time' || field.native === 'Timetz' ? value.toISOString().slice(11) : value.toISOString()
  }
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
