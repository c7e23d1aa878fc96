// The code blocks of docs/getting-started.md. The info string after ``` says what the test does with a block; readers do not see
// it on GitHub.
//
// | after a line `path`..., or ...`path`, that ends with :   | the content of this file                                      |
// | ```sh                                                      | commands; a following ```text is their output                 |
// | ```sh server                                               | a command that keeps running until the end of the guide       |
// | ```sh replaced                                             | a command in whose place guides.mjs runs something else        |
// | ```LANGUAGE not-executed                                   | nothing                                                       |

const FENCE = /^```(.*)$/
const FILE = /^`([\w/+-]*\.[\w./]+)`.*:$|`([\w/+-]*\.[\w./]+)`:$/

/** Returns the blocks: `{section, line, kind, text}`, for files with `file`, for commands with `replaced` and `output`. */
export function parseBlocks(markdown) {
  const blocks = []
  const lines = markdown.split('\n')
  let section
  let before = ''
  for (let i = 0; i < lines.length; i++) {
    const [, info] = FENCE.exec(lines[i]) ?? []
    if (info === undefined) {
      section = /^## (.+)$/.exec(lines[i])?.[1] ?? section
      before = lines[i].trim() || before
      continue
    }
    const end = lines.indexOf('```', i + 1)
    if (end < 0) throw new Error(`line ${i + 1}: the block has no end`)
    const block = { section, line: i + 1, text: `${lines.slice(i + 1, end).join('\n')}\n` }
    const [language, ...words] = info.split(' ')
    if (info === 'text') addOutput(blocks.at(-1), block)
    else blocks.push({ ...block, ...classify(block, language, words, FILE.exec(before)) })
    before = ''
    i = end
  }
  return blocks
}

function classify({ line }, language, words, file) {
  const has = (word) => words.includes(word)
  const unknown = words.filter((word) => !['server', 'replaced', 'not-executed'].includes(word))
  if (unknown.length) throw new Error(`line ${line}: unknown words after the language: ${unknown.join(' ')}`)
  if (has('not-executed')) return { kind: 'not-executed' }
  if (file) return { kind: 'file', file: file[1] ?? file[2] }
  if (language !== 'sh') throw new Error(`line ${line}: not a command, and no file name before the block; nothing would test it`)
  return { kind: has('server') ? 'server' : 'commands', replaced: has('replaced') }
}

function addOutput(commands, { section, line, text }) {
  if (commands?.kind !== 'commands' || commands.section !== section || commands.output) {
    throw new Error(`line ${line}: no commands before this output`)
  }
  commands.output = text
}
