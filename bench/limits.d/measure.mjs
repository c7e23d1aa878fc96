// What is measured before and with each large number: latencies at a moderate rate, and memory.
import { recorded } from '../lib/recorded.mjs'

const CONNECTIONS = 16

/** The rows of `hasten bench`; the load without a cache reads only these. */
export const BASE_USERS = 1000

/** Heap touched at the start, so that resident memory only grows outside of it. */
export const heap = (size) => process.env.HASTEN_JAVA_OPTS || `-Xms${size} -Xmx${size} -XX:+AlwaysPreTouch`

const reading = (headers, highestUser) => ({
  request: { path: '/query', headers, body: recorded('find-unique'), highestUser, start: '{"data":{"id":@ID,', shortest: 100, longest: 250 },
})

export class Meter {
  #generator
  #times
  #seed = 1

  /** `times`: `{warmUp, lead, seconds, perSecond, collect}` */
  constructor(generator, times) {
    this.#generator = generator
    this.#times = times
  }

  /** Compiles the code of both kinds of request and fills the cache with the users that the load reads. */
  async warmUp(hasten) {
    const { warmUp } = this.#times
    for (let pass = 0; pass < 2; pass++) {
      for (const what of [reading('', BASE_USERS), hits(BASE_USERS)]) {
        await this.#generator.measure(hasten, what, { seconds: warmUp / 4, connections: CONNECTIONS, seed: this.#seed++, lead: 0 })
      }
    }
  }

  /**
   * Returns `{findUnique, hit, heap, outside}`: latencies as `{p50, p99}` in µs, live heap and resident memory minus the committed
   * heap in megabytes. `users` is the number of users that the cache contains.
   */
  async state(hasten, { users = BASE_USERS } = {}) {
    const findUnique = await this.#latency(hasten, reading('', BASE_USERS))
    const hit = await this.#latency(hasten, hits(users))
    if (this.#times.collect) await hasten.collectGarbage()
    const read = await hasten.metrics()
    const live = read('jvm_memory_used_bytes', 'area="heap"') / 1e6
    const committed = read('jvm_memory_committed_bytes', 'area="heap"') / 1e6
    return { findUnique, hit, heap: live, outside: hasten.residentMegabytes() - committed }
  }

  async #latency(hasten, what) {
    const { lead, seconds, perSecond } = this.#times
    const { p50, p99 } = await this.#generator.measure(hasten, what, { seconds, connections: CONNECTIONS, seed: this.#seed++, lead, perSecond })
    return { p50, p99 }
  }
}

function hits(users) {
  return reading('cache-control: max-age=86400\r\n', users)
}
