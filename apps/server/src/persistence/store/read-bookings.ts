import type { Booking, CivilDate, Policy, SourceView } from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { isId } from '../ordered-id.ts'
import * as rows from './stored-rows.ts'
import type { Reading, TenantSession } from './tenant-session.ts'

/** $1 tenant, $2 connection. A paused one is looked at by nobody. */
const source: Reading = {
  name: 'stayward_load_source',
  types: ['uuid', 'uuid'],
  text: `
select json_build_object('name', c.name, 'account', c.account, 'readThrough', c.read_through, 'sweptAt', c.swept_at,
  'policy', (select s.policy from tenant_setting s where s.tenant_id = $1))
from connection c where c.tenant_id = $1 and c.id = $2 and c.state = 'active'`,
}

interface SourceJson {
  readonly name: string
  readonly account: string | null
  readonly readThrough: string | null
  readonly sweptAt: string | null
  readonly policy: Partial<Policy> | null
}

export async function loadSource(session: TenantSession, connectionId: string): Promise<SourceView | undefined> {
  if (!isId(connectionId)) return undefined
  // The shape is what the query above builds.
  const found = (await session.read(source, [session.tenantId, connectionId])) as SourceJson | undefined
  if (!found) return undefined
  return {
    connectionId,
    name: found.name,
    ...rows.present('account', found.account),
    ...rows.presentAt('readThrough', found.readThrough),
    ...rows.presentAt('sweptAt', found.sweptAt),
    policy: rows.policyFrom(found.policy),
  }
}

/** $1 tenant, $2 connection, $3 ref. */
const byRef: Reading = {
  name: 'stayward_booking_by_ref',
  types: ['uuid', 'uuid', 'text'],
  text: `
select to_json(found) from (select ${rows.bookingColumns} from ${rows.bookingSource}
  where b.tenant_id = $1 and b.connection_id = $2 and b.ref = $3) found`,
}

export async function bookingByRef(
  session: TenantSession,
  secrets: TenantSecrets,
  connectionId: string,
  ref: string,
): Promise<Booking | undefined> {
  if (!isId(connectionId)) return undefined
  // The shape is what the query above builds.
  const found = (await session.read(byRef, [session.tenantId, connectionId, ref])) as rows.BookingJson | undefined
  return found && rows.bookingFrom(found, secrets)
}

/** $1 tenant, $2 connection, $3 first and $4 last day. */
const confirmed: Reading = {
  name: 'stayward_confirmed_bookings',
  types: ['uuid', 'uuid', 'date', 'date'],
  text: `
select json_agg(found order by found.arrival, found.id) from (select ${rows.bookingColumns} from ${rows.bookingSource}
  where b.tenant_id = $1 and b.connection_id = $2 and b.state = 'confirmed' and b.arrival <= $4 and b.departure >= $3) found`,
}

export async function confirmedBookings(
  session: TenantSession,
  secrets: TenantSecrets,
  connectionId: string,
  stays: { readonly from: CivilDate; readonly to: CivilDate },
): Promise<readonly Booking[]> {
  if (!isId(connectionId)) return []
  const found = await session.read(confirmed, [session.tenantId, connectionId, stays.from, stays.to])
  // The shape is what the query above builds.
  return ((found as readonly rows.BookingJson[] | null | undefined) ?? []).map((row) => rows.bookingFrom(row, secrets))
}
