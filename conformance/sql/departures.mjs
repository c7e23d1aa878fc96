// Differences that an app sees between HTTP and a direct connection, with the reason. The affected comparisons name them;
// each allows one kind of difference at one place.

export const DEPARTURES = {
  emptyCommand: {
    reason: 'an empty query has no command tag, but over HTTP the tag is always a string',
    allows: ({ path, reference, candidate }) =>
      path.endsWith('.command') && reference === null && candidate === 'string:',
  },
  noSourcePlace: {
    reason: 'Hasten rejects it before it reaches PostgreSQL, so the error has no location in PostgreSQL’s source',
    allows: ({ path, candidate }) => /\.(file|line|routine)$/.test(path) && candidate === 'undefined',
  },
}
