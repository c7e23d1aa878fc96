// The report, in Markdown.
import { median, quartiles, ratio } from '../lib/numbers.mjs'

/** The argument is the report that is also written as JSON. */
export function markdown({ environment, results, memory, goals, skipped }) {
  return [
    '# Hasten and its peers',
    ...Object.entries(environment).map(([name, value]) => `- ${name}: ${value}`),
    ...skipped.map((text) => `- skipped: ${text}`),
    '## Goals',
    table(['', 'goal', 'measured', ''], goals.map(goalRow)),
    '## Ratios',
    'Medians over the rounds, quartiles in parentheses. Higher is better for requests/s and CPU, lower for p99.',
    table(['', 'Hasten /', 'requests/s', 'p99', 'by CPU time of the servers'], results.flatMap(ratioRows)),
    '## Medians',
    table(['', 'server', 'load by', 'requests/s', 'p50, µs', 'p99, µs', 'CPU of the server, µs/request'], results.flatMap(medianRows)),
    ...(memory ? ['## Memory', memoryText(memory)] : []),
  ]
    .map((part, i, parts) => (part.startsWith('- ') && parts[i + 1]?.startsWith('- ') ? part : `${part}\n`))
    .join('\n')
}

function goalRow({ text, least, most, value, low, high, reached, by, unsure }) {
  const goal = least === undefined ? `<= ${number(most)}` : `>= ${number(least)}`
  if (value === undefined) return [text, goal, '-', 'not measured']
  const percent = `${Math.abs(by * 100).toFixed(0)} %`
  const verdict = reached ? `reached, ${percent} better` : `MISSED by ${percent}`
  return [text, goal, low === high ? number(value) : spread(value, low, high), verdict + (unsure ? ' (within the quartiles)' : '')]
}

function ratioRows({ title, contenders: [ours, ...others] }) {
  return others.map((theirs) => [
    title,
    (ours.name === 'Hasten' ? '' : `${ours.name} / `) + theirs.name,
    ...['rate', 'p99'].map((key) => ratioText(ours, theirs, key)),
    ratioText(theirs, ours, 'cpu'),
  ])
}

function ratioText(above, below, key) {
  if ([...above.rounds, ...below.rounds].some((round) => round[key] === undefined)) return ''
  const values = ratio(above.rounds, below.rounds, key)
  return spread(median(values), ...quartiles(values))
}

function medianRows({ title, contenders }) {
  return contenders.map(({ name, by, rounds }) => [
    title,
    name,
    by,
    ...['rate', 'p50', 'p99', 'cpu'].map((key) =>
      rounds.some((round) => round[key] === undefined) ? '' : median(rounds.map((round) => round[key])).toFixed(0),
    ),
  ])
}

function memoryText({ javaOptions, cache, mixed, idle }) {
  const after = `Resident memory of Hasten with ${javaOptions} and a cache of ${cache}: ${mixed.toFixed(0)} MB after a mixed run`
  if (!idle) return `${after}.`
  return `${after}; ${idle.before.toFixed(0)} MB before and ${idle.with.toFixed(0)} MB with ${idle.connections} idle connections.`
}

const spread = (value, low, high) => `${number(value)} (${number(low)} to ${number(high)})`
const number = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2))

function table(head, rows) {
  const cells = [head, ...rows]
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
