// Writes the expected values of the tests in dev.hasten.prisma: *.jsonl beside this file. Run with Node 20 or newer:
//   (cd conformance && npm ci) && node generate-reference.mjs PATH/conformance/node_modules
// The official interpreter runs a plan of one statement with the official adapter for PostgreSQL, whose driver is replaced
// by one that reports an error, or a result of one column.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [modules] = process.argv.slice(2)
const require = createRequire(resolve(modules, 'package.json'))
const { PrismaPg } = require('@prisma/adapter-pg')
const { QueryInterpreter, noopTracingHelper } = require('@prisma/client-engine-runtime')

const statement = {
  compiled: {
    type: 'templateSql',
    fragments: [{ type: 'stringChunk', chunk: 'SELECT 1' }],
    placeholderFormat: { prefix: '$', hasNumbering: true },
    args: [],
    argTypes: [],
    chunkable: false,
  },
  raw: { type: 'rawSql', sql: 'SELECT 1', args: [], argTypes: [] },
}

async function run(kind, query) {
  const interpreter = QueryInterpreter.forSql({ tracingHelper: noopTracingHelper, provider: 'postgresql' })
  const queryable = await new PrismaPg({}).connect()
  queryable.underlyingDriver().query = query
  return interpreter.run(
    { type: 'query', args: statement[kind] },
    { queryable, transactionManager: { enabled: false }, scope: {} },
  )
}

async function errorOf(kind, fields) {
  const fail = async () => {
    throw Object.assign(new Error(fields.message), fields)
  }
  try {
    await run(kind, fail)
  } catch ({ code, message, meta }) {
    return { code, message, meta }
  }
  throw new Error('no error')
}

// What PostgreSQL reports: texts and fields are those of PostgreSQL 18.
const reports = [
  { code: '22001', message: 'value too long for type character varying(3)' },
  { code: '22001', message: 'value too long for type character varying(3)', column: 'name' },
  { code: '22003', message: 'integer out of range' },
  { code: '22P02', message: 'invalid input syntax for type uuid: "x"' },
  { code: '23505', message: 'duplicate key value violates unique constraint "User_email_key"',
    detail: 'Key (email)=(a@b.c) already exists.', table: 'User', constraint: 'User_email_key' },
  { code: '23505', message: 'duplicate key value violates unique constraint "pair"',
    detail: 'Key (a, "b c")=(1, 2) already exists.', table: 'Pair', constraint: 'pair' },
  // as raised by a trigger
  { code: '23505', message: 'duplicate', detail: 'Key (email, tenant)=(a, b) already exists.' },
  { code: '23505', message: 'duplicate', detail: 'No key is named here.' },
  { code: '23505', message: 'duplicate' },
  { code: '23502', message: 'null value in column "name" of relation "User" violates not-null constraint',
    detail: 'Failing row contains (1, null).', table: 'User', column: 'name' },
  { code: '23502', message: 'a value is missing', detail: 'Key (name) must have a value.' },
  { code: '23503', message: 'insert or update on table "Post" violates foreign key constraint "Post_authorId_fkey"',
    detail: 'Key (authorId)=(7) is not present in table "User".', table: 'Post', constraint: 'Post_authorId_fkey' },
  { code: '23503', message: 'the author is missing', column: 'authorId', constraint: 'Post_authorId_fkey' },
  { code: '23503', message: 'the author is missing' },
  { code: '23001', message: 'update or delete on table "User" violates RESTRICT setting of foreign key constraint "fk" on table "Post"',
    detail: 'Key (id)=(1) is referenced from table "Post".', table: 'Post', constraint: 'fk' },
  { code: '23001', message: 'restricted', column: 'authorId' },
  { code: '23001', message: 'restricted' },
  { code: '3D000', message: 'database "nope" does not exist' },
  { code: '28000', message: 'no pg_hba.conf entry for host "10.0.0.1", user "u", database "d", no encryption' },
  { code: '28000', message: 'role "u" is not permitted to log in' },
  { code: '28P01', message: 'password authentication failed for user "u"' },
  { code: '40001', message: 'could not serialize access due to concurrent update' },
  { code: '40P01', message: 'deadlock detected', detail: 'Process 1 waits for ShareLock on transaction 2.',
    hint: 'See server log for query details.' },
  { code: '42P01', message: 'relation "User" does not exist' },
  { code: '42P01', message: 'relation "public.User" does not exist' },
  { code: '42703', message: 'column "name" does not exist' },
  { code: '42703', message: 'column User.name does not exist' },
  { code: '42703', message: 'column "a ""b""".c does not exist' },
  { code: '42703', message: 'column "name" of relation "User" does not exist' },
  { code: '42703', message: 'record "new" has no field "name"' },
  { code: '42P04', message: 'database "d" already exists' },
  { code: '53300', message: 'sorry, too many clients already' },
  { code: '23514', message: 'new row for relation "User" violates check constraint "adult"',
    detail: 'Failing row contains (1, 7).', table: 'User', constraint: 'adult' },
  { code: '42601', message: 'syntax error at or near "SELEC"', position: '1' },
  { code: '42883', message: 'function nope() does not exist',
    hint: 'No function matches the given name and argument types.' },
  { code: 'P0001', message: 'from a trigger `with` "quotes"', column: 'c' },
  { code: '57014', message: 'canceling statement due to user request' },
]
// What Node reports if there is no connection, or it is lost.
const socketErrors = {
  unreachable: { code: 'ECONNREFUSED', syscall: 'connect', errno: -111, address: '10.0.0.1', port: 5432, message: 'x' },
  unreachableAtUnknownAddress: { code: 'ENOTFOUND', syscall: 'getaddrinfo', errno: -3008, message: 'x' },
  timedOut: { code: 'ETIMEDOUT', syscall: 'read', errno: -110, message: 'x' },
  tlsFailed: { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' },
  connectionClosed: { code: 'ECONNRESET', syscall: 'read', errno: -104, message: 'x' },
}

async function typeOf(oid) {
  try {
    const result = await run('raw', async () => ({ fields: [{ name: 'a', dataTypeID: oid }], rows: [] }))
    return result.types[0]
  } catch (error) {
    return error.meta.driverAdapterError.cause
  }
}

function write(name, lines) {
  const text = lines.map((line) => JSON.stringify(line) + '\n').join('')
  writeFileSync(join(dirname(fileURLToPath(import.meta.url)), name), text)
}

const errors = []
for (const report of reports) {
  const complete = { severity: 'ERROR', ...report }
  errors.push({
    report: complete,
    compiled: await errorOf('compiled', complete),
    raw: await errorOf('raw', complete),
  })
}
write('reported-errors.jsonl', errors)

const lost = []
for (const [failure, error] of Object.entries(socketErrors)) {
  lost.push({ failure, compiled: await errorOf('compiled', error), raw: await errorOf('raw', error) })
}
write('connection-errors.jsonl', lost)

// All OIDs that types of PostgreSQL 18 have, and the first ones of types that are not built in.
const types = []
for (const oid of [...Array(6200).keys(), 16383, 16384, 16385, 2147483647]) {
  const type = await typeOf(oid)
  if (typeof type === 'string') {
    types.push([oid, type])
  } else if (type.type !== 'Unknown') {
    types.push([oid, { unsupported: type.type }])
  }
}
write('raw-types.jsonl', types)
