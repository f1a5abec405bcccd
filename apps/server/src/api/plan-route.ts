import type { PreviewLine, PreviewScope } from '@stayward/core'
import * as z from 'zod'
import type { ReadModel } from '../persistence/reads/read-model.ts'
import { previewScope, syncWhat, withRefs } from '../persistence/reads/sync-scope.ts'
import { Problem } from '../problem.ts'
import { defineRoute, type Route } from './route.ts'
import * as schema from './schemas.ts'

/** What the next looks of a tenant would do. Aborts at the signal. */
export type Preview = (tenantId: string, scope: PreviewScope, signal: AbortSignal) => Promise<readonly PreviewLine[]>

/** Milliseconds that a caller waits at most: every device is read at its vendor. */
const patience = 120_000

export function planRoute({ model, preview }: { readonly model: ReadModel; readonly preview: Preview }): Route {
  return defineRoute({
    method: 'post',
    path: '/plan',
    id: 'previewPlan',
    summary: 'What the next looks would do, without doing it: reads at the vendors, writes and stores nothing',
    body: z.object({
      booking: z.string().max(100).exactOptional().meta({ description: 'Its id, or the booking system’s own.' }),
      device: z.string().max(200).exactOptional().meta({ description: 'Its id or its name.' }),
      all: z.literal(true).exactOptional(),
    }),
    answer: schema.plan,
    handle: async ({ caller, body }) => {
      const what = syncWhat(body)
      if (!what) throw new Problem('invalid-request', { detail: 'Give one of "booking", "device" and "all".' })
      const found = await model.syncScope(caller.tenantId, what)
      if (!found) throw new Problem('not-found', { detail: 'No booking or device of this tenant is called so.' })
      const lines = await within(patience, (signal) => preview(caller.tenantId, previewScope(found), signal))
      return { steps: withRefs(lines, found) }
    },
  })
}

async function within<Result>(milliseconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(milliseconds)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new Problem('unavailable', {
      detail: 'Reading the devices took more than two minutes. Ask for one booking or device, or use the command line.',
    })
  }
}
