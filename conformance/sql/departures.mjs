// What an app sees otherwise over HTTP than over a direct connection, with the reason. Each is named by the comparisons that it
// concerns, and allows one kind of difference at one place.

export const DEPARTURES = {
  emptyCommand: {
    reason: 'an empty query has no command tag, and over HTTP a tag is a text',
    allows: ({ path, reference, candidate }) =>
      path.endsWith('.command') && reference === null && candidate === 'string:',
  },
  noSourcePlace: {
    reason: 'Hasten refuses it before PostgreSQL sees it, so that no place in PostgreSQL’s source has raised it',
    allows: ({ path, candidate }) => /\.(file|line|routine)$/.test(path) && candidate === 'undefined',
  },
}
