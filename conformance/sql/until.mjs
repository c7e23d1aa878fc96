// Waits for states instead of times.
import { setTimeout as sleep } from 'node:timers/promises'

/** A state that is not reached within this time will never be. Milliseconds. */
const PATIENCE = 60_000

/** Calls probe until it answers something true, and answers that. */
export async function until(what, probe) {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const value = await probe()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE} ms: ${what}`)
    await sleep(25)
  }
}
