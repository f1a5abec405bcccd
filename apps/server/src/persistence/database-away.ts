/**
 * True when the database could not be asked, as opposed to having said no: SQLSTATE 08 connection, 53 no resources, 57
 * shutting down or cancelled, 58 system error, 25006 read only (a replica during fail-over); what sockets say; and what pg
 * and its pool say of a connection that is gone, which has no code.
 */
export function isDatabaseAway(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (awayCodes.test(codeOf(at) ?? '')) return true
    if (awayWords.test(at.message)) return true
  }
  return false
}

const awayCodes =
  /^(?:(?:08|53|57|58)\w{3}|25006|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const awayWords =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect)/

/** What Node and PostgreSQL call an error, where they gave it a code: `ECONNREFUSED`, `57P01`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
