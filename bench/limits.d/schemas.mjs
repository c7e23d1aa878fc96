// Clients of Prisma 6 without an engine, each with a schema of its own.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

const VERSION = '6.19.0'
const MODELS = 20
const ATTEMPTS = 100

/** A schema of 20 models; those with different numbers differ in every model. The first model is the table of `hasten bench`. */
export function prismaSchema(number) {
  const models = Array.from({ length: MODELS - 1 }, (_, i) => {
    const fields = ['id Int @id @default(autoincrement())', 'name String', 'price Decimal?', 'active Boolean @default(true)', 'created DateTime @default(now())']
    return [`model App${number}Item${i} {`, ...fields.map((field) => `  ${field}`), '  ownerId Int', '  owner User @relation(fields: [ownerId], references: [id])', '  @@index([ownerId])', '}']
  })
  const relations = models.map((_, i) => `  items${i} App${number}Item${i}[]`)
  const user = ['model User {', '  id Int @id @default(autoincrement())', '  email String @unique', '  name String', '  age Int', '  createdAt DateTime @default(now()) @map("created_at")', ...relations, '  @@map("hasten_bench_user")', '}']
  const head = ['generator client {', '  provider = "prisma-client-js"', '}', 'datasource db {', '  provider = "postgresql"', '  url = env("DATABASE_URL")', '}']
  return [...head, ...user, ...models.flat(), ''].join('\n')
}

export class Schema {
  models = MODELS
  #base64
  #path

  constructor(text) {
    this.bytes = Buffer.byteLength(text)
    this.#base64 = Buffer.from(text).toString('base64')
    this.#path = `/${VERSION}/${createHash('sha256').update(this.#base64).digest('hex')}`
  }

  async upload(connection, key) {
    const response = await patiently(() => connection.send(key, 'PUT', `${this.#path}/schema`, this.#base64))
    if (response.status !== 200) throw new Error(`upload: ${response.status} ${response.body.slice(0, 300)}`)
  }

  /** Reads a user and checks the response. Returns false if the schema must be uploaded again. */
  async readUser(connection, key, id) {
    const query = { modelName: 'User', action: 'findUnique', query: { arguments: { where: { id } }, selection: { $composites: true, $scalars: true } } }
    const response = await patiently(() => connection.send(key, 'POST', `${this.#path}/graphql`, JSON.stringify(query)))
    if (response.status === 404) return false
    const user = response.status === 200 ? JSON.parse(response.body).data?.findUniqueUser : undefined
    if (user?.id !== id || user.email !== `user${id}@example.com`) throw new Error(`user ${id}: ${response.status} ${response.body.slice(0, 300)}`)
    return true
  }
}

/** Repeats the request while the schema is being read, as clients do. */
async function patiently(send) {
  for (let attempt = 1; ; attempt++) {
    const response = await send()
    if (response.status !== 503 || attempt === ATTEMPTS) return response
    await sleep(50)
  }
}
