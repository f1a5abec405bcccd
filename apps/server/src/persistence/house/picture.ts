import type { DriftPolicy, Policy } from '@stayward/core'
import {
  Connection,
  Device,
  DoorRow,
  PropertyRow,
  TenantSetting,
  UnitDoor,
  UnitRow,
  UnitSource,
} from '../entities/index.ts'
import type { Change } from './house-context.ts'

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

export async function houseAsItIs({ em, tenantId }: Change): Promise<HousePicture> {
  const own = { tenantId }
  const setting = await em.findOne(TenantSetting, own)
  const connections = await em.find(Connection, own, { orderBy: { name: 'asc' } })
  const properties = await em.find(PropertyRow, own, { orderBy: { slug: 'asc' } })
  const devices = await em.find(Device, own, { orderBy: { name: 'asc' } })
  const doors = await em.find(DoorRow, own, { orderBy: { slug: 'asc' } })
  const units = await em.find(UnitRow, own, { orderBy: { slug: 'asc' } })
  const ways = await em.find(UnitDoor, own, { orderBy: { unitId: 'asc', position: 'asc' } })
  const links = await em.find(UnitSource, own, { orderBy: { sourceRef: 'asc' } })

  const connectionName = namesOf(connections, ({ name }) => name)
  const doorSlug = namesOf(doors, ({ slug }) => slug)
  const propertySlug = namesOf(properties, ({ slug }) => slug)
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
    units: units.map(({ id, slug, name, propertyId }) => ({
      slug,
      name,
      property: propertySlug(propertyId),
      path: ways.filter(({ unitId }) => unitId === id).map(({ doorId }) => doorSlug(doorId)),
      sources: links
        .filter(({ unitId }) => unitId === id)
        .map(({ connectionId, sourceRef }) => ({ connection: connectionName(connectionId), ref: sourceRef })),
    })),
  }
}

function namesOf<Row extends { readonly id: string }>(rows: readonly Row[], name: (row: Row) => string) {
  const byId = new Map(rows.map((row) => [row.id, name(row)]))
  return (id: string): string => byId.get(id) ?? id
}
