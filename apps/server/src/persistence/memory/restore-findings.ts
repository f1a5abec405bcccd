import type { Instant } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../in-tenant.ts'

/** What the hub has found since it noticed that the database was set back; one tenant's part of it. */
export interface RestoreFindings {
  /** Stays that got the codes of the lost time back. */
  readonly adopted: readonly FoundLine[]
  /** What guests may have been told in the lost time. */
  readonly perhapsTold: readonly FoundLine[]
  /** Stays for which no code is made before a person has confirmed. */
  readonly waiting: readonly FoundLine[]
  /** Codes of the hub's making that no stay has claimed, by device. */
  readonly strays: readonly { readonly device: string; readonly codes: number }[]
  /** Booking connections and devices that have not been read since: what they hold is not known. */
  readonly unread: readonly string[]
}

export interface FoundLine {
  /** The booking system's own id. */
  readonly ref: string
  readonly text: string
}

/** $1 tenant, $2 since when. */
const findings = `
with line as (
  select b.ref, t.kind, t.text from timeline t join booking b on b.tenant_id = $1 and b.id = t.booking_id
  where t.tenant_id = $1 and t.at >= $2::timestamptz and t.kind in ('code-adopted', 'perhaps-told', 'restoring')
  order by b.ref, t.id
)
select json_build_object(
  'adopted', (select json_agg(json_build_object('ref', ref, 'text', text)) from line where kind = 'code-adopted'),
  'perhapsTold', (select json_agg(json_build_object('ref', ref, 'text', text)) from line where kind = 'perhaps-told'),
  'waiting', (select json_agg(json_build_object('ref', ref, 'text', text)) from line where kind = 'restoring'),
  'strays', (select json_agg(json_build_object('device', v.name, 'codes', s.n) order by v.name) from (
    select f.device_id, count(*)::int as n from foreign_code f where f.tenant_id = $1 and f.kind = 'ours-unknown'
      and not exists (select from code k where k.tenant_id = $1 and k.mark = f.mark) group by f.device_id) s
    join device v on v.tenant_id = $1 and v.id = s.device_id),
  'unread', (select json_agg(name order by name) from (
    select c.name from connection c where c.tenant_id = $1 and c.port = 'booking' and c.state = 'active'
      and coalesce(c.read_through, '-infinity') < $2::timestamptz
    union all
    select v.name from device v where v.tenant_id = $1 and coalesce(v.read_at, '-infinity') < $2::timestamptz) u)
) as found`

type Found = { readonly [Name in keyof RestoreFindings]: RestoreFindings[Name] | null }

export async function restoreFindings(pool: Pool, tenantId: string, since: Instant): Promise<RestoreFindings> {
  const { rows } = await inTenant(pool, tenantId, (client) =>
    client.query<{ found: Found }>(findings, [tenantId, since]),
  )
  const { adopted, perhapsTold, waiting, strays, unread } = rows[0]?.found ?? {}
  return {
    adopted: adopted ?? [],
    perhapsTold: perhapsTold ?? [],
    waiting: waiting ?? [],
    strays: strays ?? [],
    unread: unread ?? [],
  }
}
