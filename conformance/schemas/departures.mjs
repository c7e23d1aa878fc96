// Operations that a reference cannot run, so that Hasten is only compared with the others.

const RESTRICT =
  'with relationMode = "prisma", the official executor fails with 500 if several records are checked for a relation with ' +
  'Restrict (docs/differences.md)'

/** Pairs of a pattern for titles and the reasons by reference, as `flawed` of lib/operations.mjs. */
export const DEPARTURES = [
  [/^network\/(Event|Story|Transfer)\/update many$/, { executor7: RESTRICT }],
  [/^network\/(Group|Wallet)\/update of a key$/, { executor7: RESTRICT }],
]
