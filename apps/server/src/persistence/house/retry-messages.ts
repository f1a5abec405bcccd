import { type Mark, plus } from '@stayward/core'
import type { Change } from './house-context.ts'

export interface RetryInput {
  /** The booking by its source's id; every stay that is not over when absent. */
  readonly ref?: string
  /** Those too of which nobody can say whether they were sent: the guest may get them twice. */
  readonly doubtful: boolean
}

/**
 * Takes back messages that a channel did not take, so that what is still to be said is planned and sent anew. Resolves to
 * how many that were.
 */
export async function retryMessages(
  { em, tenantId, now, mark }: Change,
  { ref, doubtful }: RetryInput,
): Promise<number> {
  // Two days back, so that a stay whose last day is ending somewhere in the world still counts.
  const since = plus(now, -2 * 86_400_000).slice(0, 10)
  const taken = await em.execute<{ booking_id: string }[]>(
    `update message m set state = 'withdrawn', reason = 'Taken back by a person, to be tried again.'
     from booking b
     where m.tenant_id = ? and b.tenant_id = m.tenant_id and b.id = m.booking_id and m.state = any (?::text[])
       and (b.ref = ?::text or (?::text is null and (b.departure is null or b.departure >= ?::date)))
     returning m.booking_id`,
    [tenantId, doubtful ? '{refused,doubtful}' : '{refused}', ref ?? null, ref ?? null, since],
  )
  const bookings = Array.from(new Set(taken.map((row) => row.booking_id)))
  mark(bookings.map((key): Mark => ({ kind: 'messages', key, why: 'edit' })))
  return taken.length
}
