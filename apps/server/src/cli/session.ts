import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@stayward/core'
import pg from 'pg'
import { type Adapters, loadAdapters } from '../adapters/load-adapters.ts'
import { type Database, openDatabase } from '../compose/database.ts'
import { demoSlug } from '../compose/demo-slug.ts'
import { codeOf } from '../persistence/database-away.ts'
import { type House, openHouse } from '../persistence/house.ts'
import { refuseUnsafeLogin } from '../persistence/logins.ts'
import { openOrm, type Orm } from '../persistence/orm.ts'
import { listTenants, type Tenant } from '../persistence/tenants.ts'
import { startWakeUp } from '../queue/wake-up.ts'
import { tenantKeys } from '../persistence/tenant-keys.ts'
import { type TenantSecrets, tenantSecrets } from '../secrets/tenant-secrets.ts'
import { readSettings, type Settings } from '../settings/settings.ts'
import { Refusal, refuse, wrongUsage } from './refusal.ts'

/** A command's hold on the database. A hub may run beside it on the same one. */
export interface Session {
  readonly settings: Settings
  readonly database: Database
  readonly adapters: Adapters
  readonly pool: pg.Pool
  readonly clock: Clock
  orm(): Promise<Orm>
  tenants(): Promise<readonly Tenant[]>
  /** The named tenant, or the only real one. */
  tenant(slug: string | undefined): Promise<TenantSession>
  secretsOf(tenantId: string): Promise<TenantSecrets>
  /** Something was marked: a running hub hears of it when the command ends. */
  readonly marked: () => void
  close(): Promise<void>
}

export interface TenantSession {
  readonly tenant: Tenant
  readonly secrets: TenantSecrets
  readonly house: House
}

/** The same sentences as at the hub's start, each on its own line. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const reading = readSettings(env)
  if ('settings' in reading) return reading.settings
  throw new Refusal(
    reading.problems.map((text) => ({ text })),
    2,
  )
}

export async function adaptersOf(settings: Settings): Promise<Adapters> {
  const { adapters, problems } = await loadAdapters(settings)
  if (problems.length > 0)
    throw new Refusal(
      problems.map((text) => ({ text })),
      2,
    )
  return adapters
}

/** Finds the database or starts it, migrated. What stops it is said as the hub's start would say it. */
export async function databaseOf(settings: Settings): Promise<Database> {
  try {
    return await openDatabase(settings)
  } catch (error) {
    if (codeOf(error) !== undefined || !(error instanceof Error)) throw error
    throw new Refusal([{ text: error.message }], 1, error)
  }
}

export interface SessionOptions {
  /** `doctor` shows an unsafe login instead of refusing it. */
  readonly anyLogin?: boolean
}

export async function openSession(settings: Settings, { anyLogin = false }: SessionOptions = {}): Promise<Session> {
  const adapters = await adaptersOf(settings)
  const database = await databaseOf(settings)
  const url = underOwnName(database.appUrl)
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 10_000 })
  pool.on('error', () => undefined) // an idle connection that breaks is noticed by the query that wants it
  let orm: Promise<Orm> | undefined
  let marked = false
  const session: Session = {
    settings,
    database,
    adapters,
    pool,
    clock: systemClock,
    orm: () => (orm ??= openOrm(url, 2)),
    tenants: () => listTenants(pool),
    tenant: async (slug) => {
      const tenant = choose(await listTenants(pool), slug)
      const secrets = await session.secretsOf(tenant.id)
      const options = { tenantId: tenant.id, secrets, clock: systemClock, markedLocally: session.marked }
      return { tenant, secrets, house: openHouse({ orm: await session.orm(), ...options }) }
    },
    secretsOf: async (tenantId) => tenantSecrets(await tenantKeys(pool, database.masters, tenantId)),
    marked: () => {
      marked = true
    },
    close: async () => {
      if (marked) await wakeHub(url)
      await (await orm)?.close(true)
      // A hub that was started meanwhile relies on the embedded server, and then it goes on running.
      const alone = database.embeddedDir === undefined || (await isAlone(pool))
      await pool.end()
      if (alone) await database.stop()
    },
  }
  try {
    if (!anyLogin) await refuseUnsafeLogin(url)
  } catch (error) {
    await session.close()
    throw error instanceof Error ? new Refusal([{ text: error.message }], 1, error) : error
  }
  return session
}

async function wakeHub(url: string): Promise<void> {
  const wakeUp = await startWakeUp({ url })
  wakeUp.markedLocally()
  await wakeUp.stop()
}

const ownName = `stayward-cli-${process.pid}`

function underOwnName(address: string): string {
  const url = new URL(address)
  url.searchParams.set('application_name', ownName)
  return url.href
}

/** Whether nobody else uses the server. Of other logins' sessions PostgreSQL shows the login and the database, no more. */
async function isAlone(pool: pg.Pool): Promise<boolean> {
  const others = async () =>
    (
      await pool.query(
        `select from pg_stat_activity
         where datname is not null and usename is not null and application_name is distinct from $1`,
        [ownName],
      )
    ).rowCount !== 0
  try {
    if (!(await others())) return true
    await sleep(100) // the last of a session that has ended shows for a moment
    return !(await others())
  } catch {
    return true // a server that does not answer serves nobody; the command's own error says more
  }
}

function choose(tenants: readonly Tenant[], slug: string | undefined): Tenant {
  const names = tenants.map((tenant) => tenant.slug).join(', ')
  if (slug !== undefined) {
    const found = tenants.find((tenant) => tenant.slug === slug)
    if (found) return found
    throw refuse(
      `There is no tenant "${slug}".`,
      tenants.length === 0 ? `Add it: stayward tenant add ${slug}` : `There are: ${names}.`,
    )
  }
  const real = tenants.filter((tenant) => tenant.slug !== demoSlug)
  const [only] = real
  if (only && real.length === 1) return only
  if (only) throw wrongUsage('Which tenant is meant?', `Say it with --tenant: ${names}.`)
  throw refuse(
    'There is no tenant yet.',
    tenants.length === 0
      ? 'Add one: stayward tenant add my-flats'
      : `Add one: stayward tenant add my-flats. Or name the demo: --tenant ${demoSlug}`,
  )
}
