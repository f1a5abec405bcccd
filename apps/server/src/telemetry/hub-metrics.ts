import type { Counter, Histogram, Metrics, Sample } from './metrics.ts'

/** What the hub counts about itself. Dashboards rely on names and labels: they do not change. */
export interface HubMetrics {
  /** `adapter` (`unknown` when none), `verdict`. */
  readonly deliveries: Counter
  /** `kind`, `outcome`. */
  readonly looks: Counter
  /** Seconds, by `method`, `route` pattern and `status`. */
  readonly http: Histogram
}

/** How much waits, as the queue sees it; tenants are summed up. */
export interface QueueReading {
  readonly kind: string
  readonly waiting: number
  /** Failed and waiting for their next try. */
  readonly backingOff: number
  /** Seconds since the longest waiting key became due. */
  readonly oldestDue: number
}

export interface GaugeSources {
  /** Absent in a process that has no database yet. */
  readonly queue?: () => Promise<readonly QueueReading[]>
  readonly openAlerts?: () => Promise<readonly { readonly kind: string; readonly count: number }[]>
  /** Changes of bookings in the last day that no webhook had announced. */
  readonly unannounced?: () => Promise<
    readonly { readonly adapter: string; readonly connection: string; readonly count: number }[]
  >
  /** Deliveries accepted from vendors and not yet stored. */
  readonly intakeWaiting?: () => number
  /** The database was set back and nobody has confirmed it. */
  readonly restoring?: () => boolean
  /** Milliseconds that this machine's clock is ahead of the database's. */
  readonly clockAhead?: () => number
}

/** Seconds. A delivery is answered within milliseconds; a page that takes longer than 10 s is broken anyway. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function hubMetrics(metrics: Metrics, sources: GaugeSources): HubMetrics {
  const { queue, openAlerts, unannounced, intakeWaiting, restoring, clockAhead } = sources
  let queued: readonly QueueReading[] = []
  let found: readonly Sample[] = []
  let alerts: readonly { readonly kind: string; readonly count: number }[] = []
  // One failing reading leaves the other gauges as they are; the last good figures would mislead, so they are dropped.
  if (queue)
    metrics.beforeRender(async () => {
      queued = []
      queued = await queue()
    })
  if (openAlerts)
    metrics.beforeRender(async () => {
      alerts = []
      alerts = await openAlerts()
    })
  if (unannounced)
    metrics.beforeRender(async () => {
      found = []
      found = (await unannounced()).map(({ adapter, connection, count }) => ({
        values: [adapter, connection],
        value: count,
      }))
    })
  const perKind = (pick: (reading: QueueReading) => number) => (): readonly Sample[] =>
    queued.map((reading) => ({ values: [reading.kind], value: pick(reading) }))

  metrics.gauge(
    'stayward_work_waiting',
    'Keys that are due and wait for a look.',
    ['kind'],
    perKind((r) => r.waiting),
  )
  metrics.gauge(
    'stayward_work_backing_off',
    'Keys whose look failed and that wait for the next try.',
    ['kind'],
    perKind((r) => r.backingOff),
  )
  metrics.gauge(
    'stayward_work_oldest_due_seconds',
    'How long the longest waiting key has been due.',
    ['kind'],
    perKind((r) => r.oldestDue),
  )
  metrics.gauge('stayward_alerts_open', 'Alerts that a person has to see to.', ['kind'], () =>
    alerts.map(({ kind, count }) => ({ values: [kind], value: count })),
  )
  metrics.gauge(
    'stayward_unannounced_changes',
    'Changes of bookings in the last day that a poll or a sweep found and no webhook had announced.',
    ['adapter', 'connection'],
    () => found,
  )
  metrics.gauge('stayward_intake_waiting', 'Deliveries that are being stored.', [], () => [
    { values: [], value: intakeWaiting?.() ?? 0 },
  ])
  metrics.gauge(
    'stayward_restore_mode',
    '1 while the database was set back and a person has to confirm it.',
    [],
    () => [{ values: [], value: restoring?.() ? 1 : 0 }],
  )
  metrics.gauge(
    'stayward_clock_ahead_seconds',
    "How far this machine's clock is ahead of the database's; beyond 30, nothing is removed and nobody is told.",
    [],
    () => [{ values: [], value: (clockAhead?.() ?? 0) / 1000 }],
  )
  metrics.gauge('process_resident_memory_bytes', 'Memory of this process.', [], () => [
    { values: [], value: process.memoryUsage.rss() },
  ])
  metrics.gauge('process_uptime_seconds', 'Time since this process started.', [], () => [
    { values: [], value: process.uptime() },
  ])
  return {
    deliveries: metrics.counter('stayward_deliveries_total', 'Webhook deliveries by what became of them.', [
      'adapter',
      'verdict',
    ]),
    looks: metrics.counter('stayward_looks_total', 'Looks by how they ended.', ['kind', 'outcome']),
    http: metrics.histogram(
      'stayward_http_request_duration_seconds',
      'Time until a request was answered.',
      ['method', 'route', 'status'],
      durations,
    ),
  }
}
