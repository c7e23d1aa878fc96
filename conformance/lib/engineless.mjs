// Prisma 5 and 6 without an engine: clients that use the data proxy protocol, and, for comparison, the same version with
// its own engine and a direct database connection.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PROGRAM_SCHEMA, withPreviewFeatures } from '../schema/schema.mjs'
import { generate, loadWithWasmEngine } from './prisma-cli.mjs'

/** Generates the clients of a generation. They need no URL, because they do not connect before they are used. */
export async function generateAll({ candidate, references }) {
  for (const clients of [candidate, ...Object.values(references)]) await clients()
}

/** The clients of a major version, whose packages are installed in the folder `home`. */
export class EnginelessVersion {
  #home
  #major
  #features

  /** @param features maps the preview features of the schema to the features of this version */
  constructor({ home, major, features = (list) => list }) {
    this.#home = home
    this.#major = major
    this.#features = features
    this.require = createRequire(path.join(home, 'package.json'))
  }

  /** Returns `withAccelerate` of the extension's versions for these clients, newest first. */
  extensions() {
    const { version, withAccelerate } = this.#extension('@prisma/extension-accelerate')
    const first = this.#extension('extension-accelerate-1')
    return {
      [version]: withAccelerate,
      // `withAccelerate` of version 1 takes no options; it calls this function.
      [first.version]: (options) => first.makeAccelerateExtension(options?.fetch ?? fetch),
    }
  }

  #extension(name) {
    const manifest = path.join(this.#home, 'node_modules', name, 'package.json')
    const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
    return { version, ...this.require(name) }
  }

  /** Returns clients of a server with the data proxy protocol. */
  async clientsOf(url, source) {
    return {
      modules: await this.#eachVariant('', { source, flags: ['--no-engine'], load: this.require }),
      connect: ({ PrismaClient }, options) => new PrismaClient({ datasourceUrl: url, ...options }),
      stop: () => {},
    }
  }

  /** Returns clients with the query engine (Rust, as WebAssembly), which the vendor's server of this protocol used. */
  async queryEngine(adapters, { source, features = [] } = {}) {
    return this.#on(adapters, await this.#eachVariant('-engine', { source, features, load: loadWithWasmEngine }))
  }

  /** Returns clients with its successor, the TypeScript engine with the query compiler. */
  async clientEngine(adapters, { source } = {}) {
    const generator = { engineType: 'client' }
    return this.#on(adapters, await this.#eachVariant('-client', { source, generator, load: this.require }))
  }

  #on(adapters, modules) {
    return {
      modules,
      connect: ({ PrismaClient }, options) => new PrismaClient({ adapter: adapters.next(), ...options }),
      stop: () => adapters.close(),
    }
  }

  async #eachVariant(suffix, { source = PROGRAM_SCHEMA, features = [], load, ...options }) {
    const schema = source.schemaFor(this.#major)
    const modules = {}
    for (const [variant, added] of Object.entries(source.variants)) {
      const output = await generate({
        home: this.#home,
        name: `${source.name}${variant}${suffix}`,
        schema: withPreviewFeatures(schema, (list) => [...this.#features(list), ...added, ...features]),
        ...options,
      })
      modules[variant] = load(output)
    }
    return modules
  }
}
