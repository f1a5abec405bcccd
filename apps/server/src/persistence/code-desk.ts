import type { AdoptionRefusal, Clock, Drift, Instant, ListedHandMade } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { instantFromSql } from './instant-from-sql.ts'
import { postgresTenantStore } from './store/postgres-tenant-store.ts'
import { type Reading, tenantSession } from './store/tenant-session.ts'

/** A code that somebody changed on its device, and what becomes of that. Never a PIN. */
export interface ChangedCode extends Drift {
  readonly id: string
  readonly bookingId: string
  /** The booking system's own id. */
  readonly ref: string
  readonly door: string
  readonly stay: { readonly from: Instant; readonly until: Instant }
}

/** Where a person sees codes that were changed or made outside the hub, and says what becomes of them. */
export interface CodeDesk {
  changed(tenantId: string): Promise<readonly ChangedCode[]>
  /** `false` when there is no such code, or nothing to decide about it (any more). */
  decide(tenantId: string, codeId: string, decision: 'restore' | 'accept'): Promise<boolean>
  /** Codes that nobody of ours made. Never a PIN. */
  handMade(tenantId: string): Promise<readonly ListedHandMade[]>
  adopt(tenantId: string, id: string, bookingId: string): Promise<'asked' | AdoptionRefusal>
}

export interface CodeDeskOptions {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly clock: Clock
  readonly markedLocally?: () => void
}

/** $1 tenant. What waits for a word first, then by when the guests come. */
const changed: Reading = {
  name: 'stayward_changed_codes',
  types: ['uuid'],
  text: `
select json_agg(c order by c.drift ->> 'state' <> 'asked', c.window_from, c.id) from (
  select k.id, k.booking_id, b.ref, k.drift, k.window_from, k.window_until, coalesce(
    (select d.name from door d where d.tenant_id = $1 and d.device_id = k.device_id order by d.slug limit 1), v.name) as door
  from code k join booking b on b.tenant_id = $1 and b.id = k.booking_id
  join device v on v.tenant_id = $1 and v.id = k.device_id
  where k.tenant_id = $1 and k.drift is not null and k.gone_at is null and k.want = 'present') c`,
}

interface ChangedJson extends Readonly<Record<'id' | 'booking_id' | 'ref' | 'door', string>> {
  readonly window_from: string
  readonly window_until: string
  readonly drift: Drift
}

export function createCodeDesk({ pool, secretsOf, clock, markedLocally }: CodeDeskOptions): CodeDesk {
  const storeOf = async (tenantId: string) => {
    const secrets = await secretsOf(tenantId)
    return postgresTenantStore({ pool, tenantId, secrets, ...(markedLocally ? { markedLocally } : {}) })
  }
  return {
    changed: async (tenantId) => {
      // The shape is what the query above builds.
      const rows = (await tenantSession(pool, tenantId).read(changed, [tenantId])) as readonly ChangedJson[] | null
      return (rows ?? []).map((row) => ({
        id: row.id,
        bookingId: row.booking_id,
        ref: row.ref,
        door: row.door,
        stay: { from: instantFromSql(row.window_from), until: instantFromSql(row.window_until) },
        ...row.drift,
      }))
    },
    decide: async (tenantId, codeId, decision) => {
      const store = await storeOf(tenantId)
      return (await store.decideDrift({ codeId, decision, now: clock.now() })) !== undefined
    },
    handMade: async (tenantId) => await (await storeOf(tenantId)).handMadeCodes(),
    adopt: async (tenantId, id, bookingId) =>
      await (await storeOf(tenantId)).requestAdoption({ id, bookingId, now: clock.now() }),
  }
}
