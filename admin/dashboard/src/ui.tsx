import { Fragment, type ComponentChildren, type TargetedEvent } from 'preact'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { CallError } from './api'

/** A titled part of a screen. */
export function Panel(props: { title: string; note?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }) {
  const id = useId()
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.note && <p class="note">{props.note}</p>}
        {props.actions && <div class="actions">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  )
}

export function Tile(props: { label: string; value: string; detail?: string | undefined; tone?: 'bad' | 'good' | undefined }) {
  return (
    <div class={`tile ${props.tone ?? ''}`}>
      <dt>{props.label}</dt>
      <dd>
        {props.value}
        {props.detail && <small>{props.detail}</small>}
      </dd>
    </div>
  )
}

/** What is shown instead of data: while it loads, if it cannot be loaded, or if there is none. */
export function Placeholder(props: { error: string | null; loading: boolean; empty: string }) {
  if (props.error !== null) {
    return (
      <p class="placeholder failed" role="alert">
        {props.error}
      </p>
    )
  }
  return props.loading ? (
    <div class="placeholder" aria-busy="true">
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="hidden">Loading</span>
    </div>
  ) : (
    <p class="placeholder">{props.empty}</p>
  )
}

export interface Column<T> {
  title: string
  /** The content of a cell. */
  cell: (row: T) => ComponentChildren
  /** What rows are sorted by; columns without it cannot be sorted. */
  by?: (row: T) => number | string
  /** Whether the content is a number, which is aligned to the right. */
  number?: boolean
  /** Whether the column is left out on small screens. */
  optional?: boolean
}

const PAGE = 100

/** A table that can be sorted and filtered, and shows 100 rows at a time. */
export function Table<T>(props: {
  label: string
  rows: T[] | null
  error?: string | null
  columns: Column<T>[]
  keyOf: (row: T) => string
  filter?: (row: T) => string
  sortedBy?: string
  empty: string
  details?: (row: T) => ComponentChildren
}) {
  const [sort, setSort] = useState<{ title: string; down: boolean } | null>(
    props.sortedBy ? { title: props.sortedBy, down: true } : null,
  )
  const [text, setText] = useState('')
  const [shown, setShown] = useState(PAGE)
  const [open, setOpen] = useState<string | null>(null)
  const rows = useMemo(() => {
    const all = props.rows ?? []
    const wanted = text.trim().toLowerCase()
    const found = wanted && props.filter ? all.filter((row) => props.filter!(row).toLowerCase().includes(wanted)) : all
    const by = props.columns.find((column) => column.title === sort?.title)?.by
    if (!sort || !by) {
      return found
    }
    const order = sort.down ? -1 : 1
    return [...found].sort((one, other) => {
      const a = by(one)
      const b = by(other)
      return a < b ? -order : a > b ? order : 0
    })
  }, [props.rows, text, sort])
  if (props.rows === null || (props.rows.length === 0 && !text)) {
    return <Placeholder error={props.error ?? null} loading={props.rows === null} empty={props.empty} />
  }
  return (
    <>
      {props.error && (
        <p class="stale" role="alert">
          {props.error} The table shows the last known state.
        </p>
      )}
      {props.filter && props.rows.length > 8 && (
        <input
          class="filter"
          type="search"
          placeholder={`Filter ${props.rows.length} rows`}
          aria-label={`Filter: ${props.label}`}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div class="scroll" tabindex={0} role="region" aria-label={props.label}>
        <table>
          <thead>
            <tr>
              {props.columns.map((column) => (
                <th
                  key={column.title}
                  scope="col"
                  class={`${column.number ? 'number' : ''} ${column.optional ? 'optional' : ''}`}
                  aria-sort={sort?.title === column.title ? (sort.down ? 'descending' : 'ascending') : undefined}
                >
                  {column.by ? (
                    <button
                      type="button"
                      class="sort"
                      onClick={() =>
                        setSort({ title: column.title, down: sort?.title === column.title ? !sort.down : true })
                      }
                    >
                      {column.title}
                      <span aria-hidden="true">{sort?.title === column.title ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => {
              const key = props.keyOf(row)
              return (
                <Fragment key={key}>
                  <tr class={open === key ? 'open' : ''}>
                    {props.columns.map((column, index) => (
                      <td
                        key={column.title}
                        class={`${column.number ? 'number' : ''} ${column.optional ? 'optional' : ''}`}
                      >
                        {index === 0 && props.details ? (
                          <button
                            type="button"
                            class="expand"
                            aria-expanded={open === key}
                            onClick={() => setOpen(open === key ? null : key)}
                          >
                            {column.cell(row)}
                          </button>
                        ) : (
                          column.cell(row)
                        )}
                      </td>
                    ))}
                  </tr>
                  {props.details && open === key && (
                    <tr class="details">
                      <td colSpan={props.columns.length}>{props.details(row)}</td>
                    </tr>
                  )}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="placeholder">No row matches.</p>}
      {rows.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + PAGE)}>
          Show more ({rows.length - shown} left)
        </button>
      )}
    </>
  )
}

/** A modal dialog, open for as long as it is rendered. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onClose={props.onClose}
      onClick={(event) => event.target === element.current && props.onClose()}
    >
      <div class="sheet">
        <header>
          <h2 id={id}>{props.title}</h2>
          <button type="button" class="plain" aria-label="Close" onClick={props.onClose}>
            ×
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  )
}

/** A button whose action must be confirmed. Shows the error if the action fails. */
export function Confirmed(props: {
  label: string
  title: string
  text: string
  name?: string
  /** The label in the dialog, if it is another one. */
  confirm?: string
  danger?: boolean
  action: () => Promise<unknown>
  done: string
}) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button
        type="button"
        class={`small ${props.danger ? 'danger' : ''}`}
        aria-label={props.name ? `${props.label} ${props.name}` : undefined}
        onClick={() => setAsking(true)}
      >
        {props.label}
      </button>
      {asking && (
        <Dialog title={props.title} onClose={() => setAsking(false)}>
          <p>{props.text}</p>
          <Action
            label={props.confirm ?? props.label}
            danger={props.danger ?? false}
            onCancel={() => setAsking(false)}
            action={async () => {
              await props.action()
              setAsking(false)
              toast(props.done)
            }}
          />
        </Dialog>
      )}
    </>
  )
}

/** The buttons of a dialog. Shows the error if the action fails. */
export function Action(props: {
  label: string
  danger?: boolean
  submit?: boolean
  onCancel: () => void
  action: () => Promise<unknown>
}) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const run = async (event: TargetedEvent<HTMLButtonElement>) => {
    if (props.submit && !event.currentTarget.form?.reportValidity()) {
      return
    }
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await props.action()
    } catch (failure) {
      setError(failure instanceof CallError ? failure.message : String(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <footer>
        <button type="button" onClick={props.onCancel}>
          Back
        </button>
        <button
          type={props.submit ? 'submit' : 'button'}
          class={props.danger ? 'danger filled' : 'primary'}
          disabled={busy}
          onClick={(event) => void run(event)}
        >
          {props.label}
        </button>
      </footer>
    </>
  )
}

/** Runs an action and reports the result in a message. */
export async function attempt(action: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await action()
    toast(done)
  } catch (failure) {
    toast(failure instanceof CallError ? failure.message : String(failure), true)
  }
}

/** Shows a message for some seconds. */
export function toast(text: string, bad = false): void {
  dispatchEvent(new CustomEvent('hasten-toast', { detail: { text, bad } }))
}

export function Toasts() {
  const [messages, setMessages] = useState<{ id: number; text: string; bad: boolean }[]>([])
  useEffect(() => {
    let next = 0
    const show = (event: Event) => {
      const { text, bad } = (event as CustomEvent<{ text: string; bad: boolean }>).detail
      const id = next++
      setMessages((known) => [...known.slice(-3), { id, text, bad }])
      setTimeout(() => setMessages((known) => known.filter((message) => message.id !== id)), bad ? 10_000 : 5000)
    }
    addEventListener('hasten-toast', show)
    return () => removeEventListener('hasten-toast', show)
  }, [])
  return (
    <div class="toasts" role="status" aria-live="polite">
      {messages.map((message) => (
        <p key={message.id} class={message.bad ? 'bad' : ''}>
          {message.text}
        </p>
      ))}
    </div>
  )
}

/** A choice of a few words. */
export function Choice<T extends string>(props: { label: string; value: T; options: [T, string][]; onChange: (value: T) => void }) {
  return (
    <div class="choice" role="group" aria-label={props.label}>
      {props.options.map(([value, text]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === props.value}
          onClick={() => props.onChange(value)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

/** A text that can be copied. */
export function Copyable(props: { text: string; label: string }) {
  const shown = useRef<HTMLElement>(null)
  const copy = async () => {
    // Browsers offer the clipboard only over HTTPS and on localhost.
    if (navigator.clipboard) {
      await attempt(() => navigator.clipboard.writeText(props.text), 'Copied.')
    } else {
      getSelection()?.selectAllChildren(shown.current!)
      toast('The text is selected. Copy it with Ctrl+C or ⌘C.')
    }
  }
  return (
    <div class="copyable">
      <code ref={shown}>{props.text}</code>
      <button type="button" class="small" aria-label={`Copy ${props.label}`} onClick={() => void copy()}>
        Copy
      </button>
    </div>
  )
}

export function Field(props: { label: string; hint?: string; children: (id: string) => ComponentChildren }) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id)}
      {props.hint && <small>{props.hint}</small>}
    </div>
  )
}

export function Bar(props: { part: number; label: string }) {
  const part = Math.min(1, Math.max(0, props.part))
  return (
    <div
      class={`bar ${part > 0.85 ? 'full' : ''}`}
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * part)}
    >
      <span style={{ width: `${100 * part}%` }} />
    </div>
  )
}
