// Runs tests of other projects against Hasten. Usage: see README.md
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createDatabase, withConnection } from '../lib/databases.mjs'
import { startHasten, stopHasten } from '../lib/hasten.mjs'
import { EXPECTED_FAILURES } from './expected-failures.mjs'
import { PROJECTS } from './projects.mjs'
import { judge } from './judge.mjs'

const WORKSPACE = fileURLToPath(new URL('workspace', import.meta.url))

/** Returns the folders of the checkouts by project; throws a TypeError, as parseArgs does, if one is not usable. */
function checkoutsFrom(args) {
  const options = Object.fromEntries(Object.keys(PROJECTS).map((name) => [name, { type: 'string' }]))
  const { values } = parseArgs({ args, options })
  if (Object.keys(values).length === 0) throw new TypeError('No checkout.')
  for (const [name, checkout] of Object.entries(values))
    for (const source of sources(name, checkout))
      if (!fs.existsSync(source)) throw new TypeError(`${source} does not exist; expected a checkout for --${name}.`)
  return values
}

/** Returns the paths of what is copied from a checkout. */
function sources(name, checkout) {
  const { from, files } = PROJECTS[name]
  return files.map((file) => path.join(checkout, from, file))
}

/** Runs a command to its end; returns its exit code and output. */
async function run(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, output }
}

/** Copies the tests of a project into the workspace; returns their folder. */
function copyTests(name, checkout, home) {
  sources(name, checkout).forEach((source, i) =>
    fs.cpSync(source, path.join(home, name, PROJECTS[name].files[i]), { recursive: true }),
  )
  return path.join(home, name)
}

/** Replaces texts in the copy of the tests; each text must occur once. */
function edit(folder, edits) {
  for (const [file, old, replacement] of edits) {
    const parts = fs.readFileSync(path.join(folder, file), 'utf8').split(old)
    if (parts.length !== 2) throw new Error(`${file} contains ${old} ${parts.length - 1} times; expected once`)
    fs.writeFileSync(path.join(folder, file), parts.join(replacement))
  }
}

/** Installs the packages that the tests use. */
async function install(home) {
  fs.cpSync(WORKSPACE, home, { recursive: true, filter: (file) => !file.endsWith('node_modules') })
  const { code, output } = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home })
  if (code !== 0) throw new Error(`npm ci failed:\n${output}`)
}

/**
 * Starts Hasten with a database and an API key for each project; returns it with a connection string for each project.
 * The same string works for direct connections: the user is a role in PostgreSQL, and the key is its password.
 */
async function startServer(names, directUrl, stateDir) {
  const keys = Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('hex')]))
  const databases = {}
  for (const [name, secret] of Object.entries(keys)) {
    databases[name] = { url: await createDatabase(directUrl, name), keys: [{ name, secret, scopes: 'sql' }] }
    await withConnection(directUrl, (c) => c.query(`create role "${name}" superuser login password '${secret}'`))
  }
  const file = path.join(stateDir, 'hasten.yaml')
  // JSON is YAML.
  fs.writeFileSync(file, JSON.stringify({ databases }))
  const server = await startHasten('upstream', stateDir, { HASTEN_CONFIG: file })
  const { host } = new URL(server.url)
  const urls = Object.fromEntries(names.map((name) => [name, `postgresql://${name}:${keys[name]}@${host}/${name}`]))
  return { ...server, endpoint: `http://${host}/sql`, urls }
}

/** Runs the tests of a project and prints the outcome; returns whether it is the expected one. */
async function runProject(name, { folder, server, directUrl }) {
  const { title, alias = {}, env = () => ({}), edits = () => [], only } = PROJECTS[name]
  const url = server.urls[name]
  edit(folder, edits(url))
  const report = path.join(folder, 'report.json')
  const args = ['run', '--config=../vitest.config.mjs', ...(only ? ['-t', only] : [])]
  const { output } = await run('../node_modules/.bin/vitest', args, {
    cwd: folder,
    env: {
      ...process.env,
      NO_COLOR: '1',
      UPSTREAM_ALIAS: JSON.stringify(alias),
      UPSTREAM_SQL_ENDPOINT: server.endpoint,
      UPSTREAM_POSTGRES: directUrl,
      UPSTREAM_REPORT: report,
      ...env(url),
    },
  })
  if (!fs.existsSync(report)) throw new Error(`vitest failed for ${title}:\n${output}`)
  const results = JSON.parse(fs.readFileSync(report, 'utf8'))
  const { passed, failed, expected, skipped, problems } = judge(results, EXPECTED_FAILURES[name])
  console.log(`\n-- ${title}`)
  for (const problem of problems) console.log(problem)
  console.log(`${passed} passed, ${failed} failed, ${expected} expected failures, ${skipped} skipped by the project`)
  return failed === 0
}

let checkouts
try {
  checkouts = checkoutsFrom(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\nusage: run.mjs [--drizzle DIR] [--kysely-neon DIR] [--neon DIR]; at least one`)
  process.exit(2)
}
const names = Object.keys(checkouts)
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hasten-upstream-'))
let ok = true
try {
  const folders = Object.fromEntries(names.map((name) => [name, copyTests(name, checkouts[name], home)]))
  await install(home)
  const postgres = await startHasten('postgres', home, {}, { awaited: ['DATABASE_URL', 'DIRECT_URL'] })
  try {
    const server = await startServer(names, postgres.directUrl, home)
    try {
      for (const name of names) {
        const context = { folder: folders[name], server, directUrl: postgres.directUrl }
        ok = (await runProject(name, context)) && ok
      }
    } finally {
      await stopHasten(server)
    }
  } finally {
    await stopHasten(postgres)
  }
} finally {
  fs.rmSync(home, { recursive: true, force: true })
}
process.exit(ok ? 0 : 1)
