import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AdapterError, type Call, type Vault } from '@stayward/core'
import type { Pool, PoolClient } from 'pg'
import { inTenant } from '../persistence/in-tenant.ts'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'

export interface ConnectionVault {
  readonly pool: Pool
  readonly tenantId: string
  readonly connectionId: string
  readonly secrets: TenantSecrets
}

/** A renewal that takes longer is another process's to begin anew, seconds. */
const holds = 60
/** Milliseconds between two questions whether the other renewal has ended. */
const askAgain = 150
/** Milliseconds after which somebody who waits for another renewal is sent away. */
const patience = 30_000
/** A renewed credential may be the only one that is left: its storing is tried so often, a second apart. */
const attempts = 5
const longest = 10_000

const place = (row: string) => ({ table: 'connection_vault', column: 'kept_sealed', row })

/** The row is held, if nobody else holds it. The moment is the database's. $1 tenant, $2 connection, $3 who, $4 seconds. */
const hold = `
insert into connection_vault as v (tenant_id, connection_id, holder, held_until)
values ($1::uuid, $2::uuid, $3::uuid, clock_timestamp() + make_interval(secs => $4))
on conflict (tenant_id, connection_id) do update set holder = excluded.holder, held_until = excluded.held_until
where v.holder is null or v.held_until < clock_timestamp()
returning kept_sealed`

/** $4 what to keep, $5 what was kept when the renewal began: a newer one, made after ours took too long, stays. */
const keep = `
update connection_vault set kept_sealed = $4::text, holder = null, held_until = null
where tenant_id = $1::uuid and connection_id = $2::uuid and (holder = $3::uuid or kept_sealed is not distinct from $5::text)`

const letGo = `
update connection_vault set holder = null, held_until = null
where tenant_id = $1::uuid and connection_id = $2::uuid and holder = $3::uuid`

/**
 * A connection's vault in PostgreSQL. Whoever renews holds a lease on the row, not a transaction: no database connection
 * waits for a vendor.
 */
export function connectionVault({ pool, tenantId, connectionId, secrets }: ConnectionVault): Vault {
  const open = (sealed: string | null | undefined) =>
    sealed == null ? undefined : secrets.open(sealed, place(connectionId))
  const asking = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    try {
      return await inTenant(pool, tenantId, work)
    } catch (cause) {
      throw notKept(cause)
    }
  }

  const heldBy = async (holder: string, { signal }: Call) => {
    const end = performance.now() + patience
    for (;;) {
      signal.throwIfAborted()
      const { rows } = await asking((client) =>
        client.query<{ kept_sealed: string | null }>(hold, [tenantId, connectionId, holder, holds]),
      )
      if (rows[0]) return rows[0].kept_sealed
      if (performance.now() > end) throw takesTooLong()
      await pause(askAgain)
    }
  }
  const store = async (holder: string, sealed: string, before: string | null) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await asking((client) => client.query(keep, [tenantId, connectionId, holder, sealed, before]))
      } catch (error) {
        if (attempt === attempts) throw error
        await pause(1000)
      }
    }
  }

  const read = async ({ signal }: Call) => {
    signal.throwIfAborted()
    const { rows } = await asking((client) =>
      client.query<{ kept_sealed: string | null }>(
        'select kept_sealed from connection_vault where tenant_id = $1 and connection_id = $2',
        [tenantId, connectionId],
      ),
    )
    return open(rows[0]?.kept_sealed)
  }
  return {
    read,
    renew: async (renew, call) => {
      const holder = randomUUID()
      const before = await heldBy(holder, call)
      let kept: string
      try {
        call.signal.throwIfAborted() // given up while the row was asked for, and got it all the same
        kept = await renew(open(before))
        if (kept.length > longest) throw new RangeError(`a vault keeps at most ${longest} characters`)
      } catch (error) {
        const free = asking((client) => client.query(letGo, [tenantId, connectionId, holder]))
        await free.catch(() => undefined) // the lease ends by itself; what the renewal failed of matters more
        throw error
      }
      const { rowCount } = await store(holder, secrets.seal(kept, place(connectionId)), before)
      return rowCount === 1 ? kept : ((await read(call)) ?? kept)
    },
  }
}

function notKept(cause: unknown): AdapterError {
  return new AdapterError('unreachable', "The hub's database did not keep the renewed credentials.", {
    remedy:
      'The hub goes on by itself once its database answers. If the vendor then refuses the credentials, enter new ones.',
    cause,
  })
}

function takesTooLong(): AdapterError {
  return new AdapterError('unreachable', 'Another process of the hub is renewing the credentials and does not end.', {
    remedy: 'The hub tries again by itself.',
  })
}
