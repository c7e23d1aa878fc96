// Hasten's performance goals, and whether it reaches them.
import { median, quartiles, ratio } from '../lib/numbers.mjs'

const EXECUTOR = 'official executor'
const PGBENCH = 'pgbench -M prepared, 10 connections'
const NGINX = 'nginx, static file'

/** Goals for the ratio of Hasten's numbers to a peer's: at least `least`, or at most `most`. */
const RATIOS = [
  { scenario: 'find-unique', peer: EXECUTOR, key: 'rate', least: 10 },
  { scenario: 'find-unique', peer: EXECUTOR, key: 'p99', most: 1 / 5 },
  { scenario: 'find-many', peer: EXECUTOR, key: 'rate', least: 8 },
  { scenario: 'include', peer: EXECUTOR, key: 'rate', least: 8 },
  { scenario: 'update-nested', peer: EXECUTOR, key: 'rate', least: 4 },
  { scenario: 'transaction', peer: EXECUTOR, key: 'rate', least: 3 },
  { scenario: 'find-unique', peer: PGBENCH, key: 'rate', least: 0.5 },
  { scenario: 'cache-small', peer: NGINX, key: 'rate', least: 0.7 },
  { scenario: 'cache-large', peer: NGINX, key: 'rate', least: 0.7 },
  { scenario: 'connections', peer: undefined, key: 'rate', least: 0.9 },
]
const MIXED_MEGABYTES = 250
const IDLE_MEGABYTES = 200

/** Returns `{text, least | most, value, low, high, reached, by}` for each goal; without a value if nothing was measured. */
export function judge(results, memory) {
  const judged = RATIOS.map(({ scenario: name, peer, key, ...goal }) => {
    const scenario = results.find((result) => result.name === name)
    const [ours, ...others] = scenario?.contenders ?? []
    const theirs = peer ? others.find((other) => other.name === peer) : others[0]
    const text = `${scenario?.title ?? name}: ${key === 'rate' ? 'requests/s' : 'p99'} of ${ours?.name ?? 'Hasten'} / ${theirs?.name ?? peer ?? 'few connections'}`
    return verdict(text, goal, theirs ? ratio(ours.rounds, theirs.rounds, key) : [])
  })
  const { mixed, idle } = memory ?? {}
  return [
    ...judged,
    verdict(`MB after a mixed run with a cache of ${memory?.cache ?? '64mb'}`, { most: MIXED_MEGABYTES }, mixed ? [mixed] : []),
    verdict('MB that 10,000 idle connections add', { most: IDLE_MEGABYTES }, idle ? [idle.with - idle.before] : []),
  ]
}

/** `by` is how much better the value is, relative to the goal; it is negative if the value is worse. */
export function verdict(text, goal, values) {
  if (values.length === 0) return { text, ...goal }
  const value = median(values)
  const [low, high] = quartiles(values)
  const limit = goal.least ?? goal.most
  const by = (goal.least === undefined ? -1 : 1) * (value / limit - 1)
  return { text, ...goal, value, low, high, reached: by >= 0, by, unsure: low <= limit && limit <= high && values.length > 1 }
}
