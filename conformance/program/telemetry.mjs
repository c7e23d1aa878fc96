// Query events, spans and SQL comments.
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { op } from '../lib/operations.mjs'

/** The last query of a client, whose event shows that all earlier events have arrived. */
const LAST = 'select 1 as last_query'

/** Runs `use` with a client that emits events; returns the events without times. */
async function events({ client }, use, levels = ['query']) {
  const prisma = client({ log: [...new Set([...levels, 'query'])].map((level) => ({ emit: 'event', level })) })
  const seen = []
  const ended = new Promise((resolve) => {
    prisma.$on('query', ({ query }) => query.startsWith(LAST) && resolve())
  })
  for (const level of levels)
    prisma.$on(level, ({ timestamp, duration, ...event }) => {
      if (isOfTransport(event) || event.query?.startsWith(LAST)) return
      seen.push({
        level,
        ...event,
        timed: timestamp instanceof Date && !Number.isNaN(timestamp.getTime()) && (level !== 'query' || duration >= 0),
      })
    })
  const result = await use(prisma).catch((error) => error)
  await prisma.$queryRawUnsafe(LAST)
  await ended
  return [result, seen]
}

/** Clients without an engine log their HTTP calls. */
const isOfTransport = ({ message }) => /^(Calling http|Schema \(re\)uploaded|Attempt |Retrying after )/.test(message)

/** Runs `use` with tracing enabled; returns the tree of span names, kinds and attributes, without times. */
async function spans({ client, Instrumentation }, use) {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const instrumentation = new Instrumentation()
  const contexts = new AsyncLocalStorageContextManager()
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  context.setGlobalContextManager(contexts)
  try {
    const prisma = client()
    await prisma.$connect()
    await provider.getTracer('test').startActiveSpan('root', async (root) => {
      await use(prisma).catch(() => {})
      root.end()
    })
    await provider.forceFlush()
    return tree(exporter.getFinishedSpans())
  } finally {
    instrumentation.disable()
    context.disable()
    trace.disable()
  }
}

function tree(finished) {
  const children = (id) =>
    finished
      .filter((span) => span.parentSpanContext?.spanId === id)
      .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
      .map((span) => ({
        name: span.name,
        kind: span.kind,
        attributes: Object.fromEntries(Object.entries(span.attributes).sort()),
        links: span.links.length,
        children: children(span.spanContext().spanId),
      }))
  const root = finished.find((span) => span.name === 'root')
  return {
    oneTrace: finished.every(
      (span) => span.spanContext().traceId === root.spanContext().traceId || span.parentSpanContext === undefined,
    ),
    children: children(root.spanContext().spanId),
  }
}

/** Returns the text of the statement as PostgreSQL received it. */
const ownText = (prisma) => prisma.$queryRaw`select query from pg_stat_activity where pid = pg_backend_pid()`

export default [
  op(
    'query events of reads',
    (ctx) =>
      events(ctx, (prisma) =>
        prisma.user.findMany({
          where: { id: { in: [1, 2] }, name: { contains: 'a' } },
          include: { posts: { where: { views: { gt: 1 } } } },
          orderBy: { id: 'asc' },
        }),
      ),
    { variants: ['query', 'join'] },
  ),
  op('query events of writes', (ctx) =>
    events(ctx, async (prisma) => [
      await prisma.user.create({
        data: { email: 'e@x.test', tags: ['a', 'b"'], posts: { create: { title: 't', rating: '1.50' } } },
      }),
      await prisma.user.updateMany({ data: { version: { increment: 1 } } }),
      await prisma.bulk.upsert({ where: { id: 1 }, create: { id: 1, n: 1 }, update: { n: 2 } }),
      await prisma.comment.deleteMany({ where: { id: 1 } }),
    ]),
  ),
  op('query events of every type of parameter', (ctx) =>
    events(ctx, (prisma) =>
      prisma.scalar.create({
        data: {
          id: 70,
          str: 'q"\\\n😀',
          int: 1,
          big: 9007199254740993n,
          float: 1.5,
          dec: '1.10',
          bool: true,
          date: new Date('2024-05-06T07:08:09.123Z'),
          bytes: Buffer.from([1, 255]),
          json: { a: ['x'] },
          color: 'RED',
          role: 'ADMIN',
        },
      }),
    ),
  ),
  op('query events of list parameters', (ctx) =>
    events(ctx, (prisma) =>
      prisma.list.create({
        data: {
          id: 70,
          str: ['a', 'b"'],
          int: [1],
          big: [2n],
          dec: ['1.10'],
          bool: [true],
          date: [new Date(0)],
          bytes: [Buffer.from([1])],
          json: [{ a: 1 }],
          color: ['RED'],
        },
      }),
    ),
  ),
  op('query events of raw queries', (ctx) =>
    events(ctx, async (prisma) => [
      await prisma.$queryRaw`select ${1}::int as a, ${'x'} as b, ${[1, 2]}::int[] as c`,
      await prisma.$executeRaw`update "User" set age = ${3} where id = ${1}`,
    ]),
  ),
  op('query events of a transaction', (ctx) =>
    events(ctx, (prisma) =>
      prisma.$transaction(
        async (tx) => {
          await tx.user.count()
          await tx.user.update({ where: { id: 1 }, data: { age: 2 } })
        },
        { isolationLevel: 'Serializable' },
      ),
    ),
  ),
  op('query events of a nested transaction', (ctx) =>
    events(ctx, (prisma) => prisma.$transaction((tx) => tx.$transaction((inner) => inner.user.count()))),
  ),
  op('query events of a batch', (ctx) =>
    events(ctx, (prisma) =>
      prisma.$transaction([prisma.user.count(), prisma.user.findMany({ take: 1, orderBy: { id: 'asc' } })]),
    ),
  ),
  op('query events of failing queries', (ctx) =>
    events(ctx, async (prisma) => [
      await prisma.user.create({ data: { email: 'ada@x.test' } }).catch((error) => error),
      await prisma.$queryRaw`select 1/0`.catch((error) => error),
      await prisma.user.update({ where: { id: 999 }, data: { age: 1 } }).catch((error) => error),
    ]),
  ),
  op('query events of a chunked query', async (ctx) => {
    const [rows, seen] = await events(ctx, (prisma) =>
      prisma.bulk.findMany({
        where: { id: { in: Array.from({ length: 40_000 }, (_, i) => i) } },
        select: { id: true },
      }),
    )
    return [rows.length, seen.map(({ query, params }) => [query.length, params.length])]
  }),
  op('error, warn and info events', (ctx) =>
    events(
      ctx,
      async (prisma) => [
        await prisma.user.create({ data: { email: 'ada@x.test' } }).catch((error) => error.code),
        await prisma.$queryRaw`select`,
      ],
      ['error', 'warn', 'info'],
    ),
  ),

  op('spans of a read', (ctx) => spans(ctx, (prisma) => prisma.user.findMany({ include: { posts: true } })), {
    since: 6,
    variants: ['query', 'join'],
  }),
  op(
    'spans of a write',
    (ctx) =>
      spans(ctx, (prisma) => prisma.user.create({ data: { email: 's@x.test', posts: { create: { title: 't' } } } })),
    { since: 6 },
  ),
  op(
    'spans of a transaction',
    (ctx) =>
      spans(ctx, (prisma) =>
        prisma.$transaction(async (tx) => {
          await tx.user.count()
          await tx.post.count()
        }),
      ),
    { since: 6 },
  ),
  op(
    'spans of a batch',
    (ctx) => spans(ctx, (prisma) => prisma.$transaction([prisma.user.count(), prisma.post.count()])),
    { since: 6 },
  ),
  op('spans of a raw query', (ctx) => spans(ctx, (prisma) => prisma.$queryRaw`select 1 as a`), { since: 6 }),
  op(
    'spans of a failing query',
    (ctx) => spans(ctx, (prisma) => prisma.user.create({ data: { email: 'ada@x.test' } })),
    { since: 6 },
  ),

  op(
    'comments reach PostgreSQL',
    ({ client }) =>
      ownText(client({ comments: [() => ({ app: 'my app', 'key with space': 'it\'s 100% "q" /* */ ünï' })] })),
    { since: 7 },
  ),
  op(
    'comments of several plugins',
    ({ client }) =>
      ownText(
        client({
          comments: [
            () => ({ b: '2', a: '1' }),
            ({ query }) => ({ action: query.action, model: query.modelName ?? 'none', none: undefined }),
            () => ({}),
          ],
        }),
      ),
    { since: 7 },
  ),
  op('no comment without tags', ({ client }) => ownText(client({ comments: [() => ({ a: undefined }), () => ({})] })), {
    since: 7,
  }),
  op(
    'comments after a comment and a semicolon',
    async ({ client, outcome }) => {
      const prisma = client({ comments: [() => ({ k: 'v' })] })
      return [
        await outcome(() =>
          prisma.$queryRawUnsafe('select query from pg_stat_activity where pid = pg_backend_pid() -- end'),
        ),
        await outcome(() => prisma.$queryRawUnsafe('select query from pg_stat_activity where pid = pg_backend_pid();')),
        await outcome(() => prisma.$queryRawUnsafe('select 1 as a /* open')),
      ]
    },
    { since: 7 },
  ),
  op(
    'comments in query events',
    (ctx) =>
      events(
        {
          ...ctx,
          client: (options) => ctx.client({ ...options, comments: [({ query }) => ({ action: query.action })] }),
        },
        async (prisma) => [
          await prisma.user.findMany({ include: { posts: true }, orderBy: { id: 'asc' } }),
          await prisma.user.update({ where: { id: 1 }, data: { age: 1 } }),
          await Promise.all([1, 2].map((id) => prisma.user.findUnique({ where: { id }, select: { id: true } }))),
          await prisma.$transaction([prisma.user.count()]),
        ],
      ),
    { since: 7 },
  ),
  op(
    'comments in an interactive transaction',
    (ctx) =>
      events({ ...ctx, client: (options) => ctx.client({ ...options, comments: [() => ({ k: "v'1" })] }) }, (prisma) =>
        prisma.$transaction(async (tx) => [
          await tx.user.count(),
          await tx.$executeRaw`update "User" set age = 1 where id = 1`,
        ]),
      ),
    { since: 7 },
  ),
]
