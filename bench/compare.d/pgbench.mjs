// pgbench as a load generator.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Runs a pgbench script. `proxy`, if given, is the server whose CPU time is measured. Returns `requests`, `rate` in requests per
 * second and `cpu`, the CPU time of the proxy's process in µs per request; unknown values are left out.
 */
export async function pgbench(databaseUrl, file, { seconds, connections, protocol, proxy }) {
  const before = proxy?.cpuSeconds()
  const args = ['-n', '-M', protocol, '-c', connections, '-j', Math.min(2, connections), '-T', seconds, '-f', file, databaseUrl]
  const { stdout } = await run('pgbench', args.map(String))
  const number = (pattern) => Number(pattern.exec(stdout)?.[1] ?? NaN)
  const requests = number(/transactions actually processed: (\d+)/)
  const rate = number(/^tps = ([\d.]+)/m)
  if (!(rate > 0) || number(/failed transactions: (\d+)/) > 0) throw new Error(`pgbench failed:\n${stdout}`)
  const cpu = proxy && ((proxy.cpuSeconds() - before) * 1e6) / requests
  return { requests, rate, cpu }
}
