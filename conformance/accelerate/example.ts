// Typical application code. The verification type-checks this file against the extension's own types.
import { withAccelerate } from '@prisma/extension-accelerate'
import { accelerateFetch } from '../../clients/typescript/accelerate-fetch'
import { PrismaClient } from '../prisma7/generated/query'

export async function example(accelerateUrl: string, ownFetch: typeof fetch) {
  const prisma = new PrismaClient({ accelerateUrl }).$extends(withAccelerate({ fetch: accelerateFetch(accelerateUrl) }))
  const { data, info } = await prisma.user
    .findMany({ select: { email: true }, cacheStrategy: { ttl: 60, swr: 600, tags: ['users'] } })
    .withAccelerateInfo()
  const emails: string[] = data.map((user) => user.email)
  const status: 'ttl' | 'swr' | 'miss' | 'none' | undefined = info?.cacheStatus
  const { requestId }: { requestId: string } = await prisma.$accelerate.invalidate({ tags: ['users'] })
  await prisma.$accelerate.invalidateAll()
  withAccelerate({ fetch: accelerateFetch(accelerateUrl, ownFetch) })
  const asFetch: (input: string, init?: RequestInit) => Promise<Response> = accelerateFetch(accelerateUrl)
  return { emails, status, requestId, asFetch }
}
