import { call } from './api'
import { millis } from './format'
import { useResource } from './hooks'
import type { OpenTransaction, Pool, RunningRequest } from './types'
import { Bar, Confirmed, Panel, Placeholder, Table } from './ui'

const OFTEN = 2000

export function Connections() {
  const pools = useResource<{ pools: Pool[] }>('/pools', OFTEN)
  const requests = useResource<{ requests: RunningRequest[] }>('/requests', OFTEN)
  const transactions = useResource<{ databases: { database: string; transactions: OpenTransaction[] }[] }>(
    '/transactions',
    OFTEN,
  )
  const open = transactions.data?.databases.flatMap((each) =>
    each.transactions.map((transaction) => ({ ...transaction, database: each.database })),
  )
  return (
    <>
      <div class="heading">
        <h1>Connections</h1>
      </div>
      <Panel title="Pools" note="Connections to PostgreSQL">
        {!pools.data?.pools.length ? (
          <Placeholder error={pools.error} loading={pools.data === null} empty="There is no database." />
        ) : (
          <ul class="pools">
            {pools.data.pools.map((pool) => (
              <PoolCard key={pool.database} pool={pool} reload={pools.reload} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Running requests" note="The oldest first; literals in SQL are masked">
        <Table<RunningRequest>
          label="Running requests"
          rows={requests.data?.requests ?? null}
          error={requests.error}
          keyOf={(request) => request.id}
          filter={(request) => `${request.key_name} ${request.query ?? ''} ${request.sql ?? ''} ${request.database}`}
          empty="No request is running."
          columns={[
            { title: 'For', number: true, cell: (request) => millis(request.age_ms), by: (request) => request.age_ms },
            {
              title: 'Query',
              cell: (request) => (
                <span class="query">
                  <strong>{request.query ?? request.route}</strong>
                  <code>{request.sql ?? ''}</code>
                </span>
              ),
            },
            { title: 'State', optional: true, cell: (request) => request.state.replaceAll('_', ' ') },
            { title: 'Key', optional: true, cell: (request) => request.key_name },
            { title: 'Database', optional: true, cell: (request) => request.database },
            { title: 'Backend', number: true, optional: true, cell: (request) => request.backend_pid ?? '–' },
            { title: 'Request', optional: true, cell: (request) => <code>{request.id}</code> },
            {
              title: 'Action',
              cell: (request) => (
                <Confirmed
                  label="Cancel"
                  confirm="Cancel the request"
                  name={request.id}
                  danger
                  title="Cancel this request?"
                  text={`${request.query ?? request.sql ?? request.route} with the key ${request.key_name}, request ${request.id}: its statement is cancelled in PostgreSQL, and the client gets an error (P6004).`}
                  done="The request is cancelled."
                  action={async () => {
                    await call('POST', `/requests/${request.id}/cancel`)
                    requests.reload()
                  }}
                />
              ),
            },
          ]}
        />
      </Panel>
      <Panel title="Interactive transactions" note="Each uses a connection until it ends">
        <Table
          label="Interactive transactions"
          rows={open ?? null}
          error={transactions.error}
          keyOf={(transaction) => transaction.id}
          empty="No transaction is open."
          columns={[
            { title: 'Open for', number: true, cell: (each) => millis(each.age_ms), by: (each) => each.age_ms },
            { title: 'Limit', number: true, optional: true, cell: (each) => millis(each.timeout_ms) },
            { title: 'State', cell: (each) => (each.busy ? 'busy' : 'idle') },
            { title: 'Key', optional: true, cell: (each) => each.key_name || each.key },
            { title: 'Database', optional: true, cell: (each) => each.database },
            { title: 'Backend', number: true, optional: true, cell: (each) => each.backend_pid },
            { title: 'Transaction', optional: true, cell: (each) => <code>{each.id}</code> },
            {
              title: 'Action',
              cell: (each) => (
                <Confirmed
                  label="Roll back"
                  name={each.id}
                  danger
                  title="Roll back this transaction?"
                  text={`Transaction ${each.id} of the key ${each.key_name || each.key}: its changes are lost, and its next request gets an error (P2028).`}
                  done="The transaction is rolled back."
                  action={async () => {
                    await call('POST', `/transactions/${each.id}/kill`)
                    transactions.reload()
                  }}
                />
              ),
            },
          ]}
        />
      </Panel>
    </>
  )
}

function PoolCard(props: { pool: Pool; reload: () => void }) {
  const { pool } = props
  const act = (action: string) => async () => {
    await call('POST', `/pools/${encodeURIComponent(pool.database)}/${action}`)
    props.reload()
  }
  return (
    <li>
      <header>
        <strong>{pool.database}</strong>
        <span class="note">{pool.server}</span>
        {pool.paused && <span class="badge wasted_ttl">paused</span>}
        {pool.last_error !== null && <span class="badge failed">cannot connect</span>}
      </header>
      {pool.last_error !== null && (
        <p class="error" role="alert">
          {pool.last_error}
        </p>
      )}
      <Bar part={pool.size === 0 ? 0 : pool.active / pool.size} label={`Connections of ${pool.database} in use`} />
      <p>
        {pool.active} of {pool.size} in use, {pool.total} open, {pool.waiting} waiting
      </p>
      <div class="actions">
        {pool.paused ? (
          <Confirmed
            label="Resume"
            name={pool.database}
            title={`Resume the pool of ${pool.database}?`}
            text="Waiting requests get connections again."
            done="The pool is resumed."
            action={act('resume')}
          />
        ) : (
          <Confirmed
            label="Pause"
            name={pool.database}
            danger
            title={`Pause the pool of ${pool.database}?`}
            text="New requests wait until you resume the pool, and fail if they wait too long. Running requests and transactions continue."
            done="The pool is paused."
            action={act('pause')}
          />
        )}
        <Confirmed
          label="Replace connections"
          name={pool.database}
          title={`Replace all connections of ${pool.database}?`}
          text="Each connection is closed as soon as it is free. No request fails."
          done="The connections are being replaced."
          action={act('evict')}
        />
      </div>
    </li>
  )
}
