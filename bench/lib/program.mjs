// The frame of a benchmark: a temporary directory, and an end that leaves nothing behind.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Server } from './server.mjs'

/**
 * Runs `work(directory)`. Afterwards, also after Ctrl-C, it stops all servers and removes the directory. If the work fails,
 * the exit status is 1.
 */
export async function runProgram(name, work) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `hasten-${name}-`))
  // Daemons that do not run as root must be able to read their files.
  fs.chmodSync(directory, 0o755)
  const cleanUp = async () => {
    await Server.stopAll()
    fs.rmSync(directory, { recursive: true, force: true })
  }
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      interrupted = true
      await cleanUp()
      process.exit(130)
    })
  }
  try {
    await work(directory)
  } catch (error) {
    process.exitCode = 1
    if (!interrupted) console.error(error)
  }
  // If interrupted, the signal handler cleans up.
  if (!interrupted) await cleanUp()
}
