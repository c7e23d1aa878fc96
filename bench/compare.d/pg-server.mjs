// A minimal server for SQL over HTTP, with only Node and pg, whose responses are those of Hasten's /sql.
// Usage: node pg-server.mjs <databaseUrl>. Prints its port.
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 })

/** Statement names: PostgreSQL prepares a named statement only once per connection. */
const names = new Map()

function nameOf(text) {
  let name = names.get(text)
  if (!name) names.set(text, (name = `s${names.size}`))
  return name
}

async function answer(body) {
  const { query, params } = JSON.parse(body)
  const { fields, rows, command, rowCount } = await pool.query({ name: nameOf(query), text: query, values: params })
  return JSON.stringify({ fields, rows, command, rowCount, rowAsArray: false })
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => (body += chunk))
  request.on('end', async () => {
    let status = 200
    let text
    try {
      text = await answer(body)
    } catch (error) {
      status = 400
      text = JSON.stringify({ message: error.message })
    }
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  })
})
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
