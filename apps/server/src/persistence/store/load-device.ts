import {
  type AdoptionRequest,
  type DeviceRow,
  type DeviceView,
  type DriftPolicy,
  type ListedDevice,
  mostCareful,
  type Policy,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import * as rows from './stored-rows.ts'
import type { Reading, TenantSession } from './tenant-session.ts'

/**
 * $1 tenant, $2 device. A device that opens several doors is named after the first of them. A code that was taken for gone
 * and was listed again is among its codes as long as its PIN has not been erased.
 */
const device: Reading = {
  name: 'stayward_load_device',
  types: ['uuid', 'uuid'],
  text: `
select json_build_object(
  'device', json_build_object('id', v.id, 'connectionId', v.connection_id, 'vendorId', v.vendor_id, 'name', v.name),
  'failures', v.failures, 'unreachedSince', v.unreached_since, 'unreachedAt', v.unreached_at,
  'beside', (select json_agg(o.id order by o.id) from device o where v.unreached_by is not null and o.tenant_id = $1
    and o.connection_id = v.connection_id and o.unreached_by = 'connection' and o.id <> v.id),
  'door', (select d.name from door d where d.tenant_id = $1 and d.device_id = v.id order by d.slug limit 1),
  'policy', (select s.policy from tenant_setting s where s.tenant_id = $1),
  'ifChanged', (select json_agg(d.if_changed) from door d where d.tenant_id = $1 and d.device_id = v.id),
  'adoptions', (select json_agg(json_build_object('vendorRef', f.vendor_ref, 'bookingId', f.adopt_for, 'id', f.adopt_id,
      'found', f.adopt_pin_sealed is not null) order by f.vendor_ref)
    from foreign_code f where f.tenant_id = $1 and f.device_id = v.id and f.adopt_for is not null),
  'codes', (select json_agg(k order by k.created_at, k.id) from (
    select ${rows.codeColumns}, k.created_at from code k where k.tenant_id = $1 and k.device_id = v.id and k.gone_at is null
    union all
    select ${rows.codeColumns}, k.created_at from foreign_code f join code k on k.tenant_id = $1 and k.mark = f.mark
    where f.tenant_id = $1 and f.device_id = v.id and f.kind = 'ours-unknown' and k.device_id = v.id
      and k.gone_at is not null and k.pin_sealed is not null) k),
  'unclaimed', (select json_agg(f.mark order by f.mark) from foreign_code f
    where f.tenant_id = $1 and f.device_id = v.id and f.kind = 'ours-unknown')
) from device v where v.tenant_id = $1 and v.id = $2`,
}

interface DeviceJson {
  readonly device: DeviceRow
  readonly failures: number
  readonly unreachedSince: string | null
  readonly unreachedAt: string | null
  readonly beside: readonly string[] | null
  readonly door: string | null
  readonly policy: Partial<Policy> | null
  readonly ifChanged: readonly DriftPolicy[] | null
  readonly adoptions: readonly AdoptionRequest[] | null
  readonly codes: readonly rows.CodeJson[] | null
  readonly unclaimed: readonly string[] | null
}

export async function loadDevice(
  session: TenantSession,
  secrets: TenantSecrets,
  deviceId: string,
): Promise<DeviceView | undefined> {
  if (!isId(deviceId)) return undefined
  // The shape is what the query above builds.
  const found = (await session.read(device, [session.tenantId, deviceId])) as DeviceJson | undefined
  if (!found) return undefined
  const { unreachedSince: since, unreachedAt: at } = found
  return {
    device: found.device,
    codes: (found.codes ?? []).map((row) => rows.codeFrom(row, secrets)),
    ifChanged: mostCareful(found.ifChanged ?? []),
    doorName: found.door ?? found.device.name,
    policy: rows.policyFrom(found.policy),
    failures: found.failures,
    ...(since === null || at === null ? {} : { unreached: { since: instantFromSql(since), at: instantFromSql(at) } }),
    ...rows.present('adoptions', found.adoptions),
    unclaimed: found.unclaimed ?? [],
    waitingBeside: found.beside ?? [],
  }
}

/** $1 tenant, $2 connection. */
const devices: Reading = {
  name: 'stayward_devices_of',
  types: ['uuid', 'uuid'],
  text: `
select json_agg(json_build_object('id', v.id, 'connectionId', v.connection_id, 'vendorId', v.vendor_id, 'name', v.name,
  'unreachedAt', v.unreached_at) order by v.name, v.id) from device v where v.tenant_id = $1 and v.connection_id = $2`,
}

export async function devicesOf(session: TenantSession, connectionId: string): Promise<readonly ListedDevice[]> {
  if (!isId(connectionId)) return []
  const found = await session.read(devices, [session.tenantId, connectionId])
  // The shape is what the query above builds.
  const rows = (found as readonly (DeviceRow & { readonly unreachedAt: string | null })[] | null | undefined) ?? []
  return rows.map(({ unreachedAt: at, ...row }) => (at === null ? row : { ...row, unreachedAt: instantFromSql(at) }))
}
