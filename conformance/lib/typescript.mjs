// Makes a TypeScript file runnable.
import fs from 'node:fs'
import ts from 'typescript'

/** Imports an unmodified file that has no imports of its own. */
export function importTypeScript(file) {
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`)
}
