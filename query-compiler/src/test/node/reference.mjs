// What Node's binding of the same compiler answers to the corpus: one JSON object a line.
//   node reference.mjs SCHEMA PACKAGE
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { corpus } from './corpus.mjs'

const [schema, directory] = process.argv.slice(2)
const name = 'query_compiler_small_bg'
const module = new WebAssembly.Module(readFileSync(`${directory}/postgresql/${name}.wasm`))

let instances = 0

// The binding keeps views of its instance's memory, so every instance needs a copy of its own.
async function open() {
  let panic
  const binding = await import(`${pathToFileURL(`${directory}/postgresql/${name}.js`)}?${instances++}`)
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) }
  const instance = new WebAssembly.Instance(module, { [`./${name}.js`]: binding })
  binding.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const compiler = new binding.QueryCompiler({
    datamodel: readFileSync(schema, 'utf8'),
    provider: 'postgres',
    connectionInfo: { supportsRelationJoins: true },
  })
  return { compiler, panic: () => panic }
}

let { compiler, panic } = await open()
for (const { name, request, batch } of corpus) {
  const line = { name, request, batch }
  try {
    line.answer = JSON.stringify(batch ? compiler.compileBatch(request) : compiler.compile(request))
  } catch (error) {
    if (panic()) {
      line.panic = panic()
      ;({ compiler, panic } = await open())
    } else {
      line.error = { message: error.message, code: error.code, meta: error.meta && JSON.stringify(error.meta) }
    }
  }
  console.log(JSON.stringify(line))
}
