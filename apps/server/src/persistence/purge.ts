import { type Instant, limits, plus } from '@stayward/core'
import type { Pool } from 'pg'

export interface PurgeOptions {
  /** The most rows of one kind and tenant that one transaction erases, so that nobody waits for it. */
  readonly batch?: number
}

/**
 * Erases what its retention time is over for: plain PINs a day after their codes are proven gone, webhooks, what they told and what came
 * of them and events after the tenant's own time, what changed of codes and what doors were ordered to do after 400 days. Small transactions, until nothing is left. Resolves to how many rows that were.
 */
export async function purge(pool: Pool, now: Instant, { batch = 500 }: PurgeOptions = {}): Promise<number> {
  let total = 0
  for (;;) {
    const { rows } = await pool.query<{ gone: number }>(
      'select retention_purge($1, $2, $3, $4) + event_purge($1, $4) + heard_purge($1, $4) + code_transition_purge($5, $6, $4) + door_opening_purge($5, $4) as gone',
      [
        now,
        plus(now, -limits.pinAfterRevoked),
        plus(now, -limits.pinCoolDown),
        batch,
        plus(now, -limits.auditKept),
        plus(now, -24 * limits.brake.per),
      ],
    )
    const gone = rows[0]?.gone ?? 0
    total += gone
    if (gone < batch) return total
  }
}
