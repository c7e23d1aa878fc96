// Checks that peers return the same responses from the same rows.
import { isDeepStrictEqual } from 'node:util'
import { recorded } from './recorded.mjs'

const IDS = [7, 500, 901]
const TRANSACTION = ['find-unique', 'update', 'create']
const LONGEST_SHOWN = 2000

export const cutBody = (text) => (text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`)

async function request(server, path, headers, body) {
  const response = await fetch(server.url + path, { method: 'POST', headers: { authorization: `Bearer ${server.key}`, ...headers }, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} returned ${response.status}: ${cutBody(text)}`)
  return { text, status: response.headers.get('accelerate-cache-status') }
}

export async function post(server, path, body) {
  return JSON.parse((await request(server, path, { 'content-type': 'application/json' }, body)).text)
}

/** Returns `{status, text}`: the cache status of the response, and its body. */
export function cacheStatus(server, headers, body) {
  return request(server, '/query', headers, body)
}

/** Sends the requests of a scenario to both servers. */
export async function checkAgreement(scenario, ours, theirs) {
  for (const id of IDS) {
    const answers = []
    for (const server of [ours, theirs]) answers.push(await ask(server, scenario, id))
    if (!isDeepStrictEqual(answers[0], answers[1])) {
      throw new Error(`${scenario}: the responses differ\n${answers.map((answer) => cutBody(JSON.stringify(answer))).join('\n')}`)
    }
  }
}

async function ask(server, scenario, id) {
  if (scenario !== 'transaction') return comparable(await post(server, '/query', filled(scenario, id)))
  const started = await post(server, '/transaction/start', recorded('transaction-start'))
  const answers = []
  for (const name of TRANSACTION) {
    answers.push(comparable(await post(server, `/transaction/${started.id}/query`, filled(name, id))))
  }
  await post(server, `/transaction/${started.id}/commit`, undefined)
  return answers
}

function filled(name, id) {
  const values = { '@ID': id, '@POST': (id - 1) * 10 + 3, '@NUMBER': 42, '@TEXT': 12345678 }
  return Object.entries(values).reduce((body, [slot, value]) => body.replaceAll(slot, value), recorded(name))
}

/** Removes the id and the time of a row that was just created. */
function comparable({ data }) {
  const made = data?.createdAt && Math.abs(Date.parse(data.createdAt.value ?? data.createdAt) - Date.now()) < 60_000
  return made && 'note' in data ? { ...data, id: 'new', createdAt: 'now' } : data
}
