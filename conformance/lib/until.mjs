// Waits for conditions instead of fixed times.
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds to wait for a condition; less than operations and promises have, so that an error says what is missing. */
const PATIENCE = 30_000

/** Calls probe until it returns a truthy value, and returns that value. */
export async function until(what, probe) {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const value = await probe()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE} ms: ${what}`)
    await sleep(10)
  }
}
