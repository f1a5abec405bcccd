import type { DoorEntry, Policy } from '@stayward/core'
import type { DoorEntity } from '../entities/index.ts'
import { alarmToPlace } from '../store/connections.ts'
import { fixedCodePlace, prefixPlace } from '../store/stored-rows.ts'
import type { Change } from './house-context.ts'
import { houseRows } from './house-rows.ts'
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
  const { setting, properties, devices, doors, units, connectionName } = await houseRows(change)
  return {
    settings: settingsAsEntered(change, setting, connectionName),
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
    units,
  }
}

function settingsAsEntered(
  { tenantId, secrets }: Change,
  setting: Awaited<ReturnType<typeof houseRows>>['setting'],
  connectionName: (id: string) => string,
): EnteredHouse['settings'] {
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
