import { useState } from 'preact/hooks'
import { call, CallError } from './api'
import { ago, bytes, clock, count, millis, percent } from './format'
import { useResource } from './hooks'
import type { CacheState, CacheUse, Invalidation, Use } from './types'
import { attempt, Bar, Confirmed, Field, Panel, Placeholder, Table, Tile } from './ui'

export function Cache() {
  const caches = useResource<{ databases: CacheState[] }>('/cache')
  const [chosen, setChosen] = useState<string | null>(null)
  const database = chosen ?? caches.data?.databases[0]?.database ?? null
  const cache = caches.data?.databases.find((each) => each.database === database)
  return (
    <>
      <div class="heading">
        <h1>Cache</h1>
        {(caches.data?.databases.length ?? 0) > 1 && (
          <select
            aria-label="Database"
            value={database ?? ''}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {caches.data!.databases.map((each) => (
              <option key={each.database}>{each.database}</option>
            ))}
          </select>
        )}
      </div>
      {!cache ? (
        <Placeholder error={caches.error} loading={caches.data === null} empty="There is no database." />
      ) : (
        <Contents key={cache.database} cache={cache} reload={caches.reload} />
      )}
    </>
  )
}

function Contents(props: { cache: CacheState; reload: () => void }) {
  const { cache } = props
  const query = `database=${encodeURIComponent(cache.database)}`
  const use = useResource<CacheUse>(`/cache/use?${query}&top=50`, 10_000)
  const past = useResource<{ invalidations: Invalidation[] }>(`/cache/invalidations?${query}&limit=100`)
  const hits = cache.counts.hits + cache.counts.stale_hits
  const used = hits + cache.counts.misses
  const refresh = () => {
    props.reload()
    use.reload()
    past.reload()
  }
  return (
    <>
      {cache.stream && cache.stream.phase !== 'following' && (
        <p class="stale" role="alert">
          The change stream is {cache.stream.phase}, so the cache is not used: {cache.stream.detail}
        </p>
      )}
      <dl class="tiles">
        <Tile label="Hit rate" value={used === 0 ? '–' : percent(hits / used)} detail="of requests with a strategy" />
        <Tile label="Hits" value={count(hits)} detail={`${count(cache.counts.stale_hits)} of them stale`} />
        <Tile label="Misses" value={count(cache.counts.misses)} detail={`${count(cache.counts.coalesced)} shared a query`} />
        <Tile label="Without the cache" value={count(cache.counts.bypassed)} />
        <Tile label="Entries" value={count(cache.entries)} detail={`${count(cache.counts.evictions)} evicted`} />
        <Tile label="Memory" value={bytes(cache.bytes)} detail={`of ${bytes(cache.limit_bytes)}`} />
      </dl>
      <Bar part={cache.limit_bytes === 0 ? 0 : cache.bytes / cache.limit_bytes} label="Memory of the cache in use" />
      <div class="columns">
        <Invalidate cache={cache} done={refresh} />
        <Explain database={cache.database} />
      </div>
      <div class="columns">
        <Panel title="By model" note="What is stored now, and what it is used for">
          <Uses kind="Model" uses={use.data?.models ?? null} error={use.error} />
        </Panel>
        <Panel title="By tag" note="At most the 1,000 tags with most entries">
          <Uses
            kind="Tag"
            uses={use.data?.tags ?? null}
            error={use.error}
            action={(tag) => (
              <Confirmed
                label="Invalidate"
                name={tag}
                title={`Invalidate the tag ${tag}?`}
                text="All responses with this tag are read from PostgreSQL again when they are next requested."
                done={`The tag ${tag} is invalidated.`}
                action={async () => {
                  await call('POST', '/cache/invalidate', { database: cache.database, tags: [tag] })
                  refresh()
                }}
              />
            )}
          />
        </Panel>
      </div>
      <Panel title="Responses that save most time" note="The number of uses times the time that reading them took">
        <Table
          label="Responses"
          rows={use.data?.top ?? null}
          error={use.error}
          keyOf={(entry) => entry.signature}
          empty="Nothing is stored."
          columns={[
            {
              title: 'Query',
              cell: (entry) => (
                <span class="query">
                  <strong>{entry.label ?? 'unknown'}</strong>
                  <code>{entry.signature.slice(0, 16)}…</code>
                </span>
              ),
            },
            { title: 'Tags', optional: true, cell: (entry) => entry.tags.join(', ') || '–' },
            { title: 'Size', number: true, optional: true, cell: (entry) => bytes(entry.bytes), by: (entry) => entry.bytes },
            { title: 'Uses', number: true, cell: (entry) => count(entry.hits), by: (entry) => entry.hits },
            { title: 'Read in', number: true, optional: true, cell: (entry) => millis(entry.fill_ms), by: (entry) => entry.fill_ms },
            { title: 'Saved', number: true, cell: (entry) => millis(entry.saved_ms), by: (entry) => entry.saved_ms },
          ]}
        />
      </Panel>
      <div class="columns">
        <Panel title="Not cached, by reason" note="Requests since the server started">
          <Table
            label="Reasons"
            rows={use.data ? Object.entries(use.data.uncached) : null}
            error={use.error}
            keyOf={([reason]) => reason}
            sortedBy="Requests"
            empty="Every request used the cache."
            columns={[
              { title: 'Reason', cell: ([reason]) => reason.replaceAll('_', ' ') },
              { title: 'Requests', number: true, cell: ([, number]) => count(number), by: ([, number]) => number },
            ]}
          />
        </Panel>
        <Panel title="Invalidations" note="The latest 100, with their causes">
          <Table
            label="Invalidations"
            rows={past.data?.invalidations ?? null}
            error={past.error}
            keyOf={(each) => String(each.generation)}
            empty="Nothing was invalidated since the server started."
            columns={[
              { title: 'When', cell: (each) => <time title={ago(each.at)}>{clock(each.at)}</time> },
              { title: 'Kind', cell: (each) => each.kind },
              { title: 'Cause', cell: (each) => each.detail },
            ]}
          />
        </Panel>
      </div>
    </>
  )
}

function Uses(props: {
  kind: string
  uses: Record<string, Use> | null
  error: string | null
  action?: (name: string) => preact.ComponentChildren
}) {
  return (
    <Table
      label={`Use by ${props.kind.toLowerCase()}`}
      rows={props.uses ? Object.entries(props.uses) : null}
      error={props.error}
      keyOf={([name]) => name}
      filter={([name]) => name}
      sortedBy="Saved"
      empty="Nothing is stored."
      columns={[
        { title: props.kind, cell: ([name]) => name, by: ([name]) => name },
        { title: 'Entries', number: true, optional: true, cell: ([, use]) => count(use.entries), by: ([, use]) => use.entries },
        { title: 'Size', number: true, optional: true, cell: ([, use]) => bytes(use.bytes), by: ([, use]) => use.bytes },
        { title: 'Uses', number: true, cell: ([, use]) => count(use.hits), by: ([, use]) => use.hits },
        { title: 'Saved', number: true, cell: ([, use]) => millis(use.saved_ms), by: ([, use]) => use.saved_ms },
        ...(props.action ? [{ title: 'Action', cell: ([name]: [string, Use]) => props.action!(name) }] : []),
      ]}
    />
  )
}

type Subject = 'tags' | 'tables' | 'model' | 'all'

function Invalidate(props: { cache: CacheState; done: () => void }) {
  const [subject, setSubject] = useState<Subject>('tags')
  const [text, setText] = useState('')
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const body = {
    database: props.cache.database,
    ...(subject === 'all' ? { tags: 'all' } : subject === 'model' ? { model: names[0] ?? '' } : { [subject]: names }),
  }
  const run = () =>
    attempt(async () => {
      await call('POST', '/cache/invalidate', body)
      setText('')
      props.done()
    }, 'Invalidated.')
  return (
    <Panel title="Invalidate" note="No later request receives older data">
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <Field label="What">
          {(id) => (
            <select id={id} value={subject} onChange={(event) => setSubject(event.currentTarget.value as Subject)}>
              <option value="tags">Tags</option>
              <option value="model">A Prisma model</option>
              <option value="tables" disabled={props.cache.invalidation === 'tags'}>
                Tables
              </option>
              <option value="all">The whole database</option>
            </select>
          )}
        </Field>
        {subject !== 'all' && (
          <Field label={subject === 'model' ? 'Model' : 'Names, separated by commas'}>
            {(id) => (
              <input
                id={id}
                required
                value={text}
                placeholder={subject === 'tags' ? 'posts, user_1' : subject === 'model' ? 'Post' : 'public.post'}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <button type="submit" class="primary">
          Invalidate
        </button>
      </form>
    </Panel>
  )
}

interface Explanation {
  database: string
  not_cached?: { reason: string; detail: string } | null
  not_stored?: string | null
}

function Explain(props: { database: string }) {
  const [text, setText] = useState('')
  const [result, setResult] = useState<Explanation | null>(null)
  const [error, setError] = useState<string | null>(null)
  const run = async () => {
    const what = text.trim()
    const kind = /\s/.test(what) ? 'sql' : /^[0-9a-fA-F]{64}$/.test(what) ? 'signature' : 'request'
    setResult(null)
    setError(null)
    try {
      setResult(
        await call<Explanation>(
          'GET',
          `/cache/explain?${kind}=${encodeURIComponent(what)}&database=${encodeURIComponent(props.database)}`,
        ),
      )
    } catch (failure) {
      setError(failure instanceof CallError ? failure.message : String(failure))
    }
  }
  return (
    <Panel title="Explain" note="Why a response is or is not cached">
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <Field label="Request id, signature or SQL">
          {(id) => (
            <input
              id={id}
              required
              value={text}
              placeholder="x-request-id, accelerate-signature, or SELECT ..."
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary">
          Explain
        </button>
      </form>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {result && (
        <pre class="json" tabindex={0}>
          {JSON.stringify(result, (_, value: unknown) => (value === null ? undefined : value), 2)}
        </pre>
      )}
    </Panel>
  )
}
