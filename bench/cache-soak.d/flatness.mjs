// Checks that a measured series does not grow.

/** Fits a line to equidistant values by least squares; returns its rise from the first to the last value. */
export function rise(values) {
  const n = values.length
  const middle = (n - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  let covariance = 0
  let variance = 0
  for (const [i, value] of values.entries()) {
    covariance += (i - middle) * (value - mean)
    variance += (i - middle) ** 2
  }
  return variance === 0 ? 0 : (covariance / variance) * (n - 1)
}

/** Returns the part that is checked: the last two thirds, after the cache has filled and the code is compiled. */
export function judged(values) {
  return values.slice(Math.floor(values.length / 3))
}

/**
 * The verdict on the checked part of a series: flat if its line rises by at most `share` of its mean or by `least`,
 * whichever is larger.
 */
export function flatness(values, { share, least }) {
  const part = judged(values)
  const mean = part.reduce((sum, value) => sum + value, 0) / part.length
  const allowed = Math.max(share * mean, least)
  const risen = rise(part)
  return { mean, risen, allowed, flat: part.length >= 4 && risen <= allowed }
}
