import type { RequestListener } from 'node:http'
import express, { type Express, type RequestHandler, type Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import { Problem } from '../problem.ts'
import { type Intake, intakePath } from '../intake/intake.ts'
import type { HubMetrics } from '../telemetry/hub-metrics.ts'
import type { Log } from '../telemetry/log.ts'
import { type Metrics, metricsContentType } from '../telemetry/metrics.ts'
import { accessLog, apiPrefix, intakeLog } from './access-log.ts'
import { problemAnswers } from './problem-answers.ts'
import { problemPages } from './problem-pages.ts'
import { clientOf, type ProxyTrust, type Trusts } from './proxy-trust.ts'
import type { Readiness } from './readiness.ts'

export interface AppOptions {
  readonly trustProxy: ProxyTrust
  readonly log: Log
  readonly metrics: Metrics
  readonly http: HubMetrics['http']
  readonly readiness: Readiness
  /** Absent in a process that only serves health and metrics (`work`). */
  readonly intake?: Intake
  /** What `/api/v1` answers. */
  readonly api?: Router
}

/** Per client and minute. A console of a busy office stays far below; a loop that went wild does not. */
const apiRequests = 600
/** Refused keys per client and minute. */
const refusedKeys = 30

/**
 * The hub's routes in their order. Webhooks come first and pass nothing else: no parser, no helmet, no scope, and not even
 * express, because vendors send them by the thousand and count only a quick 200.
 */
export function createApp({ trustProxy, log, metrics, http, readiness, intake, api }: AppOptions): RequestListener {
  const app = express()
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing')
  app.set('trust proxy', typeof trustProxy === 'object' ? [...trustProxy] : trustProxy)
  app.set('query parser', 'simple')

  app.use(accessLog(log, http))
  app.get('/livez', (_req, res) => {
    res.json({ live: true })
  })
  app.get('/readyz', async (_req, res) => {
    const state = await readiness()
    res.status(state.ready ? 200 : 503).json(state)
  })
  app.get('/metrics', async (_req, res) => {
    res.type(metricsContentType).send(await metrics.render())
  })
  app.use(helmet())
  app.get('/problems/:code', problemPages())
  if (api) app.use(apiPrefix, ...limits(), express.json({ limit: '64kb', strict: true }), api)
  app.use(() => {
    throw new Problem('not-found')
  })
  app.use(problemAnswers(log))
  return intake ? webhooksFirst(intake, app, log, http) : app
}

function webhooksFirst(intake: Intake, app: Express, log: Log, http: AppOptions['http']): RequestListener {
  const logged = intakeLog(log, http)
  const trusts = app.get('trust proxy fn') as Trusts // what express makes of the setting `trust proxy`
  return (req, res) => {
    if (!req.url?.startsWith(intakePath)) {
      app(req, res)
      return
    }
    logged(req, res)
    intake.handle(req, res, ipKeyGenerator(clientOf(req, trusts))).catch((error: unknown) => {
      log.error({ err: error }, 'A delivery could not be answered; this is a bug.')
      res.destroy()
    })
  }
}

function limits(): RequestHandler[] {
  const common = {
    windowMs: 60_000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // It writes to the console when a proxy is not configured; `stayward doctor` says it better.
    validate: { xForwardedForHeader: false },
    handler: (_req, _res, next) => next(new Problem('too-many-requests', { retryAfter: 60 })),
  } satisfies Parameters<typeof rateLimit>[0]
  const refused = {
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode !== 401,
  } satisfies Parameters<typeof rateLimit>[0]
  return [
    rateLimit({ ...common, limit: apiRequests, identifier: 'requests' }),
    rateLimit({ ...common, ...refused, limit: refusedKeys, identifier: 'refused-keys' }),
  ]
}
