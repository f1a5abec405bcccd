import type { DriftPolicy, Policy } from '@stayward/core'
import type { Change } from './house-context.ts'
import { houseRows } from './house-rows.ts'

/** A tenant's house as it stands, by short names. */
export interface HousePicture {
  readonly policy: Partial<Policy>
  readonly retentionDays: number
  readonly alarm?: { readonly connection: string }
  readonly connections: readonly {
    readonly id: string
    readonly name: string
    readonly adapter: string
    readonly port: string
    readonly state: 'active' | 'paused'
  }[]
  readonly properties: readonly {
    readonly slug: string
    readonly name: string
    readonly zone: string
    readonly checkIn: string
    readonly checkOut: string
  }[]
  readonly devices: readonly {
    readonly id: string
    readonly connection: string
    readonly vendorId: string
    readonly name: string
  }[]
  readonly doors: readonly {
    readonly slug: string
    readonly name: string
    readonly kind: 'device' | 'fixed-code' | 'instruction'
    readonly deviceId?: string
    readonly hasPrefix: boolean
    readonly tellAt: 'confirmed' | 'accepted'
    readonly ifChanged: DriftPolicy
  }[]
  readonly units: readonly {
    readonly slug: string
    readonly name: string
    readonly property: string
    readonly path: readonly string[]
    readonly sources: readonly { readonly connection: string; readonly ref: string }[]
  }[]
}

export async function houseAsItIs(change: Change): Promise<HousePicture> {
  const { setting, connections, properties, devices, doors, units, connectionName } = await houseRows(change)
  const alarm = setting?.alarmConnectionId
  return {
    policy: setting?.policy ?? {},
    retentionDays: setting?.retentionDays ?? 90,
    ...(alarm == null ? {} : { alarm: { connection: connectionName(alarm) } }),
    connections: connections.map(({ id, name, adapter, port, state }) => ({ id, name, adapter, port, state })),
    properties: properties.map(({ slug, name, zone, checkIn, checkOut }) => ({ slug, name, zone, checkIn, checkOut })),
    devices: devices.map(({ id, connectionId, vendorId, name }) => ({
      id,
      connection: connectionName(connectionId),
      vendorId,
      name,
    })),
    doors: doors.map(({ slug, name, kind, deviceId, prefixSealed, tellAt, ifChanged }) => ({
      slug,
      name,
      kind,
      ...(deviceId == null ? {} : { deviceId }),
      hasPrefix: prefixSealed != null,
      tellAt,
      ifChanged,
    })),
    units,
  }
}
