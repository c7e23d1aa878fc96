/** The dashboard in a real browser, with a real server. Screenshots are kept in target/dashboard-screenshots. */
import { AxeBuilder } from '@axe-core/playwright'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { start } from './server.mjs'

const SCREENSHOTS = new URL('../../target/dashboard-screenshots/', import.meta.url).pathname
const SCREENS = ['live', 'queries', 'cache', 'connections', 'keys', 'settings']
const KEYS = 1000
const SHAPES = 10_000
const PATIENCE = 20_000

let server
let browser
let page
const problems = []

before(async () => {
  const executablePath = execFileSync(new URL('chromium', import.meta.url).pathname, { encoding: 'utf8' }).trim()
  mkdirSync(SCREENSHOTS, { recursive: true })
  server = await start({ keys: KEYS })
  await fill()
  browser = await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  page = await open()
})

after(async () => {
  await browser?.close()
  await server?.stop()
})

/** Much data: tables, query shapes, entries with tags, errors. */
async function fill() {
  await server.sql('CREATE TABLE item (id int PRIMARY KEY, name text)')
  await server.sql("INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 500) i")
  let next = 0
  const worker = async () => {
    while (next < SHAPES) {
      await server.sql(`SELECT ${next++ % 3 === 0 ? 'name' : 'id'} AS column_${next} FROM item WHERE id = $1`, [1])
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  for (let i = 0; i < 60; i++) {
    await server.sql('SELECT name FROM item WHERE id = $1', [i % 5])
    await server.sql('SELECT id FROM item WHERE id < $1', [i % 30], {
      headers: { 'cache-control': 'max-age=300', 'accelerate-cache-tags': `items,group_${i % 20}` },
    })
    await server.sql('SELECT * FROM missing')
  }
}

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE)
  const opened = await context.newPage()
  opened.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
  opened.on('pageerror', (error) => problems.push(error.message))
  opened.on('request', (request) => {
    if (!request.url().startsWith(server.url)) {
      problems.push(`request to ${request.url()}`)
    }
    if (request.url().includes(server.token)) {
      problems.push(`token in ${request.url()}`)
    }
  })
  await opened.goto(server.url)
  return opened
}

async function signIn(opened) {
  await opened.getByLabel('Admin token').fill(server.token)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  await opened.getByRole('heading', { name: 'Live', level: 1 }).waitFor()
}

async function show(opened, screen) {
  await opened.goto(`${server.url}/#${screen}`)
  await opened.getByRole('heading', { level: 1, name: new RegExp(screen, 'i') }).waitFor()
  await opened.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
}

async function confirm(label) {
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function until(condition) {
  const end = Date.now() + PATIENCE
  for (;;) {
    const result = await condition()
    if (result || Date.now() > end) {
      return result
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a wrong token is refused, and the right one is kept in session storage only', async () => {
  await page.screenshot({ path: `${SCREENSHOTS}sign-in.png` })
  await page.getByLabel('Admin token').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This is not a valid token.').waitFor()
  problems.length = 0 // The browser reports the 401.
  await signIn(page)
  const stored = await page.evaluate(() => [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie])
  assert.ok(stored[0].includes(server.token))
  assert.deepEqual(stored.slice(1), ['{}', ''])
})

test('the live screen updates by itself', async () => {
  const summary = page.locator('figure.chart p.hidden').first()
  await summary.waitFor({ state: 'attached' })
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 150; i++) {
        await server.sql('SELECT name FROM item WHERE id = $1', [i])
      }
    }),
  )
  assert.ok(
    await until(async () => !(await summary.textContent()).includes('Uncached: 0/s')),
    await summary.textContent(),
  )
})

for (const [name, options] of [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 } }],
]) {
  test(`every screen is accessible and fits, ${name}, with ${KEYS} keys and ${SHAPES} query shapes`, async () => {
    const opened = await open(options)
    await signIn(opened)
    for (const screen of SCREENS) {
      await show(opened, screen)
      await opened.screenshot({ path: `${SCREENSHOTS}${screen}-${name}.png` })
      const { violations } = await new AxeBuilder({ page: opened }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      assert.deepEqual(
        serious.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
        [],
        `${screen} ${name}`,
      )
      const overflow = await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.equal(overflow, 0, `${screen} ${name} is wider than the screen`)
    }
    await opened.context().close()
  })
}

test('the queries screen has all shapes, finds one, and advises', async () => {
  await show(page, 'queries')
  await page.getByText(/^The first 500 of 10,\d{3} shapes/).waitFor()
  await page.getByText('Cache this').first().waitFor()
  await page.getByLabel('Search queries').fill('column_4711 ')
  const rows = page.getByRole('region', { name: 'Queries' }).locator('tbody tr')
  assert.ok(await until(async () => (await rows.count()) === 1))
  await rows.first().getByRole('button').click()
  await page.getByText('In PostgreSQL', { exact: true }).waitFor()
})

test('a key is created, works, and is revoked', async () => {
  await show(page, 'keys')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('Name').fill('made in the browser')
  await page.getByLabel('Expires').fill('30d')
  await page.getByText('Limits', { exact: true }).last().click()
  await page.getByLabel('Requests per day').fill('1000')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const token = await page.getByRole('dialog').locator('code').textContent()
  assert.match(token, /^hasten_[a-z0-9]{8}_/)
  await page.screenshot({ path: `${SCREENSHOTS}new-key.png` })
  await page.getByRole('button', { name: 'Done' }).click()
  const reply = await server.sql('SELECT 1', [], { key: token })
  assert.equal(reply.status, 200)
  assert.match(reply.headers.get('ratelimit'), /^"day";r=999;/)

  await page.getByLabel('Filter: API keys').fill('made in the browser')
  await page.getByRole('button', { name: 'Revoke made in the browser' }).click()
  await confirm('Revoke')
  assert.equal((await server.sql('SELECT 1', [], { key: token })).status, 401)
  await page.getByText('No row matches.').waitFor()
})

test('a mistake in a form is shown in the dialog', async () => {
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('Name').fill('late')
  await page.getByLabel('Expires').fill('someday')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('dialog').getByText('"someday" is not allowed as the expiry').waitFor()
  problems.length = 0 // The browser reports the 400.
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('a tag is invalidated', async () => {
  const read = () =>
    server.sql('SELECT 42 FROM item WHERE id = 1', [], {
      headers: { 'cache-control': 'max-age=300', 'accelerate-cache-tags': 'browser' },
    })
  await read()
  assert.equal((await read()).headers.get('accelerate-cache-status'), 'ttl')
  await show(page, 'cache')
  await page.getByLabel('Filter: Use by tag').fill('browser')
  await page.getByRole('button', { name: 'Invalidate browser' }).click()
  await confirm('Invalidate')
  assert.equal((await read()).headers.get('accelerate-cache-status'), 'miss')
  await page.getByRole('region', { name: 'Invalidations' }).getByText('requested with the admin API').first().waitFor()
  await page.getByLabel('Request id, signature or SQL').fill('SELECT now()')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.locator('pre.json').getByText('"database"').waitFor()
})

test('a running query is cancelled', async () => {
  await show(page, 'connections')
  const running = server.sql("SELECT pg_sleep(50), 'secret'")
  await page.getByText('SELECT pg_sleep(?), ?').waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}running.png` })
  await page.getByRole('button', { name: /^Cancel [0-9a-f]{16}$/ }).click()
  await confirm('Cancel the request')
  const reply = await running
  assert.equal(reply.status, 400)
  assert.match(reply.body.message, /cancelled by an operator/)
  await page.getByText('No request is running.').waitFor()
})

test('a dialog stays open for its row when other rows change', async () => {
  const first = server.sql('SELECT pg_sleep(50), 1')
  await page.getByText('SELECT pg_sleep(?), ?').waitFor()
  const second = server.sql('SELECT pg_sleep(50), 1, 2')
  await page.getByText('SELECT pg_sleep(?), ?, ?').waitFor()
  const { requests } = await server.admin('/requests')
  await page.getByRole('button', { name: `Cancel ${requests[1].id}` }).click()
  await server.admin(`/requests/${requests[0].id}/cancel`, 'POST')
  await first
  await page.getByText('SELECT pg_sleep(?), ?', { exact: true }).waitFor({ state: 'detached' })
  await page.getByRole('dialog').getByText(requests[1].id).waitFor()
  await confirm('Cancel the request')
  assert.match((await second).body.message, /cancelled by an operator/)
})

test('an interactive transaction is rolled back', async () => {
  const { body } = await server.post('/transaction/start', { timeout: 50_000 })
  await page.getByRole('button', { name: `Roll back ${body.id}` }).click()
  await confirm('Roll back')
  await page.getByText('No transaction is open.').waitFor()
  assert.equal((await server.post(`/transaction/${body.id}/commit`, {})).status, 409)
})

test('a pool is paused and resumed', async () => {
  await page.getByRole('button', { name: 'Pause default' }).click()
  await confirm('Pause')
  await page.getByText('paused', { exact: true }).waitFor()
  const waiting = server.sql('SELECT 1')
  await page.getByRole('button', { name: 'Resume default' }).click()
  await confirm('Resume')
  assert.equal((await waiting).status, 200)
})

test('settings show the configuration with its origins, and what was done', async () => {
  await show(page, 'settings')
  await page.getByLabel('Filter: Configuration').fill('insights.max')
  const row = page.getByRole('row', { name: /insights\.max_shapes/ })
  await row.getByText('20000').waitFor()
  await row.getByText('command line').waitFor()
  await page.getByText('pool.paused').waitFor()
  assert.equal(await page.getByText(server.token).count(), 0)
})

test('the dashboard can be used with the keyboard', async () => {
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Queries')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queries', level: 1 }).waitFor()
})

test('nothing was requested from elsewhere, and the browser reports no problem', () => {
  assert.deepEqual(problems, [])
})

test('when the server stops, the page says so and keeps the last state', async () => {
  await show(page, 'connections')
  await server.stop()
  await page.getByText('The server does not respond.').first().waitFor()
  await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor()
  await page.screenshot({ path: `${SCREENSHOTS}stopped.png` })
})
