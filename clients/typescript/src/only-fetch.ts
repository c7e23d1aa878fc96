export { hastenFetch, installHastenFetch } from './fetch.js'
export type { Fetch, HastenOptions } from './types.js'
