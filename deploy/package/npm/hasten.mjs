#!/usr/bin/env node
// Runs Hasten from the archive in the npm package of this platform: npx hasten dev. npm does not preserve the modification times of
// files, which Java's AOT cache depends on, so this unpacks the archive once, into the user's cache directory.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const { version } = require('./package.json')
const platform = `${process.platform}-${process.arch}`

function fail(message) {
  console.error(`hasten: ${message}`)
  process.exit(1)
}

function archive() {
  try {
    return join(dirname(require.resolve(`@hasten/${platform}/package.json`)), 'hasten.tar.gz')
  } catch {
    return fail(`@hasten/${platform} is not installed; Hasten runs on Linux with x64 or arm64, and optional dependencies are required`)
  }
}

/** Complete or absent: another process may be unpacking, too. */
function unpack(home) {
  mkdirSync(dirname(home), { recursive: true })
  const fresh = mkdtempSync(`${home}.`)
  const { status, error } = spawnSync('tar', ['-xzf', archive(), '-C', fresh, '--strip-components=1'], { stdio: 'inherit' })
  if (status !== 0) {
    rmSync(fresh, { recursive: true })
    fail(`the archive could not be unpacked into ${fresh}${error ? `: ${error.message}` : ''}`)
  }
  try {
    renameSync(fresh, home)
  } catch (error) {
    rmSync(fresh, { recursive: true })
    if (!existsSync(home)) throw error
  }
}

const home = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hasten', `${version}-${platform}`)
if (!existsSync(home)) unpack(home)

const [command, ...options] = process.argv.slice(2)
const server = spawn(join(home, 'bin', 'hasten'), [command === 'dev' ? 'serve' : command, ...options].filter((it) => it !== undefined), {
  stdio: 'inherit',
})
// Ctrl-C in a terminal also reaches the server. This process must live until the server has stopped.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => server.kill('SIGTERM'))
server.on('error', (error) => fail(error.message))
server.on('exit', (code, signal) => process.exit(signal ? 1 : code))
