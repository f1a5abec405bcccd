import { causeOf, type Code, type Effects, type GrantPlan, type Look, reaches, type StayChanges } from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { isId, orderedId } from '../ordered-id.ts'
import { settleAdoptions } from './adoptions.ts'
import { afterLocks, codesBefore, storedCode, writeTransitions } from './code-transitions.ts'
import { applyEffects } from './effects.ts'
import { leaseLost } from './fence.ts'
import { labelPlace, pinPlace, sealLastPins } from './stored-rows.ts'
import type { Run, Statement } from './tenant-session.ts'

/** The booking's fence and who is let in, in one statement. $3 fence, $4 the PINs to take up again, $5–$14 the plan, $15 now, $16 readiness. */
const grant: Statement = {
  name: 'store-stay',
  text: `
with own as (
  update booking set fence = $3::bigint, last_pin_sealed = coalesce($4::text, last_pin_sealed)
  where tenant_id = $1::uuid and id = $2::uuid and fence <= $3::bigint returning id
), saved as (
  insert into access_grant as g (tenant_id, booking_id, status, end_cause, reason_code, reason_text, reason_remedy, unit_id,
    window_from, window_until, path, booking_version, updated_at, readiness)
  select $1::uuid, own.id, $5::text, $6::text, $7::text, $8::text, $9::text, $10::uuid, $11::timestamptz, $12::timestamptz,
    $13::jsonb, $14::integer, $15::timestamptz, $16::text from own
  on conflict (tenant_id, booking_id) do update set status = excluded.status, end_cause = excluded.end_cause,
    reason_code = excluded.reason_code, reason_text = excluded.reason_text, reason_remedy = excluded.reason_remedy,
    unit_id = excluded.unit_id, window_from = excluded.window_from, window_until = excluded.window_until,
    path = excluded.path, booking_version = excluded.booking_version, updated_at = excluded.updated_at,
    readiness = excluded.readiness
  where (g.status, g.end_cause, g.reason_code, g.reason_text, g.reason_remedy, g.unit_id, g.window_from, g.window_until,
      g.path, g.booking_version, g.readiness)
    is distinct from (excluded.status, excluded.end_cause, excluded.reason_code, excluded.reason_text,
      excluded.reason_remedy, excluded.unit_id, excluded.window_from, excluded.window_until, excluded.path,
      excluded.booking_version, excluded.readiness)
)
select id from own`,
}

/** What is wanted of each code. What left for the vendor, and what came back, is the device look's to write. */
const codes: Statement = {
  name: 'store-stay-codes',
  text: `
with r as materialized (
  select * from jsonb_to_recordset($3::jsonb) as r (id uuid, device_id uuid, mark text, label_sealed text, pin_sealed text,
  pin_fingerprint text, window_from timestamptz, window_until timestamptz, want text, wanted_since timestamptz, evidence text,
  vendor_ref text, end_cause text, written_at timestamptz, pending_until timestamptz, proven_at timestamptz,
  opens_until timestamptz, refusal text, refusals integer, restored integer, drift jsonb, adopts text, gone_at timestamptz,
  transition_id uuid, compared jsonb, cause text)
), ${codesBefore}, stored as (
insert into code as k (tenant_id, id, booking_id, device_id, mark, label_sealed, pin_sealed, pin_fingerprint, window_from,
  window_until, want, wanted_since, evidence, vendor_ref, end_cause, written_at, pending_until, proven_at, opens_until, refusal,
  refusals, restored, drift, adopts, gone_at, created_at)
select $1::uuid, id, $2::uuid, device_id, mark, label_sealed, pin_sealed, pin_fingerprint, window_from, window_until, want,
  wanted_since, evidence, vendor_ref, end_cause, written_at, pending_until, proven_at, opens_until, refusal, refusals,
  restored, drift, adopts, gone_at, $4::timestamptz
from r where ${afterLocks}
order by id
on conflict (tenant_id, id) do update set label_sealed = excluded.label_sealed, pin_sealed = excluded.pin_sealed,
  pin_fingerprint = excluded.pin_fingerprint, window_from = excluded.window_from, window_until = excluded.window_until,
  want = excluded.want, wanted_since = excluded.wanted_since, evidence = excluded.evidence, end_cause = excluded.end_cause,
  proven_at = excluded.proven_at, opens_until = excluded.opens_until, refusal = excluded.refusal, refusals = greatest(k.refusals, excluded.refusals),
  restored = excluded.restored, drift = excluded.drift, adopts = excluded.adopts,
  gone_at = excluded.gone_at, revision = k.revision + 1
  where k.booking_id = excluded.booking_id and k.device_id = excluded.device_id
  returning ${storedCode}
) ${writeTransitions('$5')}`,
}

export interface StaySave {
  readonly run: Run
  readonly tenantId: string
  readonly secrets: TenantSecrets
  readonly look: Look
  readonly changes: StayChanges
  readonly effects: Effects
}

export async function saveStay({ run, tenantId, secrets, look, changes, effects }: StaySave): Promise<boolean> {
  const { bookingId, plan, readiness = null, lastPins, create = [], update = [], settledAdoptions = [] } = changes
  if (!isId(bookingId)) throw leaseLost(look)
  const changed = [...create, ...update]
  const sealedPins = lastPins === undefined ? null : sealLastPins(secrets, bookingId, lastPins)
  const { now } = effects
  const own = await run(grant, [tenantId, bookingId, look.fence, sealedPins, ...columnsOf(plan), now, readiness])
  if (own.length === 0) throw leaseLost(look)
  if (changed.length > 0) {
    const rows = changed.map((code) => rowOf(code, secrets, now))
    await run(codes, [tenantId, bookingId, JSON.stringify(rows), now, causeOf(look)])
  }
  if (settledAdoptions.length > 0) await settleAdoptions(run, tenantId, bookingId, settledAdoptions)
  return await applyEffects(run, tenantId, effects)
}

function columnsOf(plan: GrantPlan) {
  if (plan.status === 'granted') {
    const { unitId, window, path, bookingVersion } = plan.grant
    const doors = JSON.stringify(path.map(({ id }) => id))
    return [plan.status, null, null, null, null, unitId, window.from, window.until, doors, bookingVersion]
  }
  const { code, text, remedy } = plan.reason
  const cause = plan.status === 'ended' ? plan.cause : null
  return [plan.status, cause, code, text, remedy, null, null, null, '[]', null]
}

function rowOf(code: Code, secrets: TenantSecrets, now: string) {
  const { id, deviceId, pin, window, want, evidence } = code
  return {
    id,
    transition_id: orderedId(),
    device_id: deviceId,
    mark: code.mark,
    label_sealed: secrets.seal(code.label, labelPlace(id)),
    pin_sealed: secrets.seal(pin, pinPlace(id)),
    pin_fingerprint: secrets.fingerprint(deviceId, pin),
    window_from: window.from,
    window_until: window.until,
    want,
    wanted_since: code.wantedSince,
    evidence,
    vendor_ref: code.vendorRef,
    end_cause: code.endCause,
    written_at: code.writtenAt,
    pending_until: code.pendingUntil,
    proven_at: code.provenAt,
    opens_until: code.opensUntil,
    refusal: code.refusal,
    refusals: code.refusals,
    restored: code.restored ?? 0,
    drift: code.drift,
    adopts: code.adopts,
    gone_at: want === 'absent' && reaches(evidence, 'confirmed') ? now : undefined,
  }
}
