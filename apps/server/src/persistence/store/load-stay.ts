import { type Instant, limits, type Policy, plus, type ReadinessLevel, type StayView, type Stray } from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import { type LossJson, lossFrom } from './brake.ts'
import { type AdoptionJson, adoptionFrom } from './adoptions.ts'
import * as rows from './stored-rows.ts'
import type { Reading, TenantSession } from './tenant-session.ts'

/**
 * Everything about one stay at one moment. $1 tenant, $2 booking, $3 now, $4 start of the PIN cool-down. Taken PINs are
 * left out while no device needs one: on a street door shared by hundreds of flats they are tens of thousands.
 */
const stay: Reading = {
  name: 'stayward_load_stay',
  types: ['uuid', 'uuid', 'timestamptz', 'timestamptz'],
  text: `
with b as materialized (
  select ${rows.bookingColumns}, b.last_pin_sealed from ${rows.bookingSource} where b.tenant_id = $1 and b.id = $2
), way as materialized (
  select ud.position, d.id, d.name, d.instruction, d.kind, d.device_id, d.prefix_sealed, d.fixed_code_sealed, d.tell_at,
    d.if_changed
  from b join unit_door ud on ud.tenant_id = $1 and ud.unit_id = b.unit_id
  join door d on d.tenant_id = $1 and d.id = ud.door_id
), own as materialized (
  select ${rows.codeColumns}, k.created_at from code k where k.tenant_id = $1 and k.booking_id = $2 and k.gone_at is null
), involved as materialized (
  select device_id from way where device_id is not null union select device_id from own
), stray as materialized (
  select f.device_id, f.vendor_ref, f.mark, f.pin_sealed, f.begins_at, f.until, (
    select max(case when o.state = 'cancelled' then o.updated_at else $3 end)
    from b join booking o on o.tenant_id = $1 and o.arrival = b.arrival::date and o.departure = b.departure::date and o.id <> b.id
      and o.state in ('confirmed', 'cancelled')
    join unit_source us on us.tenant_id = $1 and us.connection_id = o.connection_id and us.source_ref = o.unit_ref
    join unit_door ud on ud.tenant_id = $1 and ud.unit_id = us.unit_id
    join door d on d.tenant_id = $1 and d.id = ud.door_id and d.device_id = f.device_id) as days_shared from way
  join foreign_code f on f.tenant_id = $1 and f.device_id = way.device_id and f.pin_sealed is not null
  where not exists (select from code k where k.tenant_id = $1 and k.mark = f.mark)
), adoption as materialized (
  select f.device_id, f.vendor_ref, f.adopt_pin_sealed, f.until from foreign_code f
  where f.tenant_id = $1 and f.adopt_for = $2 and f.adopt_pin_sealed is not null
), needed as (
  select exists (select from way where device_id is not null and not exists (
    select from own where own.device_id = way.device_id and own.want = 'present' and own.refusal is null))
    or exists (select from adoption) as pin
)
select json_build_object(
  'booking', to_json(b),
  'unit', (select json_build_object('id', u.id, 'propertyId', u.property_id, 'name', u.name)
    from unit u where u.tenant_id = $1 and u.id = b.unit_id),
  'property', (select to_json(p) from unit u join property p on p.tenant_id = $1 and p.id = u.property_id
    where u.tenant_id = $1 and u.id = b.unit_id),
  'way', (select json_agg(way order by way.position) from way),
  'policy', (select s.policy from tenant_setting s where s.tenant_id = $1),
  'devices', (select json_agg(json_build_object('id', v.id, 'connectionId', v.connection_id, 'vendorId', v.vendor_id, 'name', v.name,
      'readAt', v.read_at, 'online', v.online, 'batteryLow', v.battery_low, 'trust',
      (select 'accepted' from door d where d.tenant_id = $1 and d.device_id = v.id and d.tell_at = 'accepted' limit 1))) from involved join device v on v.tenant_id = $1 and v.id = involved.device_id),
  'grant', (select json_build_object('readiness', g.readiness, 'version', g.booking_version)
    from access_grant g where g.tenant_id = $1 and g.booking_id = $2),
  'codes', (select json_agg(own order by own.created_at, own.id) from own),
  'taken', (select json_agg(json_build_object('device', involved.device_id, 'held', held.list, 'cooling', cooling.list))
    from needed join involved on needed.pin cross join lateral (
      select json_agg(distinct other.pin_fingerprint) as list from (
        select k.pin_fingerprint from code k where k.tenant_id = $1 and k.device_id = involved.device_id
          and k.booking_id <> $2 and k.gone_at is null
        union all
        select f.pin_fingerprint from foreign_code f where f.tenant_id = $1 and f.device_id = involved.device_id
          and f.pin_fingerprint is not null
        union all
        select r.pin_fingerprint from pin_refusal r where r.tenant_id = $1 and r.device_id = involved.device_id
      ) other
    ) held cross join lateral (
      select json_agg(other.pin_fingerprint order by other.gone_at desc) as list from (
        select k.pin_fingerprint, max(k.gone_at) as gone_at from code k where k.tenant_id = $1
          and k.device_id = involved.device_id and k.booking_id <> $2 and k.gone_at > $4 group by k.pin_fingerprint
      ) other
    ) cooling),
  'claimed', (select json_agg(distinct own.device_id) from own where own.want = 'present'
    and not exists (select from way where way.device_id = own.device_id)
    and exists (select from code k where k.tenant_id = $1 and k.device_id = own.device_id and k.gone_at is null
      and k.booking_id <> $2 and k.want = 'present' and k.window_from <= $3 and $3 < k.window_until)),
  'messages', (select json_agg(m order by m.nr) from (
    select ${rows.messageColumns}, m.nr from message m where m.tenant_id = $1 and m.booking_id = $2) m),
  'adoptions', (select json_agg(adoption order by adoption.device_id, adoption.vendor_ref) from adoption),
  'strays', (select json_agg(distinct to_jsonb(stray)) from stray),
  'shared', (select max(case when o.state = 'cancelled' then o.updated_at else $3 end)
    from booking s join booking o on o.tenant_id = $1 and o.connection_id = s.connection_id
      and o.unit_ref is not distinct from s.unit_ref and o.id <> s.id and o.arrival < s.departure and o.departure > s.arrival
    where s.tenant_id = $1 and s.id = $2 and exists (select from stray)),
  'loss', (select json_build_object('state', l.state, 'version', l.booking_version, 'at', l.at)
    from access_loss l where l.tenant_id = $1 and l.booking_id = $2),
  'said', (select json_object_agg(t.kind, t.text) from (
    select distinct on (kind) kind, text from timeline where tenant_id = $1 and booking_id = $2 order by kind, id desc) t)
) from b`,
}

interface StayJson {
  readonly booking: rows.BookingJson & { readonly last_pin_sealed: string | null }
  readonly unit: { readonly id: string; readonly propertyId: string; readonly name: string } | null
  readonly property: rows.PropertyJson | null
  readonly way: readonly rows.DoorJson[] | null
  readonly policy: Partial<Policy> | null
  readonly devices: readonly rows.ReadDeviceJson[] | null
  readonly grant: { readonly readiness: ReadinessLevel | null; readonly version: number | null } | null
  readonly codes: readonly rows.CodeJson[] | null
  readonly taken: readonly TakenJson[] | null
  readonly claimed: readonly string[] | null
  readonly messages: readonly rows.MessageJson[] | null
  readonly adoptions: readonly AdoptionJson[] | null
  readonly strays: readonly StrayJson[] | null
  readonly shared: string | null
  readonly loss: LossJson | null
  readonly said: Readonly<Record<string, string>> | null
}

interface StrayJson {
  readonly device_id: string
  readonly vendor_ref: string
  readonly mark: string
  readonly pin_sealed: string
  readonly begins_at: string | null
  readonly until: string | null
  readonly days_shared: string | null
}

function strayFrom(
  { device_id, vendor_ref, mark, pin_sealed, begins_at, until, days_shared }: StrayJson,
  secrets: TenantSecrets,
): Stray {
  const [from, to] = [begins_at, until].map((at) => (at === null ? null : instantFromSql(at)))
  return {
    deviceId: device_id,
    vendorRef: vendor_ref,
    mark,
    pin: secrets.open(pin_sealed, rows.strayPinPlace(device_id, vendor_ref)),
    ...(from || to ? { window: { from: from ?? null, until: to ?? null } } : {}),
    ...(days_shared === null ? {} : { daysSharedUntil: instantFromSql(days_shared) }),
  }
}

interface TakenJson {
  readonly device: string
  readonly held: readonly string[] | null
  readonly cooling: readonly string[] | null
}

export async function loadStay(
  session: TenantSession,
  secrets: TenantSecrets,
  bookingId: string,
  now: Instant,
): Promise<StayView | undefined> {
  if (!isId(bookingId)) return undefined
  const values = [session.tenantId, bookingId, now, plus(now, -limits.pinCoolDown)]
  // The shape is what the query above builds.
  const found = (await session.read(stay, values)) as StayJson | undefined
  if (!found) return undefined
  const codes = (found.codes ?? []).map((row) => rows.codeFrom(row, secrets))
  const path = (found.way ?? []).map((row) => rows.doorFrom(row, secrets))
  const { last_pin_sealed: lastPins } = found.booking
  return {
    booking: rows.bookingFrom(found.booking, secrets),
    ...(found.unit ? { unit: { ...found.unit, path: path.map(({ id }) => id) } } : {}),
    ...(found.property ? { property: rows.propertyFrom(found.property) } : {}),
    path,
    policy: rows.policyFrom(found.policy),
    devices: (found.devices ?? []).map(rows.readDeviceFrom),
    ...rows.present('readiness', found.grant?.readiness ?? null),
    ...rows.present('grantedVersion', found.grant?.version ?? null),
    codes,
    ...(lastPins === null || codes.some(({ want }) => want === 'present')
      ? {}
      : { lastPins: rows.openLastPins(secrets, bookingId, lastPins) }),
    takenPins: new Map(
      (found.taken ?? []).map(({ device, held, cooling }) => [device, { held: new Set(held), cooling: cooling ?? [] }]),
    ),
    claimedDevices: new Set(found.claimed),
    messages: (found.messages ?? []).map((row) => rows.messageFrom(row, secrets)),
    ...(found.adoptions ? { adoptions: found.adoptions.map((row) => adoptionFrom(row, secrets)) } : {}),
    ...(found.strays ? { strays: found.strays.map((row) => strayFrom(row, secrets)) } : {}),
    ...(found.shared === null ? {} : { nightsSharedUntil: instantFromSql(found.shared) }),
    ...(found.loss ? { loss: lossFrom(found.loss) } : {}),
    saidLast: new Map(Object.entries(found.said ?? {})),
  }
}
