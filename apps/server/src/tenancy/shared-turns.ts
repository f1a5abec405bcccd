import { AdapterError, OutOfTurn, pause, type Turns } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../persistence/in-tenant.ts'

export interface VendorAccount {
  readonly pool: Pool
  readonly tenantId: string
  /** Adapter and account, as the vendor counts them. */
  readonly account: string
  readonly rate: { readonly perSecond: number; readonly burst: number }
}

/**
 * The row is locked, its budget read, and as many turns taken as come within the patience. The moment is the database's:
 * the processes' own clocks may differ by more than a budget allows. $1 tenant, $2 account, $3 interval in ms, $4 burst,
 * $5 turns asked for, $6 patience in ms.
 */
const take = `
with base as materialized (
  select greatest(b.full_at, m.at - make_interval(secs => $4::float8 * $3::float8 / 1000)) as free_at, m.at
  from vendor_budget b cross join (select clock_timestamp() as at) m
  where b.tenant_id = $1::uuid and b.account = $2::text for update of b
), granted as materialized (
  select free_at, extract(epoch from free_at - at)::float8 * 1000 as ahead,
    greatest(0, least($5::int, floor(($6::float8 - extract(epoch from free_at - at)::float8 * 1000) / $3::float8)))::int as turns
  from base
)
update vendor_budget b set full_at = g.free_at + make_interval(secs => g.turns * $3::float8 / 1000)
from granted g where b.tenant_id = $1::uuid and b.account = $2::text returning g.turns, g.ahead`

const make = `
insert into vendor_budget (tenant_id, account, full_at) values ($1::uuid, $2::text, '-infinity') on conflict do nothing`

/** $3 milliseconds. */
const hold = `
update vendor_budget set full_at = greatest(full_at, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
where tenant_id = $1::uuid and account = $2::text`

interface Waiting {
  readonly granted: (at: number) => void
  readonly failed: (error: unknown) => void
  readonly patience: number
}

/** A turn that its process comes to so late is given up: others may have gone meanwhile. Milliseconds. */
const stale = 1000

/**
 * Turns at one vendor account, shared by every process of the hub through one row. Calls that wait in one process ask
 * together, so that under load a round trip serves many of them.
 */
export function sharedTurns({ pool, tenantId, account, rate }: VendorAccount): Turns {
  const interval = 1000 / rate.perSecond
  let waiting: Waiting[] = []
  let asking = false

  const ask = async () => {
    if (asking) return
    asking = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        const patience = Math.min(...group.map((one) => one.patience))
        const { turns, ahead } = await granted(group.length, patience)
        const now = performance.now()
        for (const [index, one] of group.entries()) {
          const wait = ahead + (index + 1) * interval
          if (index < turns) one.granted(now + wait)
          else one.failed(new OutOfTurn(Math.max(wait, interval)))
        }
      } catch (error) {
        for (const one of group) one.failed(notAsked(error))
      }
    }
    asking = false
  }
  const granted = (turns: number, patience: number) =>
    inTenant(pool, tenantId, async (client) => {
      const values = [tenantId, account, interval, rate.burst, turns, patience]
      const found = await client.query<{ turns: number; ahead: number }>(take, values)
      if (found.rows[0]) return found.rows[0]
      await client.query(make, [tenantId, account])
      const [first] = (await client.query<{ turns: number; ahead: number }>(take, values)).rows
      if (!first) throw new TypeError('the budget of a vendor account cannot be read')
      return first
    })

  return {
    take: async (signal, patience) => {
      for (;;) {
        signal.throwIfAborted()
        const at = await new Promise<number>((done, failed) => {
          waiting.push({ granted: done, failed, patience })
          void ask()
        })
        const wait = at - performance.now()
        if (wait > 0) await pause(wait, signal)
        signal.throwIfAborted()
        if (performance.now() - Math.max(at, at - wait) < stale) return
      }
    },
    hold: async (milliseconds) => {
      try {
        await inTenant(pool, tenantId, (client) => client.query(hold, [tenantId, account, milliseconds]))
      } catch (error) {
        throw notAsked(error)
      }
    },
  }
}

/** Nothing was sent, or what was sent the vendor refused: the look may begin again. */
function notAsked(cause: unknown): AdapterError {
  return new AdapterError('rate-limited', "The hub's database did not say whose turn it is at the vendor.", {
    remedy: 'The hub goes on by itself once its database answers.',
    cause,
  })
}
