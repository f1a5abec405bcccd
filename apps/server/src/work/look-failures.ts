import { AdapterError, LeaseLost, type Look } from '@stayward/core'
import { isDatabaseAway } from '../persistence/database-away.ts'
import type { HubMetrics } from '../telemetry/hub-metrics.ts'
import type { Log } from '../telemetry/log.ts'

/**
 * Puts the outcome of a look into log and metrics. A vendor or a database in the way is news for the operator, a lost
 * lease is none, and anything else is a bug of ours.
 */
export function lookFailures(log: Log, looks: HubMetrics['looks']): (look: Look, error: unknown) => void {
  return (look, error) => {
    const where = { kind: look.kind, tenant: look.tenantId, attempt: look.attempt }
    if (look.signal.aborted || error instanceof LeaseLost) {
      looks.add([look.kind, 'lost'])
      log.debug(where, 'A look ended because another process has its key now, or this one stops.')
    } else if (AdapterError.is(error)) {
      looks.add([look.kind, error.code])
      log.warn({ ...where, failure: error.code, remedy: error.remedy }, error.message)
    } else if (isDatabaseAway(error)) {
      looks.add([look.kind, 'database'])
      log.warn({ ...where, err: error }, 'A look ended because the database was away. It is tried again.')
    } else {
      looks.add([look.kind, 'bug'])
      log.error({ ...where, err: error }, 'A look failed in a way that is not foreseen. It is tried again.')
    }
  }
}
