import { useEffect, useMemo, useState } from 'preact/hooks'
import { CallError, listen } from './api'
import { Chart } from './chart'
import { bytes, count, millis, percent } from './format'
import type { Point } from './types'
import { Choice, Panel, Placeholder, Tile } from './ui'

type Window = '5m' | '1h' | '24h'

const POINTS = 300
const RETRY_MILLIS = 2000
/** The server sends a point each second for the shortest window, and otherwise at least a comment every 15 seconds. */
const SILENCE_MILLIS: Record<Window, number> = { '5m': 5000, '1h': 20_000, '24h': 20_000 }

/** Points of a window, which the server sends as they arise. */
function usePoints(window: Window): { points: Point[] | null; error: string | null } {
  const [state, setState] = useState<{ points: Point[] | null; error: string | null }>({ points: null, error: null })
  useEffect(() => {
    const stop = new AbortController()
    setState({ points: null, error: null })
    const follow = async () => {
      while (!stop.signal.aborted) {
        const silence = new AbortController()
        let timer = 0
        const heard = () => {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(), SILENCE_MILLIS[window])
        }
        heard()
        try {
          await listen(
            `/live/stream?window=${window}`,
            AbortSignal.any([stop.signal, silence.signal]),
            (name, data) => {
              const arrived = (data as { points: Point[] }).points
              setState((known) => ({
                points: name === 'points' ? arrived : [...(known.points ?? []), ...arrived].slice(-POINTS),
                error: null,
              }))
            },
            heard,
          )
        } catch (failure) {
          if (failure instanceof CallError) {
            setState((known) => ({ ...known, error: failure.message }))
          }
        } finally {
          clearTimeout(timer)
        }
        if (silence.signal.aborted) {
          setState((known) => ({ ...known, error: 'The server does not respond.' }))
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS))
      }
    }
    void follow()
    return () => stop.abort()
  }, [window])
  return state
}

export function Live() {
  const [window, setWindow] = useState<Window>('5m')
  const { points, error } = usePoints(window)
  const last = points?.at(-1)
  const latency = (point: Point, value: number) => (point.requests_per_second === 0 ? null : value)
  const times = useMemo(() => (points ?? []).map((point) => Date.parse(point.at) / 1000), [points])
  const line = (label: string, color: string, value: (point: Point) => number | null) => ({
    label,
    color,
    values: (points ?? []).map(value),
  })
  return (
    <>
      <div class="heading">
        <h1>Live</h1>
        <Choice
          label="Period"
          value={window}
          options={[
            ['5m', '5 minutes'],
            ['1h', '1 hour'],
            ['24h', '24 hours'],
          ]}
          onChange={setWindow}
        />
      </div>
      {error && (
        <p class="stale" role="alert">
          {error} Trying again.{last && ' The page shows the last known state.'}
        </p>
      )}
      {!last ? (
        <Placeholder error={null} loading={points === null} empty="The first point appears in a moment." />
      ) : (
        <>
          <dl class="tiles">
            <Tile label="Requests" value={`${count(last.requests_per_second)}/s`} detail={`${last.running} running`} />
            <Tile label="p99 latency" value={latency(last, last.p99_ms) === null ? '–' : millis(last.p99_ms)} detail={latency(last, last.p50_ms) === null ? 'no requests' : `p50 ${millis(last.p50_ms)}`} />
            <Tile label="Hit rate" value={last.hit_rate < 0 ? '–' : percent(last.hit_rate)} detail="of all queries" />
            <Tile
              label="Errors"
              value={`${count(last.errors_per_second)}/s`}
              tone={last.errors_per_second > 0 ? 'bad' : undefined}
            />
            <Tile
              label="Connections"
              value={`${last.pool_active} of ${last.pool_size}`}
              detail={last.pool_waiting > 0 ? `${last.pool_waiting} waiting` : `${last.transactions} transactions`}
              tone={last.pool_waiting > 0 ? 'bad' : undefined}
            />
            <Tile label="CPU" value={`${last.cpu.toFixed(2)} cores`} detail={`${bytes(last.heap_bytes)} heap`} />
          </dl>
          <div class="charts">
            <Panel title="Throughput" note="Queries per second by where the response came from">
              <Chart
                title="Queries per second"
                times={times}
                format={(value) => `${count(value)}/s`}
                lines={[
                  line('Hits', '--chart-1', (point) => point.hits_per_second),
                  line('Misses', '--chart-2', (point) => point.misses_per_second),
                  line('Uncached', '--chart-3', (point) => point.uncached_per_second),
                ]}
              />
            </Panel>
            <Panel title="Latency" note="From the request to the end of the response">
              <Chart
                title="Latency percentiles"
                times={times}
                format={millis}
                lines={[
                  line('p50', '--chart-1', (point) => latency(point, point.p50_ms)),
                  line('p95', '--chart-3', (point) => latency(point, point.p95_ms)),
                  line('p99', '--chart-4', (point) => latency(point, point.p99_ms)),
                ]}
              />
            </Panel>
            <Panel title="Hit rate" note="Part of all queries that the cache answered">
              <Chart
                title="Hit rate"
                times={times}
                max={1}
                format={percent}
                lines={[line('Hit rate', '--chart-1', (point) => (point.hit_rate < 0 ? null : point.hit_rate))]}
              />
            </Panel>
            <Panel title="Pool" note="Connections in use, and requests that wait for one">
              <Chart
                title="Pool use"
                times={times}
                format={count}
                lines={[
                  line('In use', '--chart-1', (point) => point.pool_active),
                  line('Open', '--chart-2', (point) => point.pool_total),
                  line('Waiting', '--chart-4', (point) => point.pool_waiting),
                ]}
              />
            </Panel>
            <Panel title="Errors" note="Requests per second with an error">
              <Chart
                title="Errors per second"
                times={times}
                format={(value) => `${count(value)}/s`}
                lines={[line('Errors', '--chart-4', (point) => point.errors_per_second)]}
              />
            </Panel>
            <Panel title="CPU" note="Cores in use by the server">
              <Chart
                title="CPU"
                times={times}
                format={(value) => value.toFixed(2)}
                lines={[line('Cores', '--chart-2', (point) => point.cpu)]}
              />
            </Panel>
          </div>
        </>
      )}
    </>
  )
}
