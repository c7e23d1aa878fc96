/** Calls of the admin API. The token is kept in session storage, which the browser clears with the tab. */

const TOKEN = 'hasten-token'
const TIMEOUT_MILLIS = 15_000

/** An error that the server has reported, or a network failure with status 0. */
export class CallError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

export const token = {
  get: (): string | null => sessionStorage.getItem(TOKEN),
  set: (value: string): void => sessionStorage.setItem(TOKEN, value),
  clear: (): void => {
    sessionStorage.removeItem(TOKEN)
    dispatchEvent(new Event('hasten-signed-out'))
  },
}

async function send(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token.get() ?? ''}` }
  if (body !== undefined) {
    headers['content-type'] = 'application/json'
  }
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal,
    })
  } catch (failure) {
    if (signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'AbortError') {
      throw failure
    }
    throw new CallError(0, 'The server does not respond.')
  }
  if (response.ok) {
    return response
  }
  if (response.status === 401) {
    token.clear()
  }
  throw new CallError(response.status, await message(response))
}

async function message(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { message?: string }
    return body.message ?? `The server responded with ${response.status}.`
  } catch {
    return `The server responded with ${response.status}.`
  }
}

/** Sends a request and returns the JSON of the response. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body, AbortSignal.timeout(TIMEOUT_MILLIS))
  return (response.status === 204 ? undefined : await response.json()) as T
}

/**
 * Receives server-sent events until the signal aborts or the connection ends. EventSource cannot send a token.
 *
 * @param onData called whenever something arrives, even if it is no event
 */
export async function listen(
  path: string,
  signal: AbortSignal,
  onEvent: (name: string, data: unknown) => void,
  onData: () => void,
) {
  const response = await send('GET', path, undefined, signal)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) {
      return
    }
    onData()
    text += value
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const name = lines.find((line) => line.startsWith('event: '))?.slice(7)
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6)
      if (name && data) {
        onEvent(name, JSON.parse(data))
      }
    }
  }
}
