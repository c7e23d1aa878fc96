// Operations for which Hasten's response to clients of Prisma 6 and 5 differs from that of the engines of these versions,
// each with the reason. These operations are not compared; they only have to succeed or fail as declared. Users find the
// differences in docs/differences.md.

/** Pairs of a pattern for titles and the reason. */
export const DEPARTURES = [
  [/^telemetry\/query events/, 'parameters in events are JSON, failed statements have no event, the event of COMMIT comes with its response'],
  [/^telemetry\/spans/, 'spans are those of Prisma 7'],
  [/^enums\/cast in raw SQL|^raw\/arrays$/, 'arrays of enums are lists, as from the native engine'],
  [/^errors\/(P2010 executeRaw|P2011 not null)|^raw\/(integers|errors of the server)/, 'the texts of the native engine'],
  [/^raw\/a parameter of undecidable type/, 'values have types, as with the native engine'],
  [/^errors\/P2002 of a unique index on an expression/, 'the engine cuts the expression at its parenthesis'],
  [/^errors\/P2022 missing column/, 'the adapter loses the name of the column'],
  [/^errors\/P2023 inconsistent data/, 'the message of Prisma 7'],
  [/^errors\/errors of every SQLSTATE class/, 'rare codes have the messages of Prisma 7'],
  [/^json\/(numbers beyond double|unpaired surrogate)/, 'JSON has no infinity; an unpaired surrogate is replaced'],
  [/^large\/notIn with 40,000 values/, 'PostgreSQL accepts at most 65,535 parameters'],
  [/^lists\/all lists of all rows/, 'JSON has no NaN and no infinity'],
  [/^lists\/multi-dimensional arrays/, 'the message of Prisma 7'],
  [/^native-types\/Real special values/, 'the engine rounds'],
  [/^scalars\/floats/, 'the engine rounds to 16 digits'],
  [/^raw\/texts/, 'the type `name` is read'],
  [/^transactions\/maxWait exceeded/, 'the adapter’s pool waits forever'],
  [/^transactions\/an isolation level that PostgreSQL lacks/, 'Hasten rejects it before it reaches PostgreSQL'],
  [/^transactions\/P2034 deadlock/, 'the engine has no code for a deadlock'],
]

/** Additional departures for Prisma 5, whose engine and adapter are older. */
export const DEPARTURES_OF_5 = [
  ...DEPARTURES,
  [/^aggregates\/(aggregate|averages|group by one)/, 'the engine rounds to 16 digits'],
  [/^aggregates\/(sum of bigints|average of decimals with NaN)/, 'the adapter does not read these'],
  [/^errors\/P2025 update, delete and upsert/, 'one message of a nested create is different'],
  [/^native-types\/(24:00:00|Real)/, 'the adapter cannot read these, or rounds them'],
  [/^pagination\/distinct/, 'the engine paginates before it removes duplicates'],
  [/^raw\/(numerics|dates and times|arrays)/, 'the adapter does not read these'],
  [/^relations\/a dangling foreign key of a required relation/, 'the compiler of Prisma 7 does not report it as an error'],
  [/^scalars\/(all columns|dates given as text)/, 'the adapter does not read these'],
  [/^writes\/(increment, decrement|updateMany)/, 'the engine rounds to 16 digits'],
]
