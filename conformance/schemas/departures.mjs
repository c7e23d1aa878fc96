// Operations that a reference cannot run, so that Hasten is only compared with the others.

const ONE_TO_ONE =
  'with relationMode = "prisma", the official executor fails with 500 if several records are found for a one-to-one ' +
  'relation (docs/differences.md)'

const REQUIRED =
  'with relationMode = "prisma", the engine of Prisma 6 refuses to return a record whose required relation does not exist ' +
  '(docs/differences.md)'

const ERRORS = 'its errors have the form of Prisma 7'

/** Pairs of a pattern for titles and the reasons by reference, as `flawed` of lib/operations.mjs. */
export const DEPARTURES = [
  [/^network\/(Event|Story|Transfer)\/update many$/, { executor7: ONE_TO_ONE }],
  [/^network\/(Group|Wallet)\/update of a key$/, { executor7: ONE_TO_ONE }],
  [/^network\/(Album|Conversation)\/delete( many)?( participants)?$/, { executor7: ONE_TO_ONE }],
  [/^network\/User\/delete many albums$/, { executor7: ONE_TO_ONE }],
  [/^network\/(ReadMark|ChatReaction|AdvertDay)\/update of a key$/, { engine6: REQUIRED, client6: ERRORS }],
]
