// Bundles an app as the tools of edge platforms do.
import fs from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

/**
 * Returns the code of the bundle, and the WebAssembly modules that it imports, by name.
 * @param conditions the conditions of the platform in `exports` of packages
 * @param wasm returns the code of a module that exports the WebAssembly module with this name; undefined to import it
 */
export async function bundle(file, { conditions, platform = 'browser', wasm, ...options }) {
  const modules = {}
  const plugin = {
    name: 'wasm',
    setup(bundler) {
      // Prisma's loader, as the platform would choose it.
      bundler.onResolve({ filter: /^#wasm-compiler-loader$/ }, ({ importer }) => ({
        path: path.join(path.dirname(importer), 'wasm-worker-loader.mjs'),
      }))
      bundler.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path: name, resolveDir }) => {
        const source = path.join(resolveDir, name.replace('?module', ''))
        const short = path.basename(source)
        modules[short] = fs.readFileSync(source)
        return wasm ? { path: short, namespace: 'wasm' } : { path: `./${short}`, external: true }
      })
      bundler.onLoad({ filter: /.*/, namespace: 'wasm' }, ({ path: name }) => ({ contents: wasm(name) }))
    },
  }
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    conditions,
    platform,
    plugins: [plugin],
    ...options,
  })
  return { code: outputFiles[0].text, modules }
}
