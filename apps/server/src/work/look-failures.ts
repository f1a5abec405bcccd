import { AdapterError, LeaseLost, type Look } from '@stayward/core'
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

/** SQLSTATE classes of a server that goes down or has no room, and what sockets say; pg's own two have no code. */
function isDatabaseAway(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && /^(?:(?:08|53|57|58)\w{3}|25006|ECONN\w+|EPIPE)$/.test(at.code))
      return true
    if (/^(?:Connection terminated|timeout exceeded when trying to connect)/.test(at.message)) return true
  }
  return false
}
