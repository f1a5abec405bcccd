import { LeaseLost, type Look } from '@stayward/core'
import { isId } from '../ordered-id.ts'
import type { Run, Statement } from './tenant-session.ts'

const onOwnRow = (name: string, table: string, column: string, key = 'id'): Statement => ({
  name,
  text: `update ${table} set ${column} = $3::bigint where tenant_id = $1::uuid and ${key} = $2::uuid and ${column} <= $3::bigint returning 1`,
})

/** Which row and which of its fences a look's key stands for. Looks of different kinds do not hold up each other. */
const statements = {
  connection: onOwnRow('fence-connection', 'connection', 'fence'),
  probe: onOwnRow('fence-probe', 'connection', 'probe_fence'),
  booking: onOwnRow('fence-booking', 'booking', 'fence'),
  messages: onOwnRow('fence-messages', 'booking', 'message_fence'),
  device: onOwnRow('fence-device', 'device', 'fence'),
  alarms: onOwnRow('fence-alarms', 'tenant_setting', 'alarm_fence', 'tenant_id'),
}

/**
 * First statement of a save that has no own row to change: refuses when a newer look at the key has saved before, or when
 * what it is about is no longer there. A `fetch` has no row of its own; the bookings it saves carry the fence.
 */
export async function passFence(run: Run, tenantId: string, look: Look): Promise<void> {
  if (look.kind !== 'fetch' && !(await takeFence(run, tenantId, look.kind, look))) throw leaseLost(look)
}

/** The same for a look that has nothing to save yet; of a newer one it is told when it has. */
export async function shutOut(run: Run, tenantId: string, look: Look): Promise<void> {
  if (look.kind !== 'fetch') await takeFence(run, tenantId, look.kind, look)
}

async function takeFence(run: Run, tenantId: string, kind: keyof typeof statements, look: Look): Promise<boolean> {
  const row = kind === 'alarms' ? tenantId : look.key
  return isId(row) && (await run(statements[kind], [tenantId, row, look.fence])).length > 0
}

export function leaseLost({ kind, key }: Pick<Look, 'kind' | 'key'>): LeaseLost {
  return new LeaseLost(`A newer look has saved ${kind}:${key}, or it is no longer there.`)
}
