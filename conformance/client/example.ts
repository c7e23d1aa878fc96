// Typical application code. It is type-checked in a folder next to the generated client.
import { hastenFetch, installHastenFetch, withHasten } from '@hasten/client'
import { hastenNeon } from '@hasten/client/neon'
import { PrismaClient } from '../query'

export async function example(url: string, ownFetch: typeof fetch) {
  const prisma = new PrismaClient({ accelerateUrl: url }).$extends(withHasten(url))
  const { data, info } = await prisma.user
    .findMany({ select: { email: true }, cacheStrategy: { ttl: 60, swr: 600, tags: ['users'] } })
    .withAccelerateInfo()
  const emails: string[] = data.map((user) => user.email)
  const status: 'ttl' | 'swr' | 'miss' | 'none' | null | undefined = info?.cacheStatus
  const { requestId }: { requestId: string } = await prisma.$accelerate.invalidate({ tags: ['users'] })
  await prisma.$accelerate.invalidateAll()
  // @ts-expect-error: User has no such field, so the types of the model are kept.
  await prisma.user.findMany({ where: { missing: 1 } })
  withHasten(url, { fetch: ownFetch })
  const asFetch: (input: string, init?: RequestInit) => Promise<Response> = hastenFetch(url)
  const undo: () => void = installHastenFetch(url)
  undo()
  const neon: { fetchEndpoint: string } = hastenNeon(url)
  return { emails, status, requestId, asFetch, neon }
}
