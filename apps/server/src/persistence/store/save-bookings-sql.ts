import type { BookingState } from '@stayward/core'
import type { Statement } from './tenant-session.ts'

/** $3 is the fence of a look at the connection; null for a look at one booking, which has a fence of its own. */
export const noteSource: Statement = {
  name: 'store-source-note',
  text: `
update connection set fence = coalesce($3::bigint, fence), account = coalesce(account, $4::text),
  read_through = coalesce($5::timestamptz, read_through), swept_at = coalesce($6::timestamptz, swept_at)
where tenant_id = $1::uuid and id = $2::uuid and ($3::bigint is null or fence <= $3::bigint) returning 1`,
}

export const findSource: Statement = {
  name: 'store-source-find',
  text: 'select 1 from connection where tenant_id = $1::uuid and id = $2::uuid',
}

export const fingerprints: Statement = {
  name: 'store-booking-fingerprints',
  text: `
select ref, facts_fingerprint from booking
where tenant_id = $1::uuid and connection_id = $2::uuid and ref = any ($3::text[])`,
}

export interface KnownRow {
  readonly id: string
  readonly ref: string
  readonly state: BookingState
  readonly unit_ref: string | null
  readonly arrival: string | null
  readonly departure: string | null
  readonly check_in: string | null
  readonly check_out: string | null
  readonly channel: string | null
  readonly guest_sealed: string
  readonly source_fence: number
  readonly changed_at: string | null
}

/** In one order, so that two looks at overlapping listings cannot deadlock. */
export const lockKnown: Statement = {
  name: 'store-booking-lock',
  text: `
select id, ref, state, unit_ref, arrival::text, departure::text, check_in, check_out, channel, guest_sealed,
  source_fence::float8 as source_fence, changed_at::text as changed_at
from booking where tenant_id = $1::uuid and connection_id = $2::uuid and ref = any ($3::text[])
order by id for no key update`,
}

/** $3 references, and when each was changed: later than is known. In the order of `lockKnown`. */
export const changedSince: Statement = {
  name: 'store-booking-changed-since',
  text: `
with known as (
  select b.id, r.changed_at
  from jsonb_to_recordset($3::jsonb) as r (ref text, changed_at timestamptz)
  join booking b on b.tenant_id = $1::uuid and b.connection_id = $2::uuid and b.ref = r.ref
  where coalesce(b.changed_at, '-infinity') < r.changed_at
  order by b.id for no key update of b)
update booking b set changed_at = known.changed_at from known where b.tenant_id = $1::uuid and b.id = known.id
returning b.id`,
}

export const flats: Statement = {
  name: 'store-booking-flats',
  text: `
select s.source_ref, u.name from unit_source s join unit u on u.tenant_id = s.tenant_id and u.id = s.unit_id
where s.tenant_id = $1::uuid and s.connection_id = $2::uuid and s.source_ref = any ($3::text[])`,
}

/** $3 bookings, $4 now, $5 fence, $6 ids of those whose facts changed: the version counts only these. */
export const store: Statement = {
  name: 'store-bookings',
  text: `
insert into booking as b (tenant_id, id, connection_id, ref, state, unit_ref, arrival, departure, check_in, check_out, channel,
  changed_at, guest_sealed, facts_fingerprint, version, known_since, updated_at, source_fence)
select $1::uuid, id, $2::uuid, ref, state, unit_ref, arrival, departure, check_in, check_out, channel, changed_at,
  guest_sealed, facts_fingerprint, 1, $4::timestamptz, $4::timestamptz, $5::bigint
from jsonb_to_recordset($3::jsonb) as r (id uuid, ref text, state text, unit_ref text, arrival date, departure date,
  check_in text, check_out text, channel text, changed_at timestamptz, guest_sealed text, facts_fingerprint text)
order by id
on conflict (tenant_id, connection_id, ref) do update set
  state = excluded.state, unit_ref = excluded.unit_ref, arrival = excluded.arrival, departure = excluded.departure,
  check_in = excluded.check_in, check_out = excluded.check_out, channel = excluded.channel,
  changed_at = excluded.changed_at, guest_sealed = excluded.guest_sealed, facts_fingerprint = excluded.facts_fingerprint,
  version = case when b.id = any ($6::uuid[]) then b.version + 1 else b.version end,
  updated_at = excluded.updated_at, source_fence = excluded.source_fence
  where b.id = excluded.id
returning b.id`,
}
