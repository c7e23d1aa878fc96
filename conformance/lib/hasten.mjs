// Starts and stops Hasten.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess } from './processes.mjs'

/** The launcher of Hasten. */
export const command = process.env.HASTEN_COMMAND ?? fileURLToPath(new URL('../../bin/hasten', import.meta.url))

/** Without Java's optimizing compiler: most servers run for about a minute, and it would take half of their CPU time. */
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', process.env.HASTEN_JAVA_OPTS].join(' ')

const ADMIN = /^The dashboard and the admin API are at (\S+); the token is in (.+)$/

/**
 * Starts `hasten serve` and waits until it has printed the awaited URLs; returns the process with the URLs. `admin` has the URL and
 * the token of its admin API.
 * @param name the server's name in messages, and the name of its folder in stateDir
 * @param settings environment variables
 * @param tls serve HTTPS; `caFile` of the result is the certificate to trust
 */
export async function startHasten(name, stateDir, settings, { awaited = ['DATABASE_URL'], tls = false } = {}) {
  // Hasten refuses variables that it does not know, so that nobody misspells one.
  const { DATABASE_URL, DIRECT_URL, HASTEN_COMMAND, ...inherited } = process.env
  const state = path.join(stateDir, name)
  const printed = {}
  const server = await startProcess(command, ['serve', ...(tls ? ['--tls-dev'] : [])], {
    name: `hasten serve (${name})`,
    env: {
      ...inherited,
      HASTEN_JAVA_OPTS: JAVA_OPTIONS,
      HASTEN_PORT: '0',
      HASTEN_ADMIN_PORT: '0',
      HASTEN_STATE_DIR: state,
      ...settings,
    },
    ready: (line) => {
      const found = /^\s*(?:export )?(DATABASE_URL|DIRECT_URL)="([^"]+)"/.exec(line)
      if (found) printed[found[1]] = found[2]
      printed.admin ??= ADMIN.exec(line) ?? undefined
      return printed.admin && awaited.every((variable) => printed[variable] !== undefined)
    },
  })
  const urls = { url: printed.DATABASE_URL, directUrl: printed.DIRECT_URL }
  const [, adminUrl, tokenFile] = printed.admin
  const admin = { url: adminUrl, token: fs.readFileSync(tokenFile, 'utf8').trim() }
  return { ...server, ...urls, admin, name, caFile: path.join(state, 'tls', 'ca.pem') }
}

/** Stops a server; throws if it does not exit with 0. */
export async function stopHasten(server) {
  const code = await server.stop()
  if (code === 0) return
  const lines = server.lines.slice(-20).join('\n')
  throw new Error(`hasten serve (${server.name}) exited with ${code} after SIGTERM:\n${lines}`)
}
