import { adoptionRefusals } from '@stayward/core'
import * as z from 'zod'
import type { CodeDesk } from '../persistence/code-desk.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'
import * as schema from './schemas.ts'

/** Codes that somebody changed or made on their device, and a person's word about them. */
export function codeRoutes(codes: CodeDesk): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/codes/changed',
      id: 'listChangedCodes',
      summary:
        'Codes that somebody changed outside the hub and that are not simply put right; what waits for a word first',
      answer: z.object({ items: z.array(schema.changedCode) }),
      handle: async ({ caller }) => ({
        items: (await codes.changed(caller.tenantId)).map((code) => ({ ...code, what: [...code.what] })),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/codes/{id}/decision',
      id: 'decideChangedCode',
      summary:
        'Puts a code right that somebody had changed, or lets it stand. The same word again is answered as the first time',
      params: z.object({ id: z.string().max(100) }),
      body: z.object({ decision: z.enum(['restore', 'accept']) }),
      refuses: [409],
      answer: z.object({ id: z.string(), decision: z.enum(['restore', 'accept']) }),
      handle: async ({ caller, params: { id }, body: { decision } }) => {
        if (!(await codes.decide(caller.tenantId, id, decision)))
          throw new Problem('nothing-to-decide', { detail: 'Read /codes/changed: it lists what can be decided now.' })
        return { id, decision }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/codes/foreign',
      id: 'listForeignCodes',
      summary: 'Codes on the doors that the hub did not make and does not touch. Any of them can be given to a booking',
      answer: z.object({ items: z.array(schema.foreignCode) }),
      handle: async ({ caller }) => ({
        items: (await codes.handMade(caller.tenantId)).map(({ waitsFor, ...code }) => ({
          ...code,
          ...(waitsFor === undefined ? {} : { waitsForBooking: waitsFor }),
        })),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/codes/foreign/{id}/adopt',
      id: 'adoptForeignCode',
      summary:
        'Gives a code that somebody made by hand to a booking: it keeps its PIN, gets the dates of the stay and ends with it. What becomes of that is on the booking’s timeline, and where it cannot be, or its PIN is easily guessed, an alert of the kind `adoption`',
      params: z.object({ id: z.string().max(200) }),
      body: z.object({ booking: schema.id.meta({ description: 'Its id in the hub.' }) }),
      refuses: [409],
      answer: z.object({ id: z.string(), booking: schema.id }),
      handle: async ({ caller, params: { id }, body: { booking } }) => {
        const answer = await codes.adopt(caller.tenantId, id, booking)
        if (answer === 'asked') return { id, booking }
        const { text, remedy } = adoptionRefusals[answer]
        throw new Problem('not-adopted', { detail: `${text} ${remedy}` })
      },
    }),
  ]
}
