// Generates all clients of a version: node generate.mjs [--prisma 7]. Programs that use them also generate them, but two that
// run at the same time cannot.
import { parseArgs } from 'node:util'
import { loadGeneration } from './compare.mjs'

const { values } = parseArgs({ options: { prisma: { type: 'string', default: '7' } } })
const generation = await loadGeneration(values.prisma)
await generation.generate()
