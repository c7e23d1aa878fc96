import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { call, CallError } from './api'

export interface Resource<T> {
  data: T | null
  error: string | null
  reload: () => void
}

/**
 * Reads a path now and every few seconds while the page is visible, but not while the last call is still pending. Keeps the
 * last data if a call fails.
 */
export function useResource<T>(path: string, everyMillis = 5000): Resource<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: string | null }>({
    path,
    data: null,
    error: null,
  })
  const latest = useRef(0)
  const pending = useRef(0)
  const load = useCallback(async () => {
    const number = ++latest.current
    pending.current++
    try {
      const data = await call<T>('GET', path)
      if (number === latest.current) {
        setState({ path, data, error: null })
      }
    } catch (failure) {
      if (number === latest.current && failure instanceof CallError) {
        setState((known) => ({ path, data: known.path === path ? known.data : null, error: failure.message }))
      }
    } finally {
      pending.current--
    }
  }, [path])
  useEffect(() => {
    void load()
    const timer = setInterval(() => {
      if (!document.hidden && pending.current === 0) {
        void load()
      }
    }, everyMillis)
    return () => {
      latest.current++
      clearInterval(timer)
    }
  }, [load, everyMillis])
  return { data: state.path === path ? state.data : null, error: state.error, reload: () => void load() }
}
