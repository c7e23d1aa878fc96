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

/** The lower and the upper one. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const quarter = Math.floor((sorted.length - 1) / 4)
  return [sorted[quarter], sorted[sorted.length - 1 - quarter]]
}

/** The median, with the quartiles in brackets. */
export function spread(values) {
  const [low, high] = quartiles(values)
  return `${median(values).toFixed(2).padStart(6)}  (${low.toFixed(2)} to ${high.toFixed(2)})`
}
