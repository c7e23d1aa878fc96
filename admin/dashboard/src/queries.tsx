import { useState } from 'preact/hooks'
import { call } from './api'
import { bytes, count, day, millis, percent } from './format'
import { useResource } from './hooks'
import type { Advice, Insights, QueryShape } from './types'
import { Choice, Confirmed, Copyable, Panel, Placeholder, Table } from './ui'

const KINDS = { cache: 'Cache this', wasted_ttl: 'Wasted ttl', unused_tag: 'Unused tag' }
const SHOWN_ADVICE = 6

type Sort = 'total' | 'calls' | 'p99' | 'saved' | 'errors'

export function Queries() {
  const [window, setWindow] = useState<'current' | 'previous'>('current')
  const [sort, setSort] = useState<Sort>('total')
  const [search, setSearch] = useState('')
  const insights = useResource<Insights>(
    `/insights?window=${window}&sort=${sort}&limit=500${search ? `&search=${encodeURIComponent(search)}` : ''}`,
  )
  const since = insights.data?.since
  return (
    <>
      <div class="heading">
        <h1>Queries</h1>
        <Choice
          label="Window"
          value={window}
          options={[
            ['current', 'Current window'],
            ['previous', 'Previous window'],
          ]}
          onChange={setWindow}
        />
      </div>
      <Advisor />
      <Panel
        title="Statistics by query"
        note={
          insights.data &&
          `${
            insights.data.queries.length < insights.data.shapes
              ? `The first ${insights.data.queries.length} of ${insights.data.shapes.toLocaleString('en')}`
              : insights.data.shapes
          } shapes${since ? ` since ${day(since)}` : ''}. Times include hits; open a row for details.`
        }
        actions={
          <Confirmed
            label="New window"
            title="Start a new window?"
            text="The statistics start at zero. Those of the current window stay available as the previous one."
            done="A new window has started."
            action={async () => {
              await call('POST', '/insights/reset')
              insights.reload()
            }}
          />
        }
      >
        <div class="toolbar">
          <input
            class="filter"
            type="search"
            aria-label="Search queries"
            placeholder="Model, operation or SQL"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <Choice
            label="Order"
            value={sort}
            options={[
              ['total', 'Time'],
              ['calls', 'Calls'],
              ['p99', 'p99'],
              ['saved', 'Saved'],
              ['errors', 'Errors'],
            ]}
            onChange={setSort}
          />
        </div>
        <Table<QueryShape>
          label="Queries"
          rows={insights.data?.queries ?? null}
          error={insights.error}
          keyOf={(query) => query.id}
          empty={search ? 'No query matches.' : 'No query has run in this window.'}
          details={(query) => <Details query={query} />}
          columns={[
            { title: 'Query', cell: (query) => <Label query={query} /> },
            { title: 'Calls', number: true, cell: (query) => count(query.calls), by: (query) => query.calls },
            { title: 'Total', number: true, optional: true, cell: (query) => millis(query.total_ms), by: (query) => query.total_ms },
            { title: 'Mean', number: true, optional: true, cell: (query) => millis(query.mean_ms), by: (query) => query.mean_ms },
            { title: 'p50', number: true, optional: true, cell: (query) => millis(query.p50_ms), by: (query) => query.p50_ms },
            { title: 'p95', number: true, optional: true, cell: (query) => millis(query.p95_ms), by: (query) => query.p95_ms },
            { title: 'p99', number: true, cell: (query) => millis(query.p99_ms), by: (query) => query.p99_ms },
            { title: 'Hit rate', number: true, cell: (query) => percent(query.hit_rate), by: (query) => query.hit_rate },
            { title: 'Saved', number: true, optional: true, cell: (query) => millis(query.saved_ms), by: (query) => query.saved_ms },
            { title: 'Errors', number: true, cell: (query) => errors(query) || '–', by: errors },
          ]}
        />
      </Panel>
    </>
  )
}

function errors(query: QueryShape): number {
  return Object.values(query.errors).reduce((sum, value) => sum + value, 0)
}

function Label(props: { query: QueryShape }) {
  const { query } = props
  return (
    <span class="query">
      <strong>{query.label}</strong>
      <code>{query.arguments ?? query.sql ?? ''}</code>
    </span>
  )
}

function Details(props: { query: QueryShape }) {
  const { query } = props
  return (
    <div class="facts">
      {query.arguments && <Copyable label="arguments" text={query.arguments} />}
      {query.sql && <Copyable label="SQL" text={query.sql} />}
      <dl>
        <dt>Database</dt>
        <dd>{query.database}</dd>
        <dt>Hits, stale, misses, uncached</dt>
        <dd>
          {query.hits}, {query.stale_hits}, {query.misses}, {query.uncached}
        </dd>
        <dt>In PostgreSQL</dt>
        <dd>
          {query.executions} times, {millis(query.database_mean_ms)} on average
        </dd>
        <dt>Rows</dt>
        <dd>{count(query.rows)}</dd>
        <dt>Responses</dt>
        <dd>{bytes(query.bytes)}</dd>
        {Object.keys(query.errors).length > 0 && (
          <>
            <dt>Errors</dt>
            <dd>
              {Object.entries(query.errors)
                .map(([code, number]) => `${code}: ${number}`)
                .join(', ')}
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}

function Advisor() {
  const { data, error } = useResource<{ advice: Advice[] }>('/insights/advice', 15_000)
  const [all, setAll] = useState(false)
  const advice = data?.advice ?? []
  return (
    <Panel title="Advisor" note="What to cache, and which strategies do not help">
      {advice.length === 0 ? (
        <Placeholder
          error={error}
          loading={data === null}
          empty="Nothing to suggest yet. Advice needs at least 20 calls of a query."
        />
      ) : (
        <ul class="advice">
          {(all ? advice : advice.slice(0, SHOWN_ADVICE)).map((each) => (
            <li key={`${each.kind}-${each.database}-${each.shape ?? each.label}`}>
              <header>
                <span class={`badge ${each.kind}`}>{KINDS[each.kind]}</span>
                <strong>{each.label}</strong>
                {each.saved_ms > 0 && <span class="note">saves about {millis(each.saved_ms)} in PostgreSQL</span>}
              </header>
              <p>{each.text}</p>
              {each.label === 'sql' && each.sql && <code class="sql">{each.sql}</code>}
              {each.line && <Copyable label="line" text={each.line} />}
            </li>
          ))}
        </ul>
      )}
      {advice.length > SHOWN_ADVICE && !all && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all ({advice.length})
        </button>
      )}
    </Panel>
  )
}
