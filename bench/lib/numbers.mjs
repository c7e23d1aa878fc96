// Medians and ratios over rounds.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Round by round, so that what slows a round down slows down both. */
export function ratio(above, below, key) {
  return above.map((result, i) => result[key] / below[i][key])
}

/** The median, with the quartiles in brackets. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 4)]
  const high = sorted[sorted.length - 1 - Math.floor((sorted.length - 1) / 4)]
  return `${median(values).toFixed(2).padStart(6)}  (${low.toFixed(2)} to ${high.toFixed(2)})`
}
