// The load generator of `hasten bench`.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Server } from './server.mjs'

const home = fileURLToPath(new URL('../../', import.meta.url))

/** Seconds of load before each measurement, to open connections and fill CPU caches. */
const LEAD = 0.5

/** dev.hasten.bench.OrderedLoads: one JVM generates all loads. */
export class Generator extends Server {
  #waiting = []

  /** Requires that Hasten has been built. */
  static start() {
    const java = `${execFileSync(`${home}bin/java-home`, { encoding: 'utf8' }).trim()}/bin/java`
    return new Generator(java)
  }

  constructor(java) {
    const options = [`@${home}deploy/java.options`, '-Xmx256m']
    const classes = `${home}admin/target/classes:${home}admin/target/lib/*`
    super('the generator', java, [...options, '-cp', classes, 'dev.hasten.bench.OrderedLoads'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.started((line) => {
      if (line.startsWith('{')) this.#waiting.shift()?.resolve(JSON.parse(line))
    }).catch((error) => this.#waiting.forEach(({ reject }) => reject(error)))
  }

  /**
   * Runs a load on a server. `what` is `{scenario}`, the name of a scenario of `hasten bench`, or `{request}`, a
   * GivenRequest. `perSecond` is the number of requests that arrive each second; 0 means a closed loop.
   *
   * Returns `requests`, `rate` in requests per second, `p50` and `p99` in µs, and `cpu`, the CPU time of the server's process in µs
   * per request.
   */
  async measure(server, what, { seconds, connections, seed, lead = LEAD, perSecond = 0, mixedTtlSeconds = 0 }) {
    const { hostname, port } = new URL(server.url)
    const order = {
      ...{ host: hostname, port: Number(port), key: server.key, pid: server.pid },
      ...{ connections, rate: perSecond, warmUpSeconds: lead, seconds, seed, mixedTtlSeconds, ...what },
    }
    const reply = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.tell(JSON.stringify(order))
    })
    const { round, error } = reply
    if (error) throw new Error(error)
    if (round.failed > 0) throw new Error(`${round.failed} failures besides ${round.operations} successful requests: ${JSON.stringify(round.failures)}`)
    const { p50, p99 } = round.latency
    return { requests: round.operations, rate: round.throughput, p50, p99, cpu: round.server?.cpuMicros }
  }
}
