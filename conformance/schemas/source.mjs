// A schema file, prepared for the clients of every version.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The schemas of this folder. */
export const SCHEMAS = ['shop', 'hospital', 'network'].map((name) => {
  return fileURLToPath(new URL(`${name}.prisma`, import.meta.url))
})

/** Preview features that change how queries run; other versions do not know the rest. */
const FEATURES = ['relationJoins', 'nativeDistinct']

/**
 * Reads a schema and returns what the clients of a generation are generated from (schema/schema.mjs), and `features`, its
 * preview features. Its generators and its datasource are replaced, because their options differ between versions.
 */
export function readSource(file) {
  const original = fs.readFileSync(file, 'utf8')
  const features = FEATURES.filter((name) => original.includes(`"${name}"`))
  const relationMode = /^\s*relationMode\s*=.*$/m.exec(original)?.[0] ?? ''
  const schema = `generator client {
  provider = "prisma-client-js"
  previewFeatures = ${JSON.stringify(features)}
}
datasource db {
  provider = "postgresql"
${relationMode}
}
${original.replaceAll(/^(generator|datasource) \w+ \{[\s\S]*?^\}/gm, '')}`
  const name = path.parse(file).name
  return {
    title: name,
    name: `schema-${name}-`,
    path: file,
    features,
    variants: { query: [] },
    schemaFor: () => schema,
  }
}
