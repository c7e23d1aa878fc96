import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface Line {
  label: string
  /** The name of a CSS variable. */
  color: string
  values: (number | null)[]
}

const HEIGHT = 190

/** A chart of lines over time. Its last values are in the text for screen readers. */
export function Chart(props: { title: string; times: number[]; lines: Line[]; format: (value: number) => string; max?: number }) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  /** While nobody points at the chart, its legend has the last values. */
  const showLast = () => {
    if (chart.current && (chart.current.cursor.left ?? -1) < 0) {
      chart.current.setLegend({ idx: latest.current.times.length - 1 })
    }
  }
  useEffect(() => {
    const host = element.current!
    const create = () => {
      const style = getComputedStyle(host)
      const color = (name: string) => style.getPropertyValue(name).trim()
      const axis = {
        stroke: color('--muted'),
        grid: { stroke: color('--line'), width: 1 },
        ticks: { show: false },
        font: '12px system-ui, sans-serif',
      }
      chart.current = new uPlot(
        {
          width: host.clientWidth,
          height: HEIGHT,
          cursor: { y: false, drag: { x: false, y: false } },
          hooks: { setCursor: [() => showLast()] },
          legend: { live: true },
          scales: { y: { range: (_, __, max) => [0, props.max ?? Math.max(max * 1.15, 0.001)] } },
          axes: [
            { ...axis, space: 80, size: 30, values: (_, ticks) => ticks.map((tick, at) => timeOf(tick, ticks[at + 1] ?? ticks[at - 1] ?? tick)) },
            { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) },
          ],
          series: [
            { value: (_, time) => (time == null ? '' : new Date(time * 1000).toLocaleTimeString()) },
            ...props.lines.map((line) => ({
              label: line.label,
              stroke: color(line.color),
              width: 2,
              points: { show: false },
              value: (_: uPlot, value: number | null) => (value == null ? '–' : latest.current.format(value)),
            })),
          ],
        },
        data(latest.current),
        host,
      )
    }
    create()
    showLast()
    const recreate = () => {
      chart.current?.destroy()
      create()
      showLast()
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', recreate)
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height: HEIGHT }))
    resized.observe(host)
    return () => {
      dark.removeEventListener('change', recreate)
      resized.disconnect()
      chart.current?.destroy()
    }
  }, [])
  useEffect(() => {
    chart.current?.setData(data(props))
    showLast()
  }, [props.times, props.lines])
  const summary = props.lines
    .map((line) => {
      const last = line.values.at(-1)
      return `${line.label}: ${last == null ? 'none' : props.format(last)}`
    })
    .join(', ')
  return (
    <figure class="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={element} aria-hidden="true" />
      <p class="hidden">
        {props.title}, now: {summary}
      </p>
    </figure>
  )
}

function timeOf(tick: number, next: number): string {
  const seconds = Math.abs(next - tick) < 60
  return new Date(tick * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(seconds ? { second: '2-digit' } : {}),
  })
}

function data(props: { times: number[]; lines: Line[] }): uPlot.AlignedData {
  return [props.times, ...props.lines.map((line) => line.values)]
}
