import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { parseBlocks } from './blocks.mjs'
import { checkPage, commandOf, GUIDES, PAGE, planOf, readPage } from './guides.mjs'

const page = fs.readFileSync(PAGE, 'utf8')
const fence = (info, text = 'text') => `\`\`\`${info}\n${text}\n\`\`\`\n`
const check = (added) => checkPage(parseBlocks(`${page}\n${added}`))

test('a guide uses every block of the page', () => checkPage(readPage()))

test('a new block with code that nothing runs is an error', () => {
  assert.throws(() => check(fence('ts')), /no file name before the block; nothing would test it/)
  assert.throws(() => check(fence('')), /nothing would test it/)
})

test('a new section that no guide follows is an error', () => {
  assert.throws(() => check(`## Rust\n\n\`src/main.rs\`:\n\n${fence('rust')}`), /line \d+, in the section Rust/)
  assert.throws(() => check(`## Rust\n\n${fence('sh', 'cargo run')}`), /line \d+, in the section Rust/)
})

test('a block that is marked as not executed is no error', () => check(`## Rust\n\n${fence('sh not-executed', 'cargo run')}`))

test('a misspelled mark is an error', () => {
  assert.throws(() => check(fence('sh not-exceuted')), /unknown words after the language: not-exceuted/)
})

test('an output without commands is an error', () => {
  assert.throws(() => check(`## Rust\n\n${fence('text')}`), /no commands before this output/)
})

test('a replaced command without a replacement is an error', () => {
  const [block] = parseBlocks(fence('sh replaced', 'cargo run'))
  assert.throws(() => commandOf(block), /no replacement for cargo run/)
})

test('a block without an end is an error', () => assert.throws(() => parseBlocks('```sh\nls\n'), /has no end/))

test('the file name is the first or the last in the line before a block', () => {
  const fileOf = (line) => parseBlocks(`${line}\n\n${fence('ts')}`)[0].file
  assert.equal(fileOf('`src/routes/+page.server.ts`:'), 'src/routes/+page.server.ts')
  assert.equal(fileOf('`src/app/page.tsx`, a component:'), 'src/app/page.tsx')
  assert.equal(fileOf('Secrets are in `.dev.vars`:'), '.dev.vars')
  assert.throws(() => fileOf('`db.transaction` needs a connection.'), /nothing would test it/)
})

test('every guide runs something whose output the page shows', () => {
  const blocks = readPage()
  for (const guide of GUIDES) assert.ok(planOf(guide, blocks).commands.at(-1).output, guide.title)
})
