import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, CallError, token } from './api'
import { Cache } from './cache'
import { Connections } from './connections'
import { uptime } from './format'
import { useResource } from './hooks'
import icon from './icon.svg'
import { Keys } from './keys'
import { Live } from './live'
import { Queries } from './queries'
import { Settings } from './settings'
import './style.css'
import type { Status } from './types'
import { Field, Toasts } from './ui'

const SCREENS = [
  ['live', 'Live', Live],
  ['queries', 'Queries', Queries],
  ['cache', 'Cache', Cache],
  ['connections', 'Connections', Connections],
  ['keys', 'Keys', Keys],
  ['settings', 'Settings', Settings],
] as const

function App() {
  const [signedIn, setSignedIn] = useState(token.get() !== null)
  useEffect(() => {
    const signOut = () => setSignedIn(false)
    addEventListener('hasten-signed-out', signOut)
    return () => removeEventListener('hasten-signed-out', signOut)
  }, [])
  return (
    <>
      {signedIn ? <Dashboard /> : <SignIn onSignedIn={() => setSignedIn(true)} />}
      <Toasts />
    </>
  )
}

function SignIn(props: { onSignedIn: () => void }) {
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const signIn = async () => {
    token.set(text.trim())
    try {
      await call('GET', '/status')
      props.onSignedIn()
    } catch (failure) {
      token.clear()
      const wrong = failure instanceof CallError && failure.status === 401
      setError(wrong ? 'This is not a valid token.' : failure instanceof Error ? failure.message : String(failure))
    }
  }
  return (
    <main class="signin">
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault()
          void signIn()
        }}
      >
        <img src={icon} alt="" width="44" height="44" />
        <h1>Hasten</h1>
        <Field
          label="Admin token"
          hint="The content of the file admin-token in state_dir, or admin_token in the configuration. It is kept until you close this tab."
        >
          {(id) => (
            <input
              id={id}
              type="password"
              autocomplete="off"
              required
              autofocus
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {error && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  )
}

function screen(): string {
  const name = location.hash.slice(1)
  return SCREENS.some(([known]) => known === name) ? name : 'live'
}

function Dashboard() {
  const [shown, setShown] = useState(screen())
  const status = useResource<Status>('/status', 10_000)
  useEffect(() => {
    const change = () => setShown(screen())
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  const current = SCREENS.find(([name]) => name === shown)!
  const Screen = current[2]
  useEffect(() => {
    // On small screens the list is wider than the screen. scrollIntoView would also move the start of keyboard navigation.
    const item = document.querySelector('nav [aria-current]')?.parentElement
    if (item?.parentElement) {
      item.parentElement.scrollLeft = item.offsetLeft - (item.parentElement.clientWidth - item.offsetWidth) / 2
    }
    document.title = `${current[1]} · Hasten`
  }, [shown])
  return (
    <div class="app">
      <a class="skip" href="#content" onClick={(event) => {
        event.preventDefault()
        document.getElementById('content')?.focus()
      }}>
        Skip to the content
      </a>
      <nav aria-label="Screens">
        <p class="brand">
          <img src={icon} alt="" width="28" height="28" />
          Hasten
        </p>
        <ul>
          {SCREENS.map(([name, title]) => (
            <li key={name}>
              <a href={`#${name}`} aria-current={name === shown ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
        <div class="foot">
          {status.data && (
            <p>
              {status.data.draining && <span class="badge wasted_ttl">draining</span>}
              {status.data.version}
              <br />
              {status.data.region}, up {uptime(status.data.uptime_ms)}
            </p>
          )}
          <button type="button" class="small" onClick={() => token.clear()}>
            Sign out
          </button>
        </div>
      </nav>
      <main id="content" tabindex={-1}>
        {status.error && (
          <p class="stale" role="alert">
            {status.error} The page shows the last known state.
          </p>
        )}
        <Screen />
      </main>
    </div>
  )
}

render(<App />, document.getElementById('app')!)
