import { decidedDrift, decidedDriftEffects, type Drift, type DriftDecision } from '@stayward/core'
import { isId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { present } from './stored-rows.ts'
import type { Run, Statement } from './tenant-session.ts'

const changed: Statement = {
  name: 'drift-changed',
  text: `
select booking_id, device_id, want, drift from code
where tenant_id = $1::uuid and id = $2::uuid and gone_at is null for no key update`,
}

/** What a look at the device found before, counts no more: it worked for another revision. */
const decide: Statement = {
  name: 'drift-decide',
  text: `
update code set drift = $3::jsonb, restored = 0, revision = revision + 1 where tenant_id = $1::uuid and id = $2::uuid`,
}

interface ChangedRow extends Readonly<Record<'booking_id' | 'device_id', string>> {
  readonly want: 'present' | 'absent'
  readonly drift: Drift | null
}

/** Resolves to whether there was something to decide, and whether a key was marked. */
export async function decideDrift(
  run: Run,
  tenantId: string,
  { codeId, decision, now }: DriftDecision,
): Promise<{ readonly decided: boolean; readonly marked: boolean }> {
  const [row] = isId(codeId) ? await run<ChangedRow>(changed, [tenantId, codeId]) : []
  const drift = row && decidedDrift({ want: row.want, ...present('drift', row.drift) }, decision)
  if (!row || !drift) return { decided: false, marked: false }
  await run(decide, [tenantId, codeId, JSON.stringify(drift)])
  const code = { bookingId: row.booking_id, deviceId: row.device_id }
  return { decided: true, marked: await applyEffects(run, tenantId, { now, ...decidedDriftEffects(code, decision) }) }
}
