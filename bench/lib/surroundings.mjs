// Describes the environment of a run.
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

export function commit() {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    return execFileSync('git', ['-C', here, 'rev-parse', '--short', 'HEAD'], options).trim()
  } catch {
    // Not a checkout.
    return 'unknown'
  }
}

export function machine() {
  return `${os.availableParallelism()} cores, ${os.cpus()[0].model}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB`
}

export function loadAverage() {
  return os
    .loadavg()
    .map((average) => average.toFixed(2))
    .join(' ')
}
