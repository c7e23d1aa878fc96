// The report, in Markdown.

/** `results`: those of the parts, with `title`, `unit`, `heap`, `problems` and `error` (a text, if there is no result). */
export function markdown({ environment, results }) {
  const measured = results.filter((result) => result.error === undefined)
  return [
    ...Object.entries(environment).map(([name, value]) => `- ${name}: ${value}`),
    '',
    '## Memory and time',
    '',
    table(
      ['number', '', 'heap (`-Xmx`)', 'live heap before, MB', 'with, MB', 'outside the heap before, MB', 'with, MB', 'per unit, KB', 'time, s', ''],
      measured.map(memoryRow),
    ),
    '',
    '## Latencies',
    '',
    table(
      ['', 'findUnique p50 before, ms', 'with, ms', 'p99 before, ms', 'with, ms', 'cache hit p50 before, ms', 'with, ms', 'p99 before, ms', 'with, ms'],
      measured.map((result) => [title(result), ...['findUnique', 'hit'].flatMap((kind) => latencies(result, kind))]),
    ),
    '',
    '## Details',
    '',
    ...results.flatMap((result) => details(result)),
    '',
  ].join('\n')
}

function title({ reached, title: text }) {
  return `${reached.toLocaleString('en')} ${text}`
}

function memoryRow({ reached, title: text, unit, heap, before, with: after, seconds, took }) {
  const bytes = (after.heap - before.heap + after.outside - before.outside) * 1e6
  return [
    reached.toLocaleString('en'),
    text,
    heap,
    ...[before.heap, after.heap, before.outside, after.outside].map((megabytes) => megabytes.toFixed(0)),
    `${(bytes / reached / 1000).toFixed(2)} per ${unit}`,
    seconds.toFixed(1),
    took,
  ]
}

function latencies({ before, with: after }, kind) {
  return ['p50', 'p99'].flatMap((name) => [before, after].map((state) => (state[kind][name] / 1000).toFixed(2)))
}

function details({ title: text, notes, problems, error }) {
  const lines = [...(notes ?? []), ...(error ? [`**failed:** ${error}`] : []), ...problems.map((problem) => `**wrong:** ${problem}`)]
  return lines.map((line) => `- ${text}: ${line}`)
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
