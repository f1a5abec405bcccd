import * as z from 'zod'
import type { DoorDesk } from '../persistence/door-desk.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'
import * as schema from './schemas.ts'

/** Doors that are opened on a person's word, and who had them opened. Only for keys that may. */
export function doorRoutes(doors: DoorDesk): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/doors/{id}/open',
      id: 'openDoor',
      summary:
        'Has a door opened, once, now. The same key again is answered as the first time, and the door is not opened again',
      params: z.object({ id: z.string().max(100).meta({ description: 'The door’s id or its short name.' }) }),
      body: z.object({
        why: z
          .string()
          .trim()
          .min(3)
          .max(300)
          .meta({ description: 'For the ledger.', example: 'Guest locked out, called at 23:10' }),
        key: z.string().min(8).max(100).meta({ description: 'Your own name for this one order: a random UUID.' }),
        at: z
          .string()
          .min(1)
          .max(100)
          .exactOptional()
          .meta({ description: 'Which of the intercom’s doors, where it opens several.', example: '1' }),
      }),
      refuses: [403, 409],
      answer: z.object({ opening: schema.doorOpening, again: z.boolean() }),
      handle: async ({ caller, params: { id }, body: { why, key, at } }) => {
        if (!caller.openDoors) throw notAllowed()
        const order = { door: id, by: `API key ${caller.keyId}`, why, key, ...(at === undefined ? {} : { at }) }
        const result = await doors.open(caller.tenantId, order)
        if (result.status === 'given') return { opening: result.opening, again: result.again }
        const { status, text, remedy } = result
        throw new Problem(status === 'no-door' ? 'not-found' : status, { detail: `${text} ${remedy}` })
      },
    }),
    defineRoute({
      method: 'get',
      path: '/doors/openings',
      id: 'listDoorOpenings',
      summary: 'Who had which door opened, why, and what came of it; newest first, kept for 400 days',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
      refuses: [403],
      answer: z.object({ items: z.array(schema.doorOpening) }),
      handle: async ({ caller, query: { limit } }) => {
        if (!caller.openDoors) throw notAllowed()
        return { items: [...(await doors.openings(caller.tenantId, limit))] }
      },
    }),
  ]
}

const notAllowed = () => new Problem('not-allowed', { detail: 'It takes a key made with --open-doors.' })
