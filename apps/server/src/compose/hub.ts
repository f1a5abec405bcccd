import type { RequestListener } from 'node:http'
import { type Engine, isRestoring, limits, lookAt, paceOf, preview, type WorkQueue } from '@stayward/core'
import pg from 'pg'
import type { Adapters } from '../adapters/load-adapters.ts'
import { apiRouter } from '../api/router.ts'
import { apiRoutes } from '../api/routes.ts'
import { createApiKeys } from '../auth/api-keys.ts'
import { createApp } from '../http/app.ts'
import { listen } from '../http/listen.ts'
import { databaseCheck, migrationsCheck, readinessOf, workLoopCheck } from '../http/readiness.ts'
import { createDeliveryLog } from '../intake/delivery-log.ts'
import { createIntake, type Intake } from '../intake/intake.ts'
import { createReplay } from '../intake/replay.ts'
import { createBrakeDesk } from '../persistence/brake-desk.ts'
import { createCodeDesk } from '../persistence/code-desk.ts'
import { createDoorDesk, type DoorDeskOptions } from '../persistence/door-desk.ts'
import { createQrDesk } from '../persistence/qr-desk.ts'
import { createRestoreDesk } from '../persistence/memory/restore-desk.ts'
import { isDatabaseAway } from '../persistence/database-away.ts'
import { shareClock } from '../persistence/shared-clock.ts'
import { watchMemory } from '../persistence/memory/memory-watch.ts'
import { openOrm } from '../persistence/orm.ts'
import { createReadModel } from '../persistence/read-models.ts'
import { byIndex } from '../queue/by-index.ts'
import { PostgresWorkQueue } from '../queue/postgres-work-queue.ts'
import { readQueue } from '../queue/queue-reading.ts'
import { startWakeUp } from '../queue/wake-up.ts'
import { startWork } from '../queue/work-loop.ts'
import { tenantKeys } from '../persistence/tenant-keys.ts'
import { tenantSecrets } from '../secrets/tenant-secrets.ts'
import type { Settings } from '../settings/settings.ts'
import { hubMetrics } from '../telemetry/hub-metrics.ts'
import type { Log } from '../telemetry/log.ts'
import { seldom } from '../telemetry/seldom.ts'
import { readOpenAlerts } from '../telemetry/open-alerts.ts'
import { readUnannounced } from '../telemetry/unannounced.ts'
import { listenForConfiguration } from '../tenancy/configuration-notice.ts'
import { createTenants } from '../tenancy/tenants.ts'
import { lookFailures } from '../work/look-failures.ts'
import type { Database } from './database.ts'
import { createRoot, type DemoTenants } from './root.ts'
import { openTenant } from './tenant-engine.ts'
import { startUpkeep } from './upkeep.ts'

export interface HubOptions {
  readonly settings: Settings
  /** Without `memoryPath` the hub remembers only while it runs whether its database was set back. */
  readonly database: Pick<Database, 'appUrl' | 'masters'> & Partial<Pick<Database, 'memoryPath'>>
  readonly adapters: Adapters
  readonly log: Log
  /** `serve`: answers HTTP. `work`: looks at keys, and answers only health and metrics. Both when absent. */
  readonly role?: 'serve' | 'work'
  readonly demo?: DemoTenants
}

export interface Hub {
  readonly port: number
  /** `http://127.0.0.1:8080`, as this machine reaches it. */
  readonly url: string
  readonly app: RequestListener
  /** No new requests and looks; what is under way ends, or is put back. */
  stop(): Promise<void>
}

/** Wires the hub's parts and starts them, each on what it needs. */
export async function startHub({ settings, database, adapters, log, role, demo }: HubOptions): Promise<Hub> {
  const { appUrl, masters } = database
  const onTrouble = seldom<unknown>(5000, (error, times) =>
    log.warn({ err: error, times }, 'The database connection was in trouble; it is made again.'),
  )
  const poolOf = (max: number, more: pg.PoolConfig = {}) =>
    new pg.Pool({ connectionString: appUrl, max, connectionTimeoutMillis: 5000, idleTimeoutMillis: 30_000, ...more })
      .on('error', onTrouble)
      // The pool hears only connections nobody has borrowed; one that dies unheard would end the process.
      .on('connect', (client) => void client.on('error', onTrouble))
  const [pool, queuePool, intakePool] = [poolOf(16), poolOf(4, byIndex), poolOf(4)]
  const { vendorOrigins, privateNetworks } = settings
  const clock = await shareClock({ pool: queuePool, log })
  const root = createRoot({ log, clock, demo, adapters, masters, pool, vendorOrigins, privateNetworks })
  const { metrics } = root.cradle
  const [looks, serves] = [role !== 'serve', role !== 'work']

  const wakeUp = await startWakeUp({ url: appUrl, onTrouble })
  const queue = new PostgresWorkQueue({
    pool: queuePool,
    markedLocally: wakeUp.markedLocally,
    nudgeSpacing: paceOf(demo?.divisor).nudgeSpacing,
  })
  const memory = await watchMemory({
    pool: queuePool,
    clock,
    log,
    marked: wakeUp.markedLocally,
    readsFirst: limits.readsFirst / (demo?.divisor ?? 1),
    ...(database.memoryPath === undefined ? {} : { path: database.memoryPath }),
  })
  const tenants = createTenants<object, Engine>({
    root,
    open: (tenantId) => openTenant(root.cradle, tenantId, wakeUp.markedLocally, memory.lostTime),
  })
  const notice = await listenForConfiguration({
    url: appUrl,
    onChange: tenants.forget,
    onGap: tenants.forgetAll,
    onTrouble,
  })

  let intake: Intake | undefined
  const figures = hubMetrics(metrics, {
    queue: () => readQueue(queuePool, clock.now()),
    openAlerts: readOpenAlerts(queuePool),
    unannounced: readUnannounced(queuePool, clock),
    intakeWaiting: () => intake?.waiting() ?? 0,
    restoring: () => isRestoring(memory.lostTime()),
    clockAhead: () => clock.ahead(),
  })
  if (serves)
    intake = createIntake({
      pool: intakePool,
      masters,
      adapters,
      clock,
      log,
      deliveries: figures.deliveries,
      markedLocally: wakeUp.markedLocally,
    })

  let lastTurn: number | undefined
  const work = looks
    ? startWork({
        queue: turning(queue, { onTurn: () => (lastTurn = performance.now()), beforeLooks: memory.check }),
        beforeAsking: () => clock.check(),
        passes: isDatabaseAway,
        clock,
        look: async (look) => {
          await lookAt(await tenants.engine(look.tenantId), look)
          figures.looks.add([look.kind, 'done'])
        },
        onFailure: lookFailures(log, figures.looks),
        onTrouble,
        // Timers of the demo's tenant are a fraction of a second apart.
        ...(demo ? { poll: 100 } : {}),
      })
    : undefined
  if (work) wakeUp.onWake(work.wake)

  const orm = await openOrm(appUrl)
  const secretsOf = async (tenantId: string) => tenantSecrets(await tenantKeys(pool, masters, tenantId))
  const withKeypad: DoorDeskOptions['withKeypad'] = async (tenantId, { id }, use) =>
    use(await (await tenants.engine(tenantId)).providers.keypad(id))
  const deliveries = createDeliveryLog({ pool, secretsOf })
  const api = apiRouter({
    routes: apiRoutes({
      model: createReadModel({ orm, secretsOf, clock }),
      deliveries,
      brake: createBrakeDesk({ pool, secretsOf, clock, markedLocally: wakeUp.markedLocally }),
      codes: createCodeDesk({ pool, secretsOf, clock, markedLocally: wakeUp.markedLocally }),
      doors: createDoorDesk({ pool, secretsOf, clock, withKeypad }),
      qr: createQrDesk({ pool, secretsOf, clock, withKeypad }),
      restore: createRestoreDesk({ pool, clock, marked: wakeUp.markedLocally }),
      replay: createReplay({ pool, secretsOf, adapters, log: deliveries, work: queue, clock }),
      preview: async (tenantId, scope, signal) => await preview(await tenants.engine(tenantId), { signal }, scope),
    }),
    keys: createApiKeys({ pool, clock }),
    ...(settings.publicUrl === undefined ? {} : { publicUrl: settings.publicUrl }),
  })
  const app = createApp({
    trustProxy: settings.trustProxy,
    log,
    metrics,
    http: figures.http,
    readiness: readinessOf(
      {
        database: databaseCheck(pool),
        migrations: migrationsCheck(() => true),
        ...(work ? { work: workLoopCheck(() => lastTurn) } : {}),
      },
      {
        restore: memory.note,
        clock: () => (clock.doubt() ? clockNote : undefined),
      },
    ),
    ...(intake ? { intake, api } : {}),
  })
  const upkeep = work ? startUpkeep({ pool, clock, log }) : undefined
  const listening = await listen(app, settings)

  return {
    app,
    port: listening.port,
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${listening.port}`,
    stop: async () => {
      await listening.stop()
      await intake?.stop()
      upkeep?.stop()
      await work?.stop()
      await notice.stop()
      await memory.stop()
      await wakeUp.stop()
      await tenants.close()
      await root.dispose()
      await orm.close(true)
      await Promise.all([pool, queuePool, intakePool].map((each) => each.end()))
    },
  }
}

const clockNote =
  'the clocks of this machine and of the database disagree: nothing is removed from doors and nobody is told (stayward doctor)'

/**
 * The queue, saying when its loop has come round: a loop that is stuck must show in `/readyz`. Nothing that was claimed is
 * looked at before it is clear that the database is still the one it was.
 */
function turning(
  queue: WorkQueue,
  { onTurn, beforeLooks }: { readonly onTurn: () => void; readonly beforeLooks: () => Promise<void> },
): WorkQueue {
  return {
    mark: (...marks) => queue.mark(...marks),
    claim: async (...room) => {
      const claims = await queue.claim(...room)
      if (claims.length > 0) await beforeLooks()
      return claims
    },
    renew: (...claims) => queue.renew(...claims),
    finish: (...claims) => queue.finish(...claims),
    fail: (...failure) => queue.fail(...failure),
    tick: async (now) => {
      const due = await queue.tick(now)
      onTurn()
      return due
    },
  }
}
