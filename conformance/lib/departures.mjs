// What Hasten answers to clients of Prisma 6 and 5 otherwise than the engines of these versions, each with the reason. These
// operations are not compared; they only have to do what they announce. docs/differences.md tells users.

/** Pairs of the titles concerned and the reason. */
export const DEPARTURES = [
  [/^telemetry\/query events/, 'parameters in events are JSON, failed statements have no event, COMMIT comes with its answer'],
  [/^telemetry\/spans/, 'spans are those of Prisma 7'],
  [/^errors\/P2002 of a unique index on an expression/, 'the engine cuts the expression at its parenthesis'],
  [/^errors\/P2022 missing column/, 'the adapter loses the name of the column'],
  [/^errors\/P2023 inconsistent data/, 'the words of Prisma 7'],
  [/^errors\/errors of every SQLSTATE class/, 'rare codes in the words of Prisma 7'],
  [/^json\/(numbers beyond double|unpaired surrogate)/, 'JSON has no infinity; half a character is replaced'],
  [/^large\/notIn with 40,000 values/, 'PostgreSQL takes 65,535 parameters'],
  [/^lists\/all lists of all rows/, 'JSON has no NaN and no infinity'],
  [/^lists\/multi-dimensional arrays/, 'the words of Prisma 7'],
  [/^native-types\/Real special values/, 'the engine rounds'],
  [/^scalars\/floats/, 'the engine rounds to 16 digits'],
  [/^raw\/texts/, 'the type `name` is read'],
  [/^transactions\/maxWait exceeded/, 'the pool of the adapter waits for ever'],
  [/^transactions\/an isolation level that PostgreSQL lacks/, 'it is refused before PostgreSQL sees it'],
  [/^transactions\/P2034 deadlock/, 'the engine has no code for a deadlock'],
]

/** What is more of them for Prisma 5, whose engine and adapter are older. */
export const DEPARTURES_OF_5 = [
  ...DEPARTURES,
  [/^aggregates\/(aggregate|averages|group by one)/, 'the engine rounds to 16 digits'],
  [/^aggregates\/(sum of bigints|average of decimals with NaN)/, 'the adapter does not read these'],
  [/^errors\/P2025 update, delete and upsert/, 'one text of a nested create has other words'],
  [/^native-types\/(24:00:00|Real)/, 'the adapter does not read or rounds these'],
  [/^pagination\/distinct/, 'the engine takes pages before it drops duplicates'],
  [/^raw\/(numerics|dates and times|arrays)/, 'the adapter does not read these'],
  [/^relations\/a dangling foreign key of a required relation/, 'the compiler of Prisma 7 makes no error of it'],
  [/^scalars\/(all columns|dates given as text)/, 'the adapter does not read these'],
  [/^writes\/(increment, decrement|updateMany)/, 'the engine rounds to 16 digits'],
]
