import type { DoorEntry, Policy } from '@stayward/core'
import {
  Connection,
  Device,
  type DoorEntity,
  DoorRow,
  PropertyRow,
  TenantSetting,
  UnitDoor,
  UnitRow,
  UnitSource,
} from '../entities/index.ts'
import { alarmToPlace } from '../store/connections.ts'
import { fixedCodePlace, prefixPlace } from '../store/stored-rows.ts'
import type { Change } from './house-context.ts'
import type { DeviceInput, DoorInput, PropertyInput, UnitInput } from './rooms.ts'

/** A tenant's house in the words it was entered in. Holds the prefixes and fixed codes of doors. */
export interface EnteredHouse {
  readonly settings: {
    readonly policy: Partial<Policy>
    readonly templates: Readonly<Record<string, unknown>>
    readonly retentionDays: number
    readonly alarm?: { readonly connection: string; readonly to: string }
  }
  readonly properties: readonly PropertyInput[]
  readonly devices: readonly (DeviceInput & { readonly id: string })[]
  readonly doors: readonly DoorInput[]
  readonly units: readonly UnitInput[]
}

export async function houseAsEntered(change: Change): Promise<EnteredHouse> {
  const { em, tenantId } = change
  const own = { tenantId }
  const connections = await em.find(Connection, own)
  const properties = await em.find(PropertyRow, own, { orderBy: { slug: 'asc' } })
  const devices = await em.find(Device, own, { orderBy: { name: 'asc' } })
  const doors = await em.find(DoorRow, own, { orderBy: { slug: 'asc' } })
  const units = await em.find(UnitRow, own, { orderBy: { slug: 'asc' } })
  const ways = await em.find(UnitDoor, own, { orderBy: { unitId: 'asc', position: 'asc' } })
  const links = await em.find(UnitSource, own, { orderBy: { sourceRef: 'asc' } })

  const connectionName = nameOf(connections, ({ name }) => name)
  const doorSlug = nameOf(doors, ({ slug }) => slug)
  const propertySlug = nameOf(properties, ({ slug }) => slug)
  return {
    settings: await settingsAsEntered(change, connectionName),
    properties: properties.map(
      ({ slug, name, zone, checkIn, checkOut, earliestCheckIn: earliest, latestCheckOut: latest }) => ({
        slug,
        name,
        zone,
        checkIn,
        checkOut,
        ...(earliest == null ? {} : { earliestCheckIn: earliest }),
        ...(latest == null ? {} : { latestCheckOut: latest }),
      }),
    ),
    devices: devices.map(({ id, connectionId, vendorId, name }) => ({
      id,
      vendorId,
      name,
      connection: connectionName(connectionId),
    })),
    doors: doors.map((door) => ({
      slug: door.slug,
      name: door.name,
      instruction: door.instruction,
      entry: entryOf(change, door),
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

async function settingsAsEntered(
  { em, tenantId, secrets }: Change,
  connectionName: (id: string) => string,
): Promise<EnteredHouse['settings']> {
  const setting = await em.findOne(TenantSetting, { tenantId })
  const { alarmConnectionId: alarm, alarmToSealed: to } = setting ?? {}
  return {
    policy: setting?.policy ?? {},
    templates: setting?.templates ?? {},
    retentionDays: setting?.retentionDays ?? 90,
    ...(alarm == null || to == null
      ? {}
      : { alarm: { connection: connectionName(alarm), to: secrets.open(to, alarmToPlace(tenantId)) } }),
  }
}

function entryOf({ secrets }: Change, door: DoorEntity): DoorEntry {
  const { id, kind, deviceId, prefixSealed: prefix, fixedCodeSealed: code, tellAt, ifChanged } = door
  if (kind === 'device' && deviceId != null)
    return {
      kind,
      deviceId,
      tellAt,
      ...(ifChanged === 'restore' ? {} : { ifChanged }),
      ...(prefix == null ? {} : { prefix: secrets.open(prefix, prefixPlace(id)) }),
    }
  if (kind === 'fixed-code' && code != null) return { kind, code: secrets.open(code, fixedCodePlace(id)) }
  return { kind: 'instruction' }
}

function nameOf<Row extends { readonly id: string }>(rows: readonly Row[], name: (row: Row) => string) {
  const byId = new Map(rows.map((row) => [row.id, name(row)]))
  return (id: string): string => byId.get(id) ?? id
}
