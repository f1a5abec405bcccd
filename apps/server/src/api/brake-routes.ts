import * as z from 'zod'
import type { BrakeDesk } from '../persistence/brake-desk.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'
import * as schema from './schemas.ts'

const listName = z
  .string()
  .min(1)
  .max(20)
  .meta({ description: 'The name of the list as it was shown.', example: '1s6b2k0q8x3zt' })

/** What the brake holds, and a person's word about it. The list's name is the idempotency key of a decision. */
export function brakeRoutes(brake: BrakeDesk): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/brake',
      id: 'listHeldStays',
      summary: 'Stays that keep their codes until a person has decided, one list per booking connection',
      answer: z.object({ items: z.array(schema.heldList) }),
      handle: async ({ caller }) => ({
        items: (await brake.lists(caller.tenantId)).map((one) => ({ ...one, stays: [...one.stays] })),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/brake/decisions',
      id: 'decideHeldStays',
      summary:
        'Approves or refuses exactly one list. The same word about the same list again is answered as the first time',
      body: z.object({ list: listName, decision: z.enum(['approve', 'refuse']) }),
      refuses: [409],
      answer: z.object({ list: z.string(), decision: z.enum(['approve', 'refuse']), stays: z.int() }),
      handle: async ({ caller, body: { list, decision } }) => {
        const stays = await brake.decide(caller.tenantId, list, decision === 'approve')
        if (stays === undefined)
          throw new Problem('list-changed', {
            detail: 'Read /brake again: what waits now may be another list, or none.',
          })
        return { list, decision, stays }
      },
    }),
  ]
}
