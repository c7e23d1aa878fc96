import { useState } from 'preact/hooks'
import { call } from './api'
import { ago, bytes, count, day } from './format'
import { useResource } from './hooks'
import type { ApiKey, Status } from './types'
import { Action, Confirmed, Copyable, Dialog, Field, Panel, Table } from './ui'

const SCOPES = ['prisma', 'sql', 'read', 'invalidate', 'schema']
const DEFAULT_SCOPES = ['prisma', 'sql', 'invalidate']
const LIMITS: [string, string][] = [
  ['requests_per_second', 'Requests per second'],
  ['burst', 'Burst'],
  ['max_concurrent', 'Concurrent requests'],
  ['requests_per_day', 'Requests per day'],
  ['requests_per_month', 'Requests per month'],
  ['bytes_per_day', 'Bytes per day'],
  ['bytes_per_month', 'Bytes per month'],
]

interface NewKey {
  id: string
  name: string
  token: string
}

const WINDOWS: Record<string, string> = {
  second: 'now (burst)',
  concurrent: 'at the same time',
  day: 'today',
  month: 'this month',
}

/** Such as "42 of 100 left today". */
function limitText(limit: ApiKey['limit_states'][number]): string {
  const isBytes = limit.unit === 'content-bytes'
  const amount = isBytes ? bytes : count
  return `${amount(limit.remaining)} of ${amount(limit.quota)} left ${WINDOWS[limit.name.replace('-bytes', '')] ?? limit.name}`
}

export function Keys() {
  const keys = useResource<{ keys: ApiKey[] }>('/keys', 10_000)
  const [creating, setCreating] = useState(false)
  const [rotating, setRotating] = useState<ApiKey | null>(null)
  const [created, setCreated] = useState<NewKey | null>(null)
  return (
    <>
      <div class="heading">
        <h1>Keys</h1>
        <button type="button" class="primary" onClick={() => setCreating(true)}>
          Create a key
        </button>
      </div>
      <Panel title="API keys" note="Tokens are shown only once, when a key is created or rotated">
        <Table<ApiKey>
          label="API keys"
          rows={keys.data?.keys ?? null}
          error={keys.error}
          keyOf={(key) => `${key.database}/${key.id}`}
          filter={(key) => `${key.name} ${key.id} ${key.database} ${key.scopes.join(' ')}`}
          empty="There is no key yet. Create one to connect an app."
          columns={[
            {
              title: 'Name',
              cell: (key) => (
                <span class="query">
                  <strong>{key.name}</strong>
                  <code>{key.id}</code>
                </span>
              ),
              by: (key) => key.name,
            },
            { title: 'Database', optional: true, cell: (key) => key.database, by: (key) => key.database },
            { title: 'Scopes', optional: true, cell: (key) => key.scopes.join(', ') },
            {
              title: 'Last used',
              optional: true,
              cell: (key) => ago(key.usage.last_used),
              by: (key) => key.usage.last_used ?? '',
            },
            {
              title: 'Today',
              number: true,
              optional: true,
              cell: (key) => `${count(key.usage.requests_today)} / ${bytes(key.usage.bytes_today)}`,
              by: (key) => key.usage.requests_today,
            },
            {
              title: 'Limits',
              optional: true,
              cell: (key) =>
                key.limit_states.length === 0 ? '–' : key.limit_states.map((limit) => <div key={limit.name}>{limitText(limit)}</div>),
            },
            {
              title: 'Refused',
              number: true,
              optional: true,
              cell: (key) => count(key.usage.refused),
              by: (key) => key.usage.refused,
            },
            {
              title: 'Expires',
              optional: true,
              cell: (key) =>
                key.expired ? <span class="badge wasted_ttl">expired</span> : key.expires ? day(key.expires) : 'never',
              by: (key) => key.expires ?? '9',
            },
            {
              title: 'Action',
              cell: (key) =>
                key.source === 'config' ? (
                  <span class="note">in the configuration</span>
                ) : (
                  <div class="actions">
                    <button
                      type="button"
                      class="small"
                      aria-label={`Rotate ${key.name}`}
                      onClick={() => setRotating(key)}
                    >
                      Rotate
                    </button>
                    <Confirmed
                      label="Revoke"
                      name={key.name}
                      danger
                      title={`Revoke ${key.name}?`}
                      text="Apps with this key are rejected at once. This cannot be undone."
                      done={`The key ${key.name} is revoked.`}
                      action={async () => {
                        await call('DELETE', `/keys/${encodeURIComponent(key.id)}`)
                        keys.reload()
                      }}
                    />
                  </div>
                ),
            },
          ]}
        />
      </Panel>
      {creating && (
        <Create
          onClose={() => setCreating(false)}
          onCreated={(key) => {
            setCreating(false)
            setCreated(key)
            keys.reload()
          }}
        />
      )}
      {rotating && (
        <Rotate
          apiKey={rotating}
          onClose={() => setRotating(null)}
          onRotated={(key) => {
            setRotating(null)
            setCreated(key)
            keys.reload()
          }}
        />
      )}
      {created && (
        <Dialog title={`The token of ${created.name}`} onClose={() => setCreated(null)}>
          <p>It is shown only once. Store it in the environment of your app, for example in DATABASE_URL as api_key.</p>
          <Copyable label="token" text={created.token} />
          <footer>
            <button type="button" class="primary" onClick={() => setCreated(null)}>
              Done
            </button>
          </footer>
        </Dialog>
      )}
    </>
  )
}

function Create(props: { onClose: () => void; onCreated: (key: NewKey) => void }) {
  const status = useResource<Status>('/status', 60_000)
  const [name, setName] = useState('')
  const [database, setDatabase] = useState('')
  const [scopes, setScopes] = useState(DEFAULT_SCOPES)
  const [expires, setExpires] = useState('')
  const [limits, setLimits] = useState<Record<string, string>>({})
  const databases = status.data?.databases ?? []
  const create = async () => {
    const body: Record<string, unknown> = { name: name.trim(), scopes, database: database || databases[0]?.database }
    if (expires.trim()) {
      body.expires = expires.trim()
    }
    for (const [limit, value] of Object.entries(limits)) {
      if (value) {
        body[limit] = Number(value)
      }
    }
    props.onCreated(await call<NewKey>('POST', '/keys', body))
  }
  return (
    <Dialog title="Create a key" onClose={props.onClose}>
      <form>
        <Field label="Name" hint="What the key is for">
          {(id) => (
            <input
              id={id}
              required
              maxLength={64}
              autofocus
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        {databases.length > 1 && (
          <Field label="Database">
            {(id) => (
              <select id={id} value={database} onChange={(event) => setDatabase(event.currentTarget.value)}>
                {databases.map((each) => (
                  <option key={each.database}>{each.database}</option>
                ))}
              </select>
            )}
          </Field>
        )}
        <fieldset>
          <legend>Scopes</legend>
          {SCOPES.map((scope) => (
            <label key={scope} class="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(
                    event.currentTarget.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
                  )
                }
              />
              {scope}
            </label>
          ))}
        </fieldset>
        <Field label="Expires" hint="A duration such as 30d, a day such as 2027-01-31, or nothing for never">
          {(id) => <input id={id} value={expires} onInput={(event) => setExpires(event.currentTarget.value)} />}
        </Field>
        <details>
          <summary>Limits</summary>
          <div class="grid">
            {LIMITS.map(([limit, label]) => (
              <Field key={limit} label={label}>
                {(id) => (
                  <input
                    id={id}
                    type="number"
                    min={1}
                    placeholder="no limit"
                    value={limits[limit] ?? ''}
                    onInput={(event) => setLimits({ ...limits, [limit]: event.currentTarget.value })}
                  />
                )}
              </Field>
            ))}
          </div>
        </details>
        <Action label="Create" submit onCancel={props.onClose} action={create} />
      </form>
    </Dialog>
  )
}

function Rotate(props: { apiKey: ApiKey; onClose: () => void; onRotated: (key: NewKey) => void }) {
  const [overlap, setOverlap] = useState('24h')
  return (
    <Dialog title={`Rotate ${props.apiKey.name}`} onClose={props.onClose}>
      <form>
        <p>The key gets a new token. Its id, scopes, limits and use stay the same.</p>
        <Field label="The current token is still accepted for" hint="Such as 24h or 7d; 0 rejects it at once">
          {(id) => (
            <input id={id} required value={overlap} onInput={(event) => setOverlap(event.currentTarget.value)} />
          )}
        </Field>
        <Action
          label="Rotate"
          submit
          onCancel={props.onClose}
          action={async () =>
            props.onRotated(
              await call<NewKey>('POST', `/keys/${encodeURIComponent(props.apiKey.id)}/rotate`, {
                overlap: overlap.trim(),
              }),
            )
          }
        />
      </form>
    </Dialog>
  )
}
