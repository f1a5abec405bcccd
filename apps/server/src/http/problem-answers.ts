import type { ErrorRequestHandler } from 'express'
import { isDatabaseAway } from '../persistence/database-away.ts'
import { detailsOf, Problem, problems } from '../problem.ts'
import type { Log } from '../telemetry/log.ts'

/** Turns whatever was thrown into problem details. What is not ours is a bug: logged, and told without its words. */
export function problemAnswers(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const problem = problemOf(error)
    if (problem.code === 'internal-error') log.error({ err: error }, 'A request failed; this is a bug.')
    if (problem.code === 'unavailable')
      log.warn({ err: error }, 'A request could not be answered: the database is away.')
    if (res.headersSent) {
      next(error)
      return
    }
    const details = detailsOf(problem)
    const [status] = problems[problem.code]
    if (problem.retryAfter !== undefined) res.set('retry-after', String(problem.retryAfter))
    if (status === 401) res.set('www-authenticate', 'Bearer')
    // By hand, so that a 404 has the same head everywhere: express would add a charset.
    res.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
    res.end(JSON.stringify(details))
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return new Problem('internal-error')
  const { type } = error as { type?: unknown } // set by body-parser
  switch (type) {
    case 'entity.too.large':
      return new Problem('too-large', { detail: 'At most 64 kB.' })
    case 'entity.parse.failed':
      return new Problem('invalid-request', { detail: 'The body is not JSON.' })
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem('not-json', { detail: 'Send JSON in UTF-8.' })
    case 'request.aborted':
    case 'request.size.invalid':
      return new Problem('invalid-request', { detail: 'The body was cut off.' })
    default:
  }
  if (error instanceof URIError)
    return new Problem('invalid-request', { detail: 'The address is not encoded correctly.' })
  return isDatabaseAway(error) ? new Problem('unavailable', { retryAfter: 5 }) : new Problem('internal-error')
}
