// The guides of docs/getting-started.md, and which blocks of the page a reader of each one follows.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseBlocks } from './blocks.mjs'

const conformance = fileURLToPath(new URL('..', import.meta.url))

export const PAGE = path.join(conformance, '../docs/getting-started.md')

const ENV = { 'Start Hasten': ['.env'] }

/** "Follow Prisma 7 up to src/users.ts". */
const LIKE_PRISMA_7 = {
  home: 'guides',
  files: { ...ENV, 'Prisma 7': ['prisma/schema.prisma', 'prisma.config.ts', 'src/db.ts', 'src/users.ts'] },
  commands: { 'Prisma 7': ['npx prisma generate'] },
}

/** The same, with the server and the requests of another section. */
const LIKE_WORKERS = {
  ...LIKE_PRISMA_7,
  files: { ...LIKE_PRISMA_7.files, 'Cloudflare Workers': ['src/server.ts'] },
  after: { 'Cloudflare Workers': ['curl'] },
}

/** The files of the program that prints the users. */
const PROGRAM = { ...ENV, 'Prisma 7': ['src/users.ts', 'src/index.ts'] }

const LIKE_SQL = { home: 'sql', files: { SQL: ['.env', 'src/invalidate.ts'] }, commands: { SQL: ['npm init', 'set -a'] } }

/**
 * `home` is the folder whose packages the app uses. `files` and `commands` are what it takes from other sections, before all blocks of
 * its own: names of files, and beginnings of commands. `after` are commands of another section that follow. Slow guides only run with
 * `--all`.
 */
export const GUIDES = [
  { title: 'Prisma 7', home: 'guides', files: ENV },
  { title: 'Prisma 6', home: 'prisma6', files: PROGRAM, after: { 'Prisma 7': ['npx tsx'] } },
  {
    title: 'Prisma 5',
    home: 'prisma5',
    tls: true,
    files: { ...PROGRAM, 'Prisma 6': ['prisma/schema.prisma', 'src/db.ts'] },
    commands: { 'Prisma 6': ['npx prisma generate'] },
  },
  { title: 'Next.js', slow: true, ...LIKE_PRISMA_7 },
  { title: 'SvelteKit', ...LIKE_PRISMA_7 },
  { title: 'Cloudflare Workers', ...LIKE_PRISMA_7 },
  { title: 'Vercel', ...LIKE_PRISMA_7 },
  { title: 'Deno', ...LIKE_WORKERS },
  { title: 'Bun', ...LIKE_WORKERS },
  { title: 'Drizzle', ...LIKE_SQL },
  { title: 'Kysely', ...LIKE_SQL },
  { title: 'fetch', ...LIKE_SQL },
]

/** Commands that need something that is not installed here, and what runs instead; undefined if another part of the test does it. */
const REPLACEMENTS = {
  // The command downloads a native engine. createTables of verify.mjs uses the same engine as WebAssembly.
  'npx prisma db push': undefined,
  'npx wrangler dev': `node ${path.join(conformance, 'edge/run/worker-server.mjs')}`,
  'npx vercel dev': `node ${path.join(conformance, 'edge/run/edge-server.mjs')} src/app/api/users/route.ts`,
}

export const readPage = () => parseBlocks(fs.readFileSync(PAGE, 'utf8'))

/** Returns what a reader of a guide does: `{files, commands}`, which are blocks of the page, in order. */
export function planOf({ title, files = {}, commands = {}, after = {} }, blocks) {
  const own = blocks.filter(({ section }) => section === title)
  const isFile = ({ kind }) => kind === 'file'
  const isCommand = ({ kind }) => kind === 'commands' || kind === 'server'
  const taken = (from, matches) =>
    Object.entries(from).flatMap(([section, names]) =>
      names.map((name) => {
        const found = blocks.find((block) => block.section === section && matches(block, name))
        if (!found) throw new Error(`${title}: the section ${section} has no block ${name}`)
        return found
      }),
    )
  const command = (block, name) => isCommand(block) && block.text.startsWith(name)
  return {
    files: [...taken(files, (block, name) => block.file === name), ...own.filter(isFile)],
    commands: [...taken(commands, command), ...own.filter(isCommand), ...taken(after, command)],
  }
}

/** Throws if no guide uses a block. */
export function checkPage(blocks) {
  const used = new Set(GUIDES.map((guide) => planOf(guide, blocks)).flatMap(({ files, commands }) => [...files, ...commands]))
  const unused = blocks.filter((block) => block.kind !== 'not-executed' && !used.has(block))
  if (unused.length === 0) return
  const list = unused.map(({ line, section }) => `line ${line}, in the section ${section}`).join('; ')
  throw new Error(`No guide of guides.mjs uses these blocks, and they are not marked as not-executed: ${list}`)
}

/** Returns the command that runs for a block. */
export function commandOf({ text, replaced, line }) {
  if (!replaced) return text
  const [command] = Object.keys(REPLACEMENTS).filter((each) => text.startsWith(each))
  if (!command) throw new Error(`line ${line}: guides.mjs has no replacement for ${text}`)
  return REPLACEMENTS[command]?.concat(text.slice(command.length))
}
