// Child processes that report on standard output when they are ready.
import { spawn } from 'node:child_process'

/** The number of output lines kept for error messages. */
const KEPT_LINES = 200

/**
 * Starts a command and waits until `ready(line)` returns true for a line of its standard output.
 * Returns `{child, lines, stop()}`; `stop` sends SIGTERM and returns the exit code (null if a signal ended the process).
 */
export async function startProcess(
  command,
  args,
  { env = process.env, cwd, ready, timeoutMs = 180_000, name = command },
) {
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = []
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  const collect = (stream, onLine) => {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop()
      for (const line of parts) {
        lines.push(line)
        if (lines.length > KEPT_LINES) lines.shift()
        onLine(line)
      }
    })
  }
  await new Promise((resolve, reject) => {
    const fail = (reason) => {
      child.kill('SIGKILL')
      reject(new Error(`${name} ${reason}\n${lines.slice(-30).join('\n')}`))
    }
    const timer = setTimeout(() => fail(`was not ready after ${timeoutMs} ms`), timeoutMs)
    const settle = (then) => (value) => {
      clearTimeout(timer)
      then(value)
    }
    const succeed = settle(resolve)
    child.once('error', settle(reject))
    exited.then(({ code, signal }) => settle(() => fail(`ended early (${signal ?? code})`))())
    collect(child.stdout, (line) => ready(line) && succeed())
    collect(child.stderr, () => {})
  })
  return {
    child,
    lines,
    /** Stops the process; sends SIGKILL after `graceMs`. */
    async stop(graceMs = 30_000) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      const { code } = await exited
      clearTimeout(timer)
      return code
    },
  }
}
