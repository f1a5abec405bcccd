import * as z from 'zod'
import type { RestoreDesk } from '../persistence/memory/restore-desk.ts'
import { defineRoute, type Route } from './route.ts'
import { instant } from './schemas.ts'

const lines = z.array(z.object({ ref: z.string(), text: z.string() }))

/**
 * Whether the database was set back, and what was found of this tenant. Confirming is the operator's, of the whole server,
 * and no tenant's key can do it.
 */
export function restoreRoute(desk: RestoreDesk): Route {
  return defineRoute({
    method: 'get',
    path: '/restore',
    id: 'readRestore',
    summary: 'Whether the database was set back, what time it has forgotten, and what was found since',
    answer: z.object({
      state: z.enum(['whole', 'restoring', 'confirmed']),
      cause: z.enum(['behind', 'older-epoch', 'file-missing', 'copied']).exactOptional(),
      noticedAt: instant.exactOptional(),
      from: instant.exactOptional(),
      until: instant.exactOptional(),
      confirmedAt: instant.exactOptional(),
      found: z
        .object({
          adopted: lines.meta({ description: 'Stays that got the codes of the lost time back, with their PINs.' }),
          perhapsTold: lines.meta({ description: 'What guests may have been told, and is not sent by itself.' }),
          waiting: lines.meta({ description: 'Stays for which no code is made before a person has confirmed.' }),
          strays: z.array(z.object({ device: z.string(), codes: z.int() })),
          unread: z.array(z.string()).meta({ description: 'What has not been read since.' }),
        })
        .exactOptional(),
    }),
    handle: async ({ caller }) => {
      const now = await desk.state()
      if (now.state === 'whole') return { state: now.state }
      const { state, cause, at: noticedAt, from, until, confirmedAt } = now
      const found = await desk.findings(caller.tenantId, now)
      return {
        state,
        cause,
        noticedAt,
        from,
        until,
        ...(confirmedAt === undefined ? {} : { confirmedAt }),
        found: {
          adopted: [...found.adopted],
          perhapsTold: [...found.perhapsTold],
          waiting: [...found.waiting],
          strays: [...found.strays],
          unread: [...found.unread],
        },
      }
    },
  })
}
