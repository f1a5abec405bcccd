import type { Clock } from '@stayward/core'
import type { Pool } from 'pg'
import { purge } from '../persistence/purge.ts'
import type { Log } from '../telemetry/log.ts'

const every = 10 * 60_000

/** Erases what its retention time is over for, now and then; a run that fails is tried again at the next. */
export function startUpkeep({ pool, clock, log }: { readonly pool: Pool; readonly clock: Clock; readonly log: Log }): {
  stop(): void
} {
  const timer = setInterval(() => {
    purge(pool, clock.now()).catch((error: unknown) =>
      log.warn({ err: error }, 'Old data could not be erased; it is tried again.'),
    )
  }, every)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
