import { useState } from 'preact/hooks'
import { call } from './api'
import { ago, clock, day, uptime } from './format'
import { useResource } from './hooks'
import type { AuditEvent, ConfigValue, Status } from './types'
import { attempt, Confirmed, Field, Panel, Placeholder, Table } from './ui'

interface Levels {
  configured: string
  temporary: { logger: string; level: string; until: string }[]
}

export function Settings() {
  const status = useResource<Status>('/status')
  const config = useResource<{ values: ConfigValue[] }>('/config', 15_000)
  const audit = useResource<{ events: AuditEvent[] }>('/audit?limit=200')
  const refresh = () => {
    status.reload()
    config.reload()
    audit.reload()
  }
  return (
    <>
      <div class="heading">
        <h1>Settings</h1>
      </div>
      <div class="columns">
        <Server status={status.data} error={status.error} refresh={refresh} />
        <LogLevels refresh={refresh} />
      </div>
      <Panel
        title="Configuration"
        note="The values in force, and where each comes from; secrets are masked"
        actions={
          <>
            <Confirmed
              label="Reload"
              title="Reload the configuration?"
              text="Log settings, configured keys and the tokens of this API change at once. Other changes need a restart, and are shown here."
              done="The configuration is reloaded."
              action={async () => {
                await call('POST', '/config/reload')
                refresh()
              }}
            />
            <Confirmed
              label="Reload certificate"
              title="Reload the certificate?"
              text="New connections use the certificate that is in the configured files now."
              done="The certificate is reloaded."
              action={async () => {
                await call('POST', '/certificates/reload')
                refresh()
              }}
            />
          </>
        }
      >
        <Table<ConfigValue>
          label="Configuration"
          rows={config.data?.values ?? null}
          error={config.error}
          keyOf={(value) => value.key}
          filter={(value) => `${value.key} ${value.origin}`}
          empty="There are no values."
          columns={[
            { title: 'Key', cell: (value) => <code>{value.key}</code>, by: (value) => value.key },
            {
              title: 'Value',
              cell: (value) => (
                <>
                  {value.value === null ? <span class="note">not set</span> : <code>{value.value}</code>}
                  {value.pending !== null && (
                    <span class="badge unused_tag"> {value.pending} after a restart</span>
                  )}
                </>
              ),
            },
            { title: 'Origin', optional: true, cell: (value) => value.origin, by: (value) => value.origin },
            {
              title: 'A change',
              optional: true,
              cell: (value) => (value.applies_at_once ? 'applies with a reload' : 'needs a restart'),
            },
          ]}
        />
      </Panel>
      <Panel title="Audit" note="What was done to the server; the newest first">
        <Table<AuditEvent>
          label="Audit"
          rows={audit.data?.events ?? null}
          error={audit.error}
          keyOf={(event) => `${event.time}-${event.action}-${JSON.stringify(event.details)}`}
          filter={(event) => `${event.action} ${event.actor} ${event.database ?? ''} ${JSON.stringify(event.details)}`}
          empty="Nothing has happened since the server started."
          columns={[
            { title: 'When', cell: (event) => <time title={ago(event.time)}>{day(event.time)}</time> },
            { title: 'Action', cell: (event) => event.action },
            { title: 'By', optional: true, cell: (event) => event.actor },
            { title: 'Database', optional: true, cell: (event) => event.database ?? '–' },
            {
              title: 'Details',
              cell: (event) =>
                Object.entries(event.details)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join(', '),
            },
          ]}
        />
      </Panel>
    </>
  )
}

function Server(props: { status: Status | null; error: string | null; refresh: () => void }) {
  const { status } = props
  return (
    <Panel title="Server">
      {!status ? (
        <Placeholder error={props.error} loading={status === null} empty="" />
      ) : (
        <>
          <dl class="pairs">
            <dt>Version</dt>
            <dd>{status.version}</dd>
            <dt>Running for</dt>
            <dd>{uptime(status.uptime_ms)}</dd>
            <dt>Region</dt>
            <dd>{status.region}</dd>
            <dt>State</dt>
            <dd>{status.draining ? <span class="badge wasted_ttl">draining</span> : 'ready'}</dd>
          </dl>
          <div class="actions">
            {status.draining ? (
              <Confirmed
                label="End the drain"
                title="End the drain?"
                text="The server reports itself as ready again."
                done="The drain has ended."
                action={async () => {
                  await call('DELETE', '/drain')
                  props.refresh()
                }}
              />
            ) : (
              <Confirmed
                label="Drain"
                danger
                title="Drain this server?"
                text="It reports itself as not ready and closes connections after their next response, so that a load balancer uses other servers. Requests are still answered."
                done="The server is draining."
                action={async () => {
                  await call('POST', '/drain')
                  props.refresh()
                }}
              />
            )}
          </div>
        </>
      )}
    </Panel>
  )
}

function LogLevels(props: { refresh: () => void }) {
  const levels = useResource<Levels>('/log/levels', 10_000)
  const [logger, setLogger] = useState('dev.hasten')
  const [level, setLevel] = useState('debug')
  const [minutes, setMinutes] = useState('10')
  const set = () =>
    attempt(async () => {
      await call('POST', '/log/levels', { logger: logger.trim(), level, minutes: Number(minutes) })
      levels.reload()
      props.refresh()
    }, 'The log level is set.')
  return (
    <Panel title="Log level" note={levels.data ? `The configured level is ${levels.data.configured}` : undefined}>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault()
          void set()
        }}
      >
        <Field label="Package or class">
          {(id) => <input id={id} required value={logger} onInput={(event) => setLogger(event.currentTarget.value)} />}
        </Field>
        <Field label="Level">
          {(id) => (
            <select id={id} value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
              {['trace', 'debug', 'info', 'warn', 'error'].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Minutes">
          {(id) => (
            <input
              id={id}
              type="number"
              min={1}
              max={1440}
              required
              value={minutes}
              onInput={(event) => setMinutes(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary">
          Set
        </button>
      </form>
      {(levels.data?.temporary.length ?? 0) > 0 && (
        <ul class="plainlist">
          {levels.data!.temporary.map((each) => (
            <li key={each.logger}>
              <code>{each.logger}</code> {each.level} until {clock(each.until)}{' '}
              <Confirmed
                label="Reset"
                name={each.logger}
                title={`Reset the level of ${each.logger}?`}
                text="The configured level applies again."
                done="The log level is reset."
                action={async () => {
                  await call('DELETE', `/log/levels/${encodeURIComponent(each.logger)}`)
                  levels.reload()
                  props.refresh()
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
