import { randomUUID } from 'node:crypto'
import { type Instant, millisecondsOf } from '@stayward/core'
import type { OpenStores, SimulatedQueue } from '@stayward/core/testing'
import pg from 'pg'
import { openHouse } from '../src/persistence/house.ts'
import { instantFromSql } from '../src/persistence/instant-from-sql.ts'
import { openOrm } from '../src/persistence/orm.ts'
import { postgresTenantStore } from '../src/persistence/store/postgres-tenant-store.ts'
import { createTenant } from '../src/persistence/tenants.ts'
import { tenantKeys } from '../src/persistence/tenant-keys.ts'
import { PostgresWorkQueue } from '../src/queue/postgres-work-queue.ts'
import type { MasterKeys } from '../src/secrets/master-keys.ts'
import { tenantSecrets } from '../src/secrets/tenant-secrets.ts'
import { houseSetup } from './house-setup.ts'

export interface SimulatedDatabase {
  /** Past row level security: empties the wake set between runs. */
  readonly ownerUrl: string
  /** What the hub runs as. */
  readonly appUrl: string
  readonly masters: MasterKeys
}

/**
 * The hub's own store and queue for simulated runs: every run has a tenant of its own in one database, and every statement
 * is told the simulated instant. One run at a time: they share the wake set.
 */
export async function postgresStores({ ownerUrl, appUrl, masters }: SimulatedDatabase) {
  const pool = new pg.Pool({ connectionString: appUrl, max: 4 })
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  const orm = await openOrm(appUrl, 2)
  const open: OpenStores = async ({ clock, random }) => {
    await owner.query('delete from work')
    const { id: tenantId } = await createTenant(pool, masters, `s-${randomUUID()}`, clock.now())
    const secrets = tenantSecrets(await tenantKeys(pool, masters, tenantId))
    return {
      tenantId,
      store: postgresTenantStore({ pool, tenantId, secrets }),
      house: houseSetup(openHouse({ orm, tenantId, secrets, clock })),
      queue: new SimulatedPostgresQueue({ pool, random, monotonic: () => millisecondsOf(clock.now()) }),
      fingerprints: secrets,
    }
  }
  const close = async () => {
    await orm.close()
    await pool.end()
    await owner.end()
  }
  return { open, close }
}

/** Says when it next has something to do, which a real loop learns by asking again and again. */
class SimulatedPostgresQueue extends PostgresWorkQueue implements SimulatedQueue {
  readonly #pool: pg.Pool

  constructor(options: ConstructorParameters<typeof PostgresWorkQueue>[0]) {
    super(options)
    this.#pool = options.pool
  }

  async nextDue(): Promise<Instant | undefined> {
    // A lease is over when its end lies in the past.
    const { rows } = await this.#pool.query<{ due: string | null }>(
      `select min(case when lease_owner is not null then lease_until + interval '1 millisecond'
         when not ready then due_at end)::text as due from work`,
    )
    const due = rows[0]?.due
    return due === null || due === undefined ? undefined : instantFromSql(due)
  }
}
