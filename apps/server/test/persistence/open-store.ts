import { randomUUID } from 'node:crypto'
import { type HubEvent, type Instant, systemClock, type Vault } from '@stayward/core'
import type { OpenedStore } from '@stayward/core/testing'
import pg from 'pg'
import { heardJson } from '../../src/intake/heard-facts.ts'
import { type DoorLedger, doorLedger } from '../../src/persistence/door-openings.ts'
import { houseSetup } from '../../simulation/house-setup.ts'
import { type House, openHouse } from '../../src/persistence/house.ts'
import { instantFromSql } from '../../src/persistence/instant-from-sql.ts'
import { type Orm, openOrm } from '../../src/persistence/orm.ts'
import { postgresTenantStore } from '../../src/persistence/store/postgres-tenant-store.ts'
import { createTenant } from '../../src/persistence/tenants.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { type TenantSecrets, tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { connectionVault } from '../../src/tenancy/connection-vault.ts'
import { freshDatabase, testMasters } from '../fresh-database.ts'

/** A database with both its logins, for one test file. */
export interface TestHub {
  readonly orm: Orm
  /** The application's login. */
  readonly pool: pg.Pool
  /** The owner, past row level security: only to look. */
  readonly owner: pg.Pool
  readonly appUrl: string
  addTenant(): Promise<TestTenant>
  close(): Promise<void>
}

export interface TestTenant extends OpenedStore {
  readonly tenantId: string
  readonly slug: string
  readonly secrets: TenantSecrets
  readonly rooms: House
  readonly doors: DoorLedger
  /** Where that connection keeps renewed credentials. */
  vault(connectionId: string): Vault
}

export async function openHub(): Promise<TestHub> {
  const { ownerUrl, appUrl } = await freshDatabase()
  const pool = new pg.Pool({ connectionString: appUrl, max: 4 })
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 })
  const orm = await openOrm(appUrl, 3)
  return {
    orm,
    pool,
    owner,
    appUrl,
    addTenant: () => addTenant(orm, pool, owner),
    close: async () => {
      await orm.close()
      await pool.end()
      await owner.end()
    },
  }
}

async function addTenant(orm: Orm, pool: pg.Pool, owner: pg.Pool): Promise<TestTenant> {
  const slug = `t-${randomUUID().slice(0, 8)}`
  const { id: tenantId } = await createTenant(pool, testMasters, slug, systemClock.now())
  const secrets = tenantSecrets(await tenantKeys(pool, testMasters, tenantId))
  const rooms = openHouse({ orm, tenantId, secrets, clock: systemClock })
  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await owner.query<Row>(text, [tenantId, ...values])).rows
  return {
    tenantId,
    slug,
    secrets,
    rooms,
    doors: doorLedger(pool, tenantId, secrets),
    vault: (connectionId) => connectionVault({ pool, tenantId, connectionId, secrets }),
    store: postgresTenantStore({ pool, tenantId, secrets }),
    house: houseSetup(rooms),
    fingerprints: secrets,
    hear: async (connectionId, facts) => {
      const heard = heardJson([
        { tenantId, connectionId, secrets, facts: facts.map((fact) => ({ connectionId, fact })) },
      ])
      await pool.query('select webhook_heard($1::jsonb, $2::timestamptz)', [heard, systemClock.now()])
    },
    takeMarks: async () => {
      const marked = await rows<{ name: string }>(
        `select kind || ':' || key as name from work where tenant_id = $1 and wake_at is not null order by 1`,
      )
      await rows('update work set wake_at = null, ready = false where tenant_id = $1')
      return marked.map(({ name }) => name).sort()
    },
    timers: async () => {
      const parked = await rows<{ name: string; at: string }>(
        `select kind || ':' || key as name, timer_at::text as at from work where tenant_id = $1 and timer_at is not null`,
      )
      return new Map<string, Instant>(parked.map(({ name, at }) => [name, instantFromSql(at)]))
    },
    timeline: (bookingId) =>
      rows(
        `select json_strip_nulls(json_build_object('bookingId', booking_id, 'kind', kind, 'text', text, 'remedy', remedy,
           'cause', cause)) as line from timeline where tenant_id = $1 and booking_id = $2 order by id`,
        [bookingId],
      ).then((lines) => lines.map((row) => Object.values(row)[0])),
    events: async () =>
      (
        await rows<HubEvent & { readonly sqlAt: string }>(
          'select type, subject, data, at::text as "sqlAt" from event where tenant_id = $1 order by id',
        )
      ).map(({ sqlAt, ...event }) => ({ ...event, at: instantFromSql(sqlAt) })),
    openAlerts: () =>
      rows(
        'select kind, subject, text, remedy, loud from alert where tenant_id = $1 and closed_at is null order by id',
      ),
    close: async () => undefined,
  }
}
