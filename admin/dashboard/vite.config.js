import { defineConfig } from 'vite'

export default defineConfig({
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    // The policy of the page allows no inline scripts, styles or images.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
  },
})
