import type { AlarmView, Alert, ConnectionHealth, Effects, FetchOutcome, Look } from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import { applyEffects } from './effects.ts'
import { leaseLost, passFence } from './fence.ts'
import type { Reading, Run, Statement, TenantSession } from './tenant-session.ts'

/** $3 whether the test went well, null when there was none; $4 note, $5 account, $6 now. */
const health: Statement = {
  name: 'store-connection-health',
  text: `
update connection set account = coalesce(account, $5::text),
  last_test_at = case when $3::boolean is null then last_test_at else $6::timestamptz end,
  last_test_ok = coalesce($3::boolean, last_test_ok),
  last_test_note = case when $3::boolean is null then last_test_note else $4::text end,
  failing_since = case when $3::boolean then null when $3::boolean is null then failing_since
    else coalesce(failing_since, $6::timestamptz) end
where tenant_id = $1::uuid and id = $2::uuid`,
}

/** $3 whose sake it was, $4 now. */
const notReached: Statement = {
  name: 'store-device-unreached',
  text: `
update device set failures = failures + 1, unreached_since = coalesce(unreached_since, $4::timestamptz),
  unreached_at = $4::timestamptz, unreached_by = $3::text
where tenant_id = $1::uuid and id = $2::uuid`,
}

/** Only while the connection is there. */
const fetched: Statement = {
  name: 'store-fetch',
  text: `
insert into fetch_outcome (tenant_id, connection_id, ref, outcome, text, at)
select $1::uuid, c.id, $3::text, $4::text, $5::text, $6::timestamptz from connection c
where c.tenant_id = $1::uuid and c.id = $2::uuid
on conflict (tenant_id, connection_id, ref) do update set outcome = excluded.outcome, text = excluded.text, at = excluded.at
returning 1`,
}

const alarmed: Statement = {
  name: 'store-alarms',
  text: `
update alert set alarm_sent_at = $3::timestamptz
where tenant_id = $1::uuid and id = any ($2::uuid[]) and alarm_sent_at is null`,
}

export interface Save {
  readonly run: Run
  readonly tenantId: string
  readonly look: Look
  readonly effects: Effects
}

export async function saveConnection(
  { run, tenantId, look, effects }: Save,
  tested: ConnectionHealth,
): Promise<boolean> {
  const { connectionId, ok = null, note = null, account = null, unreached } = tested
  await passFence(run, tenantId, look)
  const said = ok !== null || account !== null
  if (said && isId(connectionId)) await run(health, [tenantId, connectionId, ok, note, account, effects.now])
  if (look.kind === 'device' && unreached) await run(notReached, [tenantId, look.key, unreached, effects.now])
  return await applyEffects(run, tenantId, effects)
}

export async function saveFetch({ run, tenantId, look, effects }: Save, outcome: FetchOutcome): Promise<boolean> {
  const { connectionId, ref, text } = outcome
  if (!isId(connectionId)) throw leaseLost(look)
  await passFence(run, tenantId, look)
  const rows = await run(fetched, [tenantId, connectionId, ref, outcome.outcome, text, effects.now])
  if (rows.length === 0) throw leaseLost(look)
  return await applyEffects(run, tenantId, effects)
}

export async function saveAlarms(
  { run, tenantId, look, effects }: Save,
  alertIds: readonly string[],
): Promise<boolean> {
  await passFence(run, tenantId, look)
  const ids = alertIds.filter(isId)
  if (ids.length > 0) await run(alarmed, [tenantId, ids, effects.now])
  return await applyEffects(run, tenantId, effects)
}

/** $1 tenant. Oldest first. */
const unsent: Reading = {
  name: 'stayward_unsent_alarms',
  types: ['uuid'],
  text: `
select json_build_object(
  'alerts', (select json_agg(json_build_object('id', a.id, 'kind', a.kind, 'subject', a.subject, 'text', a.text,
      'remedy', a.remedy, 'loud', a.loud, 'openedAt', a.opened_at) order by a.id)
    from alert a where a.tenant_id = $1 and a.closed_at is null and a.loud = 'page' and a.alarm_sent_at is null),
  'connectionId', (select s.alarm_connection_id from tenant_setting s where s.tenant_id = $1),
  'to', (select s.alarm_to_sealed from tenant_setting s where s.tenant_id = $1))`,
}

interface UnsentJson {
  readonly alerts: readonly (Alert & { readonly id: string; readonly openedAt: string })[] | null
  readonly connectionId: string | null
  readonly to: string | null
}

export async function unsentAlarms(session: TenantSession, secrets: TenantSecrets): Promise<AlarmView> {
  const { tenantId } = session
  // The shape is what the query above builds.
  const found = (await session.read(unsent, [tenantId])) as UnsentJson
  const alerts = (found.alerts ?? []).map((alert) => ({ ...alert, openedAt: instantFromSql(alert.openedAt) }))
  const { connectionId, to } = found
  if (connectionId === null || to === null) return { alerts }
  return { alerts, address: { connectionId, to: secrets.open(to, alarmToPlace(tenantId)) } }
}

export const alarmToPlace = (row: string) => ({ table: 'tenant_setting', column: 'alarm_to_sealed', row })
