// The table that bench/cache-soak prints, with one row per minute.

const MIB = 2 ** 20

const COLUMNS = [
  ['minute', 6],
  ['req/s', 6],
  ['p50 ms', 7],
  ['p99 ms', 7],
  ['ttl%', 5],
  ['swr%', 5],
  ['miss%', 6],
  ['left', 5],
  ['live MB', 8],
  ['RSS MB', 7],
  ['direct MB', 10],
  ['non-heap MB', 12],
  ['threads', 8],
  ['entries', 8],
  ['cache MB', 9],
  ['evictions', 10],
]

export function header() {
  return COLUMNS.map(([title, width]) => title.padStart(width)).join('')
}

/** A minute's counts and latencies, and memory as of the last sample; the live heap is measured after a full collection. */
export function row({ minute, samples, live }, sampleMs) {
  const sum = (key) => samples.reduce((total, sample) => total + sample[key], 0)
  const latencies = samples.flatMap((sample) => sample.latencies).sort((a, b) => a - b)
  const at = (share) => latencies[Math.floor((latencies.length - 1) * share)]
  const read = sum('ttl') + sum('swr') + sum('miss') + sum('none')
  const percent = (key) => ((100 * sum(key)) / read).toFixed(0)
  const last = samples.at(-1)
  const mib = (bytes) => (bytes / MIB).toFixed(0)
  const cells = [
    minute,
    (sum('requests') / ((samples.length * sampleMs) / 1000)).toFixed(0),
    at(0.5)?.toFixed(1),
    at(0.99)?.toFixed(0),
    percent('ttl'),
    percent('swr'),
    percent('miss'),
    sum('left'),
    mib(live),
    mib(last.resident),
    (last.direct / MIB).toFixed(1),
    mib(last.nonHeap),
    last.threads,
    last.entries,
    mib(last.cacheBytes),
    last.evictions,
  ]
  return cells.map((cell, i) => String(cell).padStart(COLUMNS[i][1])).join('')
}
