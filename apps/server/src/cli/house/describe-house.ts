import type { Channel } from '@stayward/core'
import type { EnteredHouse } from '../../persistence/house/as-entered.ts'
import type { DoorInput, PropertyInput, UnitInput } from '../../persistence/house/rooms.ts'
import {
  type DescribedDoor,
  type DescribedProperty,
  type DescribedSettings,
  type DescribedUnit,
  durations,
  durationText,
  type HouseFile,
} from './house-file.ts'
import type { NamedConnection } from './known-house.ts'

/** The house as it stands, in the words of a house file. Holds the codes of doors: for comparing, not for showing. */
export function describeHouse(entered: EnteredHouse, connections: readonly NamedConnection[]): HouseFile {
  return {
    settings: describeSettings(entered, connections),
    properties: Object.fromEntries(entered.properties.map((property) => [property.slug, describeProperty(property)])),
    doors: Object.fromEntries(entered.doors.map((door) => [door.slug, describeDoor(door, entered.devices)])),
    units: Object.fromEntries(entered.units.map((unit) => [unit.slug, describeUnit(unit)])),
  }
}

function describeProperty({ slug: _, ...property }: PropertyInput): DescribedProperty {
  return property
}

function describeDoor({ name, instruction = {}, entry }: DoorInput, devices: EnteredHouse['devices']): DescribedDoor {
  const words = { name, ...(Object.keys(instruction).length === 0 ? {} : { say: instruction }) }
  if (entry.kind === 'instruction') return words
  if (entry.kind === 'fixed-code') return { ...words, fixedCode: entry.code }
  const device = devices.find(({ id }) => id === entry.deviceId)
  return {
    ...words,
    ...(device ? { device: `${device.connection}:${device.vendorId}` } : {}),
    ...(entry.prefix === undefined ? {} : { prefix: entry.prefix }),
    ...(entry.tellAt === 'accepted' ? { tellAt: entry.tellAt } : {}),
    ...(entry.ifChanged === undefined ? {} : { ifChanged: entry.ifChanged }),
  }
}

function describeUnit({ name, property, path, sources }: UnitInput): DescribedUnit {
  return { name, property, path: [...path], sources: sources.map(({ connection, ref }) => `${connection}:${ref}`) }
}

export function describeSettings(
  { settings: { policy, templates, retentionDays, alarm } }: EnteredHouse,
  connections: readonly NamedConnection[],
): DescribedSettings {
  const channel = (one: Channel) =>
    one.kind === 'inbox' ? 'inbox' : (connections.find(({ id }) => id === one.connectionId)?.name ?? one.connectionId)
  const { channels, language, phoneCountry, mode, namesOnDevices } = policy
  const given = { language, phoneCountry, mode, namesOnDevices, channels: channels?.map(channel) }
  const times = durations.map((name) => [name, policy[name] === undefined ? undefined : durationText(policy[name])])
  const known = [...Object.entries(given), ...times].filter(([, value]) => value !== undefined)
  return {
    // The entries are exactly those of the fields above, the absent ones left out.
    ...(Object.fromEntries(known) as Omit<DescribedSettings, 'alarm' | 'templates' | 'retentionDays'>),
    retentionDays,
    ...(alarm ? { alarm: `${alarm.connection}:${alarm.to}` } : {}),
    // Checked before they were stored.
    ...(Object.keys(templates).length === 0
      ? {}
      : { templates: templates as NonNullable<DescribedSettings['templates']> }),
  }
}
