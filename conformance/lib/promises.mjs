// Runs promises: tests whose names say what is promised, in files `'text': async (stage) => {...}`.
// `'text': since(7, async (stage) => {...})` is left out when `stage.major` is less.
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** A promise that is not kept within this time is broken. Milliseconds. */
const TIMEOUT = 180_000

/** Marks a promise that only a client from this major version on can be given. */
export const since = (major, run) => Object.assign(run, { since: major })

/**
 * Verifies the promises of a folder and prints; returns whether all were kept.
 * @param stage what each promise gets; `stage.reset()` tidies up after each
 * @param title what is printed with the sum
 * @param only regular expression on `file/name`
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
  const left = inapplicable ? `, without ${inapplicable} that need a later version` : ''
  console.log(`${what}: ${Math.round((Date.now() - started) / 1000)} s${left}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  return failed.length === 0
}

/** Runs one promise and tidies up; returns the error when it was broken. */
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

/** The promises of the folder whose title matches, in the order of files and of each file. */
async function loadPromises(directory, pattern) {
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
