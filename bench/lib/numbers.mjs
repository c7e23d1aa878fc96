// Medians and ratios of rounds.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Returns the ratio of each round, because a disturbance during a round affects both sides. */
export function ratio(above, below, key) {
  return above.map((result, i) => result[key] / below[i][key])
}

/** Returns the lower and the upper quartile. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const quarter = Math.floor((sorted.length - 1) / 4)
  return [sorted[quarter], sorted[sorted.length - 1 - quarter]]
}

/** Formats the median, with the quartiles in parentheses. */
export function spread(values) {
  const [low, high] = quartiles(values)
  return `${median(values).toFixed(2).padStart(6)}  (${low.toFixed(2)} to ${high.toFixed(2)})`
}
