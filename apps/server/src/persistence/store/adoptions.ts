import {
  type Adoption,
  type AdoptionRefusal,
  type AdoptionWish,
  askedAdoptionEffects,
  type Code,
  type DeviceChanges,
  type ListedHandMade,
  refusesAdoption,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { foreignLabelPlace, present, presentAt } from './stored-rows.ts'
import type { Reading, Run, Statement, TenantSession } from './tenant-session.ts'

const adoptPinPlace = (deviceId: string, vendorRef: string) => ({
  table: 'foreign_code',
  column: 'adopt_pin_sealed',
  row: `${deviceId}/${vendorRef}`,
})

/** $1 tenant. */
const listed: Reading = {
  name: 'stayward_hand_made_codes',
  types: ['uuid'],
  text: `
select json_agg(c order by c.door, c.vendor_ref) from (
  select f.hand_made_id as id, f.device_id, f.vendor_ref, f.label_sealed, f.begins_at, f.until, f.adopt_for,
    f.pin_fingerprint is not null as shows_pin, coalesce(
      (select d.name from door d where d.tenant_id = $1 and d.device_id = f.device_id order by d.slug limit 1), v.name) as door
  from foreign_code f join device v on v.tenant_id = $1 and v.id = f.device_id
  where f.tenant_id = $1 and f.kind = 'foreign' and f.hand_made_id is not null) c`,
}

interface ListedJson extends Readonly<Record<'id' | 'device_id' | 'vendor_ref' | 'label_sealed' | 'door', string>> {
  readonly begins_at: string | null
  readonly until: string | null
  readonly adopt_for: string | null
  readonly shows_pin: boolean
}

export async function handMadeCodes(
  session: TenantSession,
  secrets: TenantSecrets,
): Promise<readonly ListedHandMade[]> {
  // The shape is what the query above builds.
  const rows = ((await session.read(listed, [session.tenantId])) ?? []) as readonly ListedJson[]
  return rows.map((row) => ({
    id: row.id,
    deviceId: row.device_id,
    door: row.door,
    label: secrets.open(row.label_sealed, foreignLabelPlace(row.device_id, row.vendor_ref)),
    ...presentAt('from', row.begins_at),
    ...presentAt('until', row.until),
    showsPin: row.shows_pin,
    ...present('waitsFor', row.adopt_for),
  }))
}

const wanted: Statement = {
  name: 'adoption-wanted',
  text: `
select f.device_id, f.vendor_ref, f.adopt_for, f.pin_fingerprint is not null as shows_pin, coalesce(
  (select d.name from door d where d.tenant_id = f.tenant_id and d.device_id = f.device_id order by d.slug limit 1),
  (select v.name from device v where v.tenant_id = f.tenant_id and v.id = f.device_id)) as door
from foreign_code f where f.tenant_id = $1::uuid and f.hand_made_id = $2::text and f.kind = 'foreign'
for no key update of f`,
}

interface WantedRow extends Readonly<Record<'device_id' | 'vendor_ref' | 'door', string>> {
  readonly adopt_for: string | null
  readonly shows_pin: boolean
}

const wanting: Statement = {
  name: 'adoption-wanting',
  text: `
select b.state = 'confirmed' and exists (
    select from unit_source us join unit_door ud on ud.tenant_id = us.tenant_id and ud.unit_id = us.unit_id
    join door d on d.tenant_id = ud.tenant_id and d.id = ud.door_id
    where us.tenant_id = b.tenant_id and us.connection_id = b.connection_id and us.source_ref = b.unit_ref
      and d.device_id = $3::uuid) as leads_there,
  exists (select from foreign_code f where f.tenant_id = b.tenant_id and f.device_id = $3::uuid and f.adopt_for = b.id) as waits,
  (select jsonb_build_object('want', k.want, 'evidence', k.evidence, 'refusal', k.refusal, 'from', k.window_from,
      'until', k.window_until) from code k where k.tenant_id = b.tenant_id and k.booking_id = b.id
    and k.device_id = $3::uuid and k.want = 'present' and k.gone_at is null limit 1) as code
from booking b where b.tenant_id = $1::uuid and b.id = $2::uuid`,
}

interface WantingRow {
  readonly leads_there: boolean
  readonly waits: boolean
  readonly code:
    | (Pick<Code, 'want' | 'evidence'> & {
        readonly refusal: NonNullable<Code['refusal']> | null
        readonly from: string
        readonly until: string
      })
    | null
}

const ask: Statement = {
  name: 'adoption-ask',
  text: `
update foreign_code set adopt_for = $4::uuid, adopt_id = $5::text, adopt_pin_sealed = null
where tenant_id = $1::uuid and device_id = $2::uuid and vendor_ref = $3::text`,
}

/** Takes a person's word, or says why not; and whether a key was marked. */
export async function requestAdoption(
  run: Run,
  tenantId: string,
  { id, bookingId, now }: AdoptionWish,
): Promise<{ readonly answer: 'asked' | AdoptionRefusal; readonly marked: boolean }> {
  const [code] = await run<WantedRow>(wanted, [tenantId, id])
  const [stay] = code && isId(bookingId) ? await run<WantingRow>(wanting, [tenantId, bookingId, code.device_id]) : []
  if (!code || !stay) return { answer: 'unknown', marked: false }
  const refusal = refusesAdoption({
    handMade: { showsPin: code.shows_pin, ...present('waitsFor', code.adopt_for) },
    bookingId,
    leadsThere: stay.leads_there,
    ...(stay.code ? { code: codeFrom(stay.code) } : {}),
    anotherWaits: stay.waits,
    now,
  })
  if (refusal) return { answer: refusal, marked: false }
  if (code.adopt_for !== null) return { answer: 'asked', marked: false }
  await run(ask, [tenantId, code.device_id, code.vendor_ref, bookingId, id])
  const effects = askedAdoptionEffects({ bookingId, deviceId: code.device_id, door: code.door })
  return { answer: 'asked', marked: await applyEffects(run, tenantId, { now, ...effects }) }
}

const codeFrom = ({ want, evidence, refusal, from, until }: NonNullable<WantingRow['code']>) => ({
  want,
  evidence,
  window: { from: instantFromSql(from), until: instantFromSql(until) },
  ...present('refusal', refusal),
})

/** What a look at the device found: with a PIN as the person saw it, else it is refused. */
const found: Statement = {
  name: 'adoption-found',
  text: `
update foreign_code f set adopt_pin_sealed = r.pin, adopt_for = case when r.pin is not null then f.adopt_for end
from jsonb_to_recordset($3::jsonb) as r (ref text, pin text)
where f.tenant_id = $1::uuid and f.device_id = $2::uuid and f.vendor_ref = r.ref and f.adopt_for is not null`,
}

export async function keepAdoptions(
  { run, tenantId, secrets }: { readonly run: Run; readonly tenantId: string; readonly secrets: TenantSecrets },
  deviceId: string,
  adoptions: NonNullable<DeviceChanges['adoptions']>,
): Promise<void> {
  const rows = adoptions.map(({ vendorRef, pin }) => ({
    ref: vendorRef,
    pin: pin === undefined ? undefined : secrets.seal(pin, adoptPinPlace(deviceId, vendorRef)),
  }))
  await run(found, [tenantId, deviceId, JSON.stringify(rows)])
}

const settle: Statement = {
  name: 'adoption-settle',
  text: `
update foreign_code f set adopt_pin_sealed = null, adopt_for = null
from jsonb_to_recordset($3::jsonb) as r (device uuid, ref text)
where f.tenant_id = $1::uuid and f.device_id = r.device and f.vendor_ref = r.ref and f.adopt_for = $2::uuid`,
}

export async function settleAdoptions(
  run: Run,
  tenantId: string,
  bookingId: string,
  settled: readonly Pick<Adoption, 'deviceId' | 'vendorRef'>[],
): Promise<void> {
  const rows = settled.map(({ deviceId, vendorRef }) => ({ device: deviceId, ref: vendorRef }))
  await run(settle, [tenantId, bookingId, JSON.stringify(rows)])
}

export interface AdoptionJson extends Readonly<Record<'device_id' | 'vendor_ref' | 'adopt_pin_sealed', string>> {
  readonly until: string | null
}

export function adoptionFrom(row: AdoptionJson, secrets: TenantSecrets): Adoption {
  return {
    deviceId: row.device_id,
    vendorRef: row.vendor_ref,
    pin: secrets.open(row.adopt_pin_sealed, adoptPinPlace(row.device_id, row.vendor_ref)),
    ...presentAt('until', row.until),
  }
}
