// Writes the result of each test, and errors outside of tests: those in imports and hooks, and unhandled ones.
import fs from 'node:fs'
import path from 'node:path'

const failure = (title, errors) => ({ title, status: 'failed', message: errors.map(text).join('\n') })

const text = ({ message, diff, stack }) => [message, diff, stack].filter(Boolean).join('\n')

export default class {
  onInit({ config }) {
    this.pattern = config.testNamePattern
  }

  /** Writes a list of `{title, status, message}`; a title starts with the path of its file. */
  onTestRunEnd(modules, unhandledErrors) {
    const results = modules.flatMap((module) => {
      const file = path.relative(process.cwd(), module.moduleId)
      const tests = [...module.children.allTests()].filter(
        ({ fullName }) => !this.pattern || this.pattern.test(fullName),
      )
      return [
        ...tests.map((test) => this.#resultOf(test, `${file} > ${test.fullName}`)),
        ...[module, ...module.children.allSuites()]
          .filter((holder) => holder.errors().length > 0)
          // vitest skips the tests after such an error.
          .map((holder) => failure(`${file} (outside of tests)`, holder.errors())),
      ]
    })
    if (unhandledErrors.length > 0) results.push(failure('unhandled errors', unhandledErrors))
    fs.writeFileSync(process.env.UPSTREAM_REPORT, JSON.stringify(results))
  }

  #resultOf(test, title) {
    const { state, errors } = test.result()
    return state === 'failed' ? failure(title, errors) : { title, status: state }
  }
}
