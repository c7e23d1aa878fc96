export { hastenFetch, installHastenFetch } from './fetch.js'
export { withHasten } from './prisma.js'
export type { Fetch, HastenOptions } from './types.js'
