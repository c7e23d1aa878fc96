import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { generateOnce } from './generated.mjs'

let home
let writes

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-generated-'))
  writes = 0
  writeLock('1')
})

afterEach(() => fs.rmSync(home, { recursive: true }))

const writeLock = (version) => fs.writeFileSync(path.join(home, 'package-lock.json'), version)

const generate = (inputs = { schema: 'a' }, write = () => writes++) =>
  generateOnce({ output: path.join(home, 'client'), home, script: import.meta.url, inputs }, write)

test('writes once for equal inputs', async () => {
  await generate()
  await generate()
  assert.equal(writes, 1)
})

test('writes again for another schema or another version, into an empty folder', async () => {
  await generate()
  fs.writeFileSync(path.join(home, 'client', 'old'), '')
  await generate({ schema: 'b' })
  assert.equal(writes, 2)
  assert.deepEqual(fs.readdirSync(path.join(home, 'client')), [])
  writeLock('2')
  await generate({ schema: 'b' })
  assert.equal(writes, 3)
})

test('writes again after a failure', async () => {
  const fail = () => Promise.reject(new Error('on purpose'))
  await assert.rejects(generate({ schema: 'a' }, fail), /on purpose/)
  await generate()
  assert.equal(writes, 1)
})
