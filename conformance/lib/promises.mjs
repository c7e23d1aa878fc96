// Runs promises: tests whose titles state what Hasten promises, in files with `'title': async (stage) => {...}`.
// `'title': since(7, async (stage) => {...})` is skipped if `stage.major` is lower.
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** Milliseconds after which a promise fails. */
const TIMEOUT = 180_000

/** Marks a promise that requires a client of at least this major version. */
export const since = (major, run) => Object.assign(run, { since: major })

/**
 * Verifies the promises of a folder and prints the results; returns whether all passed.
 * @param stage the argument of each promise; `stage.reset()` cleans up after each
 * @param title printed with the totals
 * @param only regular expression for `file/name`
 */
export async function verifyPromises(directory, stage, { title: what, only, slow = false }) {
  const started = Date.now()
  let passed = 0
  let inapplicable = 0
  const failed = []
  for (const { title, run } of await loadPromises(directory, only && new RegExp(only, 'i'))) {
    if (run.since > stage.major) {
      inapplicable++
      continue
    }
    const begin = Date.now()
    const error = await keep(stage, run)
    if (slow) console.log(`${title}: ${Date.now() - begin} ms`)
    if (!error) {
      passed++
      continue
    }
    failed.push(title)
    console.log(`FAILED ${title}\n${indent(error)}`)
  }
  const left = inapplicable ? `, without ${inapplicable} that require a later version` : ''
  console.log(`${what}: ${Math.round((Date.now() - started) / 1000)} s${left}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0
}

/** Runs one promise and cleans up; returns the error if it failed. */
async function keep(stage, run) {
  const broken = await errorOf(within(TIMEOUT, run(stage)))
  const untidy = await errorOf(stage.reset())
  return broken ?? untidy
}

async function errorOf(work) {
  try {
    await work
    return undefined
  } catch (error) {
    return error ?? new Error('rejected without an error')
  }
}

async function within(milliseconds, work) {
  const clock = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: clock.signal }).then(
    () => Promise.reject(new Error(`not within ${milliseconds} ms`)),
    () => {},
  )
  try {
    return await Promise.race([work, late])
  } finally {
    clock.abort()
  }
}

function indent(error) {
  return String(error?.stack ?? error)
    .slice(0, 3000)
    .replaceAll(/^/gm, '    ')
}

/** Returns the promises of the folder whose title matches, ordered by file and by position in the file. */
export async function loadPromises(directory, pattern) {
  const selected = []
  for (const file of fs.readdirSync(directory).sort()) {
    const { default: promises } = await import(pathToFileURL(path.join(directory, file)))
    for (const [name, run] of Object.entries(promises)) {
      const title = `${path.parse(file).name}/${name}`
      if (!pattern || pattern.test(title)) selected.push({ title, run })
    }
  }
  return selected
}
