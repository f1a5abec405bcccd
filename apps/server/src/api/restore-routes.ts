import * as z from 'zod'
import type { RestoreDesk } from '../persistence/memory/restore-desk.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'
import { instant, moment } from './schemas.ts'

const lines = z.array(z.object({ ref: z.string(), text: z.string() }))
const found = z.object({
  adopted: lines.meta({ description: 'Stays that got the codes of the lost time back, with their PINs.' }),
  perhapsTold: lines.meta({ description: 'What guests may have been told, and is not sent by itself.' }),
  waiting: lines.meta({ description: 'Stays for which no code is made before a person has confirmed.' }),
  strays: z.array(z.object({ device: z.string(), codes: z.int() })),
  unread: z.array(z.string()).meta({ description: 'What has not been read since.' }),
})
const elsewhere = z
  .object({
    tenants: z.int(),
    adopted: z.int(),
    perhapsTold: z.int(),
    waiting: z.int(),
    strays: z.int().meta({ description: 'Codes on doors that no stay has claimed.' }),
    unread: z
      .int()
      .meta({ description: 'Connections and devices that have not been read since: better wait for them.' }),
  })
  .meta({ description: 'The same of the other tenants, in numbers. Only for a key that may confirm.' })

/**
 * Whether the database was set back, and what was found of this tenant. Confirming is the operator's, of the whole server:
 * it takes a key to which the operator gave that right.
 */
export function restoreRoutes(desk: RestoreDesk): readonly Route[] {
  return [
    defineRoute({
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
        found: found.exactOptional(),
        elsewhere: elsewhere.exactOptional(),
      }),
      handle: async ({ caller: { tenantId, confirmRestores } }) => {
        const now = await desk.state()
        if (now.state === 'whole') return { state: now.state }
        const { state, cause, at: noticedAt, from, until, confirmedAt } = now
        const own = await desk.findings(tenantId, now)
        return {
          state,
          cause,
          noticedAt,
          from,
          until,
          ...(confirmedAt === undefined ? {} : { confirmedAt }),
          found: {
            adopted: [...own.adopted],
            perhapsTold: [...own.perhapsTold],
            waiting: [...own.waiting],
            strays: [...own.strays],
            unread: [...own.unread],
          },
          ...(confirmRestores ? { elsewhere: await desk.elsewhere(tenantId, now) } : {}),
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/restore/confirm',
      id: 'confirmRestore',
      summary:
        'Says, for the whole server, that the database which was set back is right: the hub goes on. The same word again is answered as the first time',
      body: z.object({
        from: moment.meta({ description: 'The lost time as GET /restore shows it.' }),
        until: moment.meta({ description: 'When more was found to be lost since, nothing is confirmed.' }),
      }),
      refuses: [403, 409],
      answer: z.object({ state: z.literal('confirmed'), from: instant, until: instant, confirmedAt: instant }),
      handle: async ({ caller, body: { from, until } }) => {
        if (!caller.confirmRestores)
          throw new Problem('not-allowed', { detail: 'It takes a key made with --confirm-restores.' })
        await desk.confirm({ from, until, by: `API key ${caller.keyId}` })
        const now = await desk.state()
        if (now.state === 'whole' || now.from !== from || now.until !== until || now.confirmedAt === undefined)
          throw new Problem('nothing-to-confirm', { detail: 'Read /restore: it shows what waits now, if anything.' })
        return { state: 'confirmed' as const, from, until, confirmedAt: now.confirmedAt }
      },
    }),
  ]
}
