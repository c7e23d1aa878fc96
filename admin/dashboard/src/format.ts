/** Texts for numbers and times. */

export function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}B`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)}k`
  return Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(1) : value.toFixed(0)
}

export function millis(value: number): string {
  if (value >= 3_600_000) return `${(value / 3_600_000).toFixed(1)} h`
  if (value >= 60_000) return `${(value / 60_000).toFixed(1)} min`
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`
}

export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let size = value
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${unit === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${units[unit]}`
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`
}

export function uptime(value: number): string {
  const minutes = Math.floor(value / 60_000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  return days > 0 ? `${days}d ${hours % 24}h` : hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`
}

export function ago(time: string | null): string {
  if (time === null) return 'never'
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** Local time of the browser, like all times on the page. */
export function clock(time: string): string {
  return day(time).slice(11)
}

/** Local date and time, in the form of ISO 8601. */
export function day(time: string): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
    ` ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  )
}
