import type { Instant } from '@stayward/core'
import type { Pool } from 'pg'
import type { QueueReading } from '../telemetry/hub-metrics.ts'

/** Reads what is due or failing through the indexes of both; parked timers, however many, are not counted. */
export async function readQueue(pool: Pool, now: Instant): Promise<readonly QueueReading[]> {
  const { rows } = await pool.query<{ kind: string; waiting: string; failing: string; oldest: string }>(
    `select kind, count(*) filter (where ready and lease_owner is null) as waiting, count(*) filter (where attempt > 0) as failing,
       coalesce(extract(epoch from $1::timestamptz - min(wake_at) filter (where ready and lease_owner is null)), 0) as oldest
     from work where (ready and lease_owner is null) or attempt > 0 group by kind`,
    [now],
  )
  return rows.map(({ kind, waiting, failing, oldest }) => ({
    kind,
    waiting: Number(waiting),
    backingOff: Number(failing),
    oldestDue: Math.max(0, Number(oldest)),
  }))
}
