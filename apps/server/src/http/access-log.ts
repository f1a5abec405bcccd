import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, RequestHandler } from 'express'
import type { HubMetrics } from '../telemetry/hub-metrics.ts'
import type { Log } from '../telemetry/log.ts'

/** Where the API is mounted. */
export const apiPrefix = '/api/v1'
const intakePattern = '/api/webhooks/:adapter/t/:tenantSlug/:token'

/** One line per answered request, with the route's pattern: an address may hold a token or a name, a pattern cannot. */
export function accessLog(log: Log, http: HubMetrics['http']): RequestHandler {
  return (req, res, next) => {
    const start = performance.now()
    res.once('close', () => record(log, 'info', http, req, res, patternOf(req), start))
    next()
  }
}

/** The same for webhooks, at `debug` when all went well: a storm must not be a storm of lines. */
export function intakeLog(log: Log, http: HubMetrics['http']): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const start = performance.now()
    res.once('close', () => {
      record(log, res.statusCode === 200 ? 'debug' : 'info', http, req, res, intakePattern, start)
    })
  }
}

function record(
  log: Log,
  level: 'debug' | 'info',
  http: HubMetrics['http'],
  req: IncomingMessage,
  res: ServerResponse,
  route: string,
  start: number,
): void {
  const ms = performance.now() - start
  // 499: the caller hung up before there was an answer.
  const status = res.writableFinished ? res.statusCode : 499
  const method = methods.has(req.method ?? '') ? (req.method ?? '') : 'OTHER'
  http.observe([method, route, String(status)], ms / 1000)
  if (log.isLevelEnabled(level)) log[level]({ method, route, status, ms: Math.round(ms * 10) / 10 }, 'request')
}

/** Anything may be sent as a method; only these become a label. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function patternOf(req: Request): string {
  const route: unknown = req.route // express types it as any
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined
  if (typeof path !== 'string') return '(none)'
  // Not `req.baseUrl`: express has set that back when a route threw.
  return req.originalUrl.startsWith(`${apiPrefix}/`) ? `${apiPrefix}${path}` : path
}
