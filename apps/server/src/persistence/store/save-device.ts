import {
  causeOf,
  type Code,
  type DeviceChanges,
  type Effects,
  type ForeignCode,
  handMadeId,
  type Look,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { isId, orderedId } from '../ordered-id.ts'
import { keepAdoptions } from './adoptions.ts'
import { afterLocks, codesBefore, storedCode, writeTransitions } from './code-transitions.ts'
import { applyEffects } from './effects.ts'
import { leaseLost } from './fence.ts'
import { foreignLabelPlace, pinPlace, strayPinPlace } from './stored-rows.ts'
import type { Run, Statement } from './tenant-session.ts'

const own: Statement = {
  name: 'store-device',
  text: `
update device set fence = $3::bigint, read_at = coalesce($4::timestamptz, read_at),
  failures = case when $4::timestamptz is null then failures else 0 end,
  unreached_since = case when $4::timestamptz is null then unreached_since end,
  unreached_at = case when $4::timestamptz is null then unreached_at end,
  unreached_by = case when $4::timestamptz is null then unreached_by end, online = coalesce($5::boolean, online),
  last_seen = coalesce($6::timestamptz, last_seen), battery_low = coalesce($7::boolean, battery_low),
  battery_percent = coalesce($8::integer, battery_percent)
where tenant_id = $1::uuid and id = $2::uuid and fence <= $3::bigint returning foreign_fingerprint`,
}

/** Whether the wish is still the one that this look has worked for. Read from the row itself, as locked. */
const same = 'coalesce(r.revision = k.revision, true)'

/** What was done and seen counts for the wish it was done for. */
const codes: Statement = {
  name: 'store-device-codes',
  text: `
with r as materialized (
  select * from jsonb_to_recordset($3::jsonb) as r (id uuid, revision integer, vendor_ref text, written_at timestamptz,
    pending_until timestamptz, evidence text, proven_at timestamptz, opens_until timestamptz, refusal text,
    refusals integer, pin_sealed text, pin_fingerprint text, used_at timestamptz, restored integer, drift jsonb,
    transition_id uuid, compared jsonb, cause text)
), ${codesBefore}, stored as (
update code k set
  vendor_ref = case when ${same} then r.vendor_ref else coalesce(r.vendor_ref, k.vendor_ref) end,
  written_at = case when ${same} then r.written_at else greatest(r.written_at, k.written_at) end,
  pending_until = r.pending_until,
  used_at = coalesce(k.used_at, r.used_at),
  evidence = case when ${same} then r.evidence else k.evidence end,
  proven_at = case when ${same} then r.proven_at else k.proven_at end,
  opens_until = case when ${same} then r.opens_until else k.opens_until end,
  refusal = case when ${same} then r.refusal else k.refusal end,
  refusals = case when ${same} then r.refusals else k.refusals end,
  restored = case when ${same} then r.restored else k.restored end,
  drift = case when ${same} then r.drift else k.drift end,
  pin_sealed = case when ${same} then r.pin_sealed else k.pin_sealed end,
  pin_fingerprint = case when ${same} then r.pin_fingerprint else k.pin_fingerprint end,
  gone_at = case when not ${same} or k.want <> 'absent' then k.gone_at
    when r.evidence in ('confirmed', 'used') then coalesce(k.gone_at, $4::timestamptz) end
from r
where k.tenant_id = $1::uuid and k.id = r.id and k.device_id = $2::uuid and ${afterLocks}
returning ${storedCode}
) ${writeTransitions('$5')}`,
}

const forget: Statement = {
  name: 'store-device-foreign-forget',
  text: `
with noted as (
  update device set foreign_fingerprint = $4::text where tenant_id = $1::uuid and id = $2::uuid
)
delete from foreign_code where tenant_id = $1::uuid and device_id = $2::uuid and vendor_ref <> all ($3::text[])`,
}

const remember: Statement = {
  name: 'store-device-foreign',
  text: `
insert into foreign_code (tenant_id, device_id, vendor_ref, kind, label_sealed, pin_fingerprint, until, mark, pin_sealed,
  begins_at, hand_made_id, seen_at)
select $1::uuid, $2::uuid, vendor_ref, kind, label_sealed, pin_fingerprint, until, mark, pin_sealed, begins_at, hand_made_id,
  $4::timestamptz
from jsonb_to_recordset($3::jsonb) as r (vendor_ref text, kind text, label_sealed text, pin_fingerprint text,
  until timestamptz, mark text, pin_sealed text, begins_at timestamptz, hand_made_id text)
on conflict (tenant_id, device_id, vendor_ref) do update set kind = excluded.kind, label_sealed = excluded.label_sealed,
  pin_fingerprint = excluded.pin_fingerprint, until = excluded.until, mark = excluded.mark,
  pin_sealed = excluded.pin_sealed, begins_at = excluded.begins_at,
  hand_made_id = excluded.hand_made_id, seen_at = excluded.seen_at`,
}

const refusals: Statement = {
  name: 'store-device-refusals',
  text: `
insert into pin_refusal (tenant_id, device_id, pin_fingerprint, at)
select distinct $1::uuid, $2::uuid, pin, $4::timestamptz from unnest($3::text[]) as pin
on conflict (tenant_id, device_id, pin_fingerprint) do update set at = excluded.at`,
}

export interface DeviceSave {
  readonly run: Run
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly look: Look
  readonly changes: DeviceChanges
  readonly effects: Effects
}

export async function saveDevice(save: DeviceSave): Promise<boolean> {
  const { run, tenantId, secrets, look, changes, effects } = save
  const {
    deviceId,
    update = [],
    compared,
    outside,
    refusedPins = [],
    foreign,
    readAt,
    state = {},
    adoptions = [],
  } = changes
  const { now } = effects
  if (!isId(deviceId)) throw leaseLost(look)
  const { online = null, lastSeen = null, batteryLow = null, batteryPercent = null } = state
  const values = [tenantId, deviceId, look.fence, readAt ?? null, online, lastSeen, batteryLow, batteryPercent]
  const [device] = await run<{ foreign_fingerprint: string | null }>(own, values)
  if (!device) throw leaseLost(look)
  if (update.length > 0) {
    const rows = update.map((code) => ({
      ...rowOf(code, secrets),
      compared: compared?.get(code.id),
      cause: outside?.has(code.id) ? 'outside' : undefined,
    }))
    await run(codes, [tenantId, deviceId, JSON.stringify(rows), now, causeOf(look)])
  }
  if (refusedPins.length > 0) {
    const prints = refusedPins.map(({ pin }) => secrets.fingerprint(deviceId, pin))
    await run(refusals, [tenantId, deviceId, prints, now])
  }
  if (foreign) await saveForeign(save, foreign, device.foreign_fingerprint)
  if (adoptions.length > 0) await keepAdoptions({ run, tenantId, secrets }, deviceId, adoptions)
  return await applyEffects(run, tenantId, effects)
}

/** Devices are read often and strangers' codes change rarely: a keyed hash of all of them says whether they did. */
async function saveForeign(
  { run, tenantId, secrets, changes: { deviceId }, effects: { now } }: DeviceSave,
  foreign: readonly ForeignCode[],
  before: string | null,
): Promise<void> {
  const listed = [...new Map(foreign.map((code) => [code.vendorRef, code])).values()]
  const facts = listed
    .map(({ vendorRef, kind, label, pin, until, mark, from }) =>
      [vendorRef, kind, label, pin, until, mark, from].join('\0'),
    )
    .sort()
  const print = listed.length === 0 ? null : secrets.fingerprint(`foreign codes ${deviceId}`, facts.join('\0\0'))
  if (print === before) return
  await run(forget, [tenantId, deviceId, listed.map(({ vendorRef }) => vendorRef), print])
  if (listed.length === 0) return
  const rows = listed.map(({ vendorRef, kind, label, pin, until, mark, from }) => ({
    vendor_ref: vendorRef,
    kind,
    label_sealed: secrets.seal(label, foreignLabelPlace(deviceId, vendorRef)),
    pin_fingerprint: pin === undefined ? undefined : secrets.fingerprint(deviceId, pin),
    until,
    mark,
    // A stranger's PIN is nobody's business; one of ours may have to be given back to its stay.
    pin_sealed:
      pin === undefined || mark === undefined ? undefined : secrets.seal(pin, strayPinPlace(deviceId, vendorRef)),
    begins_at: from,
    hand_made_id: handMadeId(secrets.fingerprint, deviceId, {
      vendorRef,
      label,
      ...(pin === undefined ? {} : { pin }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    }),
  }))
  await run(remember, [tenantId, deviceId, JSON.stringify(rows), now])
}

function rowOf(code: Code, secrets: TenantSecrets) {
  return {
    id: code.id,
    transition_id: orderedId(),
    revision: code.revision,
    vendor_ref: code.vendorRef,
    written_at: code.writtenAt,
    pending_until: code.pendingUntil,
    used_at: code.usedAt,
    evidence: code.evidence,
    proven_at: code.provenAt,
    opens_until: code.opensUntil,
    refusal: code.refusal,
    refusals: code.refusals,
    restored: code.restored ?? 0,
    drift: code.drift,
    pin_sealed: secrets.seal(code.pin, pinPlace(code.id)),
    pin_fingerprint: secrets.fingerprint(code.deviceId, code.pin),
  }
}
