import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { type Mark, systemClock } from '@stayward/core'
import pg from 'pg'
import { loadAdapters } from '../../src/adapters/load-adapters.ts'
import { type Hub, startHub } from '../../src/compose/hub.ts'
import type { DemoTenants } from '../../src/compose/root.ts'
import { freshWorld } from '../../src/demo/fresh-world.ts'
import { demoSlug, furnishDemo } from '../../src/demo/furnish.ts'
import { type HubClient, hubClient } from '../../src/demo/hub-client.ts'
import { demoPace, type DemoVendors, startVendors } from '../../src/demo/vendors.ts'
import type { DemoWorld, WorldFile } from '../../src/demo/world-file.ts'
import { type House, openHouse } from '../../src/persistence/house.ts'
import { openOrm } from '../../src/persistence/orm.ts'
import type { Tenant } from '../../src/persistence/tenants.ts'
import { PostgresWorkQueue } from '../../src/queue/postgres-work-queue.ts'
import { startWakeUp } from '../../src/queue/wake-up.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { readSettings, type Settings } from '../../src/settings/settings.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { freshDatabase, testMasters } from '../fresh-database.ts'
import { createFaults, type Faults } from './faults.ts'

/** The demo's house and vendors on a database of their own, for any number of hubs. */
export interface Stage {
  readonly appUrl: string
  readonly world: DemoWorld
  readonly file: WorldFile
  readonly vendors: DemoVendors
  readonly faults: Faults
  readonly tenant: Tenant
  /** How a hub on this stage is told to live as the demo does. */
  readonly demo: DemoTenants
  readonly house: House
  /** Ids of connections by name. */
  readonly connections: Readonly<Record<string, string>>
  /** Looks past row level security, and at every process's looks. */
  mark(...marks: readonly Mark[]): Promise<void>
  stop(): Promise<void>
}

export interface StageOptions {
  /** What the hubs log in with; a fresh clone of the tests' own when absent. */
  readonly appUrl?: string
  /** The hub's pace; the demo's when absent. */
  readonly divisor?: number
}

/** Everything but the hub. Vendors remember in memory; their delays are the demo's. */
export async function setStage({ appUrl: given, divisor = demoPace }: StageOptions = {}): Promise<Stage> {
  const appUrl = given ?? (await freshDatabase()).appUrl
  const world = freshWorld(Date.now())
  const file: WorldFile = { world, save: () => undefined }
  const faults = createFaults()
  const vendors = await startVendors(file, { between: faults.between })
  const { tenant } = await furnishDemo({ appUrl, masters: testMasters, clock: systemClock, world })
  const pool = new pg.Pool({ connectionString: appUrl, max: 2 })
  pool.on('error', () => undefined) // some tests take the database away; the query that needs it says so
  const orm = await openOrm(appUrl, 2)
  const wakeUp = await startWakeUp({ url: appUrl })
  const secrets = tenantSecrets(await tenantKeys(pool, testMasters, tenant.id))
  const { markedLocally } = wakeUp
  const queue = new PostgresWorkQueue({ pool, markedLocally })
  const house = openHouse({ orm, tenantId: tenant.id, secrets, clock: systemClock, markedLocally })
  const { connections } = await house.picture()
  return {
    appUrl,
    world,
    file,
    vendors,
    faults,
    tenant,
    demo: { tenantIds: [tenant.id], origins: vendors.origins, divisor },
    house,
    connections: Object.fromEntries(connections.map(({ id, name }) => [name, id])),
    mark: (...marks) => queue.mark(tenant.id, marks, [], systemClock.now()),
    stop: async () => {
      faults.heal()
      await vendors.stop()
      await wakeUp.stop()
      await orm.close(true)
      await pool.end()
    },
  }
}

export interface RunningHub extends Hub {
  readonly client: HubClient
  /** What `/api/v1` answers to the demo's key, or to another one. */
  api(
    path: string,
    key?: string,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>
  /** Everything this hub has logged. */
  logged(): string
}

/** A whole hub on the stage, in this process. The vendors' webhooks go to the one that was started last. */
export async function startOn(stage: Stage, changes: Partial<Settings> = {}, memoryPath?: string): Promise<RunningHub> {
  const destination = new PassThrough()
  let logged = ''
  destination.on('data', (chunk: Buffer) => (logged += chunk.toString()))
  const hub = await startHub({
    settings: { ...plainSettings(), ...changes },
    database: { appUrl: stage.appUrl, masters: testMasters, ...(memoryPath === undefined ? {} : { memoryPath }) },
    adapters: (await loadAdapters(plainSettings())).adapters,
    log: createLog({ level: 'debug', destination }),
    demo: stage.demo,
  })
  stage.world.addresses = {
    smoobu: await addressAt(hub, stage, 'smoobu', 'smoobu'),
    smsfactor: await addressAt(hub, stage, 'sms', 'smsfactor'),
  }
  const { apiKey = '' } = stage.world
  const api: RunningHub['api'] = async (path, key = apiKey) => {
    const answer = await fetch(`${hub.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> } // the hub's own API
  }
  return { ...hub, client: hubClient(hub.url, apiKey), api, logged: () => logged }
}

async function addressAt({ url }: Hub, { house }: Stage, connection: string, adapter: string): Promise<string> {
  const [token] = await house.tokens(connection)
  return `${url}/api/webhooks/${adapter}/t/${demoSlug}/${token?.token ?? ''}`
}

/** What a hub without any setting reads, but for a free port. */
export function plainSettings(): Settings {
  const reading = readSettings({ STAYWARD_PORT: '0', STAYWARD_DATA_DIR: `/nowhere/${randomUUID()}` })
  if (!('settings' in reading)) throw new Error(reading.problems.join(' '))
  return reading.settings
}
