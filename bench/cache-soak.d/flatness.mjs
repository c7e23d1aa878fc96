// Whether a measured series stays on its level.

/** Least squares over equidistant values; the line's rise from the first to the last of them. */
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

/** What is judged: the last two thirds, after the cache has filled and the code is compiled. */
export function judged(values) {
  return values.slice(Math.floor(values.length / 3))
}

/**
 * The verdict over the judged part of a series: flat when its line rises by no more than `share` of its mean or by
 * `least`, whichever is more.
 */
export function flatness(values, { share, least }) {
  const part = judged(values)
  const mean = part.reduce((sum, value) => sum + value, 0) / part.length
  const allowed = Math.max(share * mean, least)
  const risen = rise(part)
  return { mean, risen, allowed, flat: part.length >= 4 && risen <= allowed }
}
