import { fileURLToPath } from 'node:url'
import { defineConfig, type Options } from 'tsup'

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url))

/** One build for each transport. */
const build = (name: 'edge' | 'node'): Options => ({
  entry: { index: 'src/index.ts', fetch: 'src/only-fetch.ts', neon: 'src/neon.ts' },
  outDir: `dist/${name}`,
  format: ['esm', 'cjs'],
  platform: name === 'node' ? 'node' : 'neutral',
  target: 'es2022',
  dts: true,
  splitting: false,
  clean: true,
  esbuildOptions(options) {
    options.alias = { '#transport': source(`transport/${name === 'node' ? 'node' : 'default'}.ts`) }
  },
})

export default defineConfig([build('edge'), build('node')])
