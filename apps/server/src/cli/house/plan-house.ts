import type { Channel, Policy } from '@stayward/core'
import type { Furniture } from '../../persistence/house/furnish.ts'
import type { SettingsInput } from '../../persistence/house.ts'
import {
  type DescribedDoor,
  type DescribedSettings,
  durationOf,
  durations,
  type HouseFile,
  placeOf,
} from './house-file.ts'
import type { NamedConnection } from './known-house.ts'

/** One thing that a description would change. */
export interface PlannedChange {
  readonly kind: 'settings' | 'property' | 'door' | 'unit'
  readonly name: string
  readonly change: 'new' | 'changed' | 'unchanged'
  /** Secret fields without their values. */
  readonly fields: readonly { readonly field: string; readonly from?: string; readonly to?: string }[]
}

const secretFields = new Set(['prefix', 'fixedCode', 'alarm', 'templates'])

/** What is different, in the order in which it is done. What the file does not name is not in it. */
export function changesBetween(now: HouseFile, wanted: HouseFile): readonly PlannedChange[] {
  const family = (kind: PlannedChange['kind'], before: Entries, after: Entries) =>
    Object.entries(after).map(([name, entry]) => changeOf(kind, name, before[name], entry))
  return [
    ...family('property', now.properties, wanted.properties),
    ...family('door', now.doors, wanted.doors),
    ...family('unit', now.units, wanted.units),
    ...(wanted.settings ? [settingsChange(now.settings ?? {}, wanted.settings)] : []),
  ]
}

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>

function changeOf(
  kind: PlannedChange['kind'],
  name: string,
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>>,
): PlannedChange {
  const names = Array.from(new Set([...Object.keys(before ?? {}), ...Object.keys(after)]))
  const fields = names.filter((field) => asText(before?.[field]) !== asText(after[field]))
  return {
    kind,
    name,
    change: before === undefined ? 'new' : fields.length > 0 ? 'changed' : 'unchanged',
    fields: fields.map((field) => fieldChange(field, before?.[field], after[field])),
  }
}

/** Of the settings only those that are named count; null stands for the default. */
function settingsChange(before: DescribedSettings, after: DescribedSettings): PlannedChange {
  const named = Object.fromEntries(Object.keys(after).map((field) => [field, before[field as keyof DescribedSettings]]))
  const wanted = Object.fromEntries(Object.entries(after).map(([field, value]) => [field, value ?? undefined]))
  return changeOf('settings', 'settings', named, wanted)
}

function fieldChange(field: string, from: unknown, to: unknown): PlannedChange['fields'][number] {
  if (secretFields.has(field)) return { field }
  return {
    field,
    ...(from === undefined ? {} : { from: inWords(from) }),
    ...(to === undefined ? {} : { to: inWords(to) }),
  }
}

function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return asText(value)
  return Object.entries(value)
    .map(([language, text]) => `${language}: ${asText(text)}`)
    .join('; ')
}

/** Equal for equal values, whatever the order of an object's names. */
function asText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
    return JSON.stringify(Object.fromEntries(entries))
  }
  return JSON.stringify(value) // a number, true or false
}

/** A line for people: `door loft-door: device locks:7001/Kp7xQ2Za → locks:7001/Kp9zQ2Zb, prefix`. */
export function sayChange({ kind, name, change, fields }: PlannedChange): string {
  const what = kind === 'settings' ? kind : `${kind} ${name}`
  if (change === 'unchanged') return `  ${what}: as it is`
  const parts = fields.map(({ field, from, to }) => {
    if (from === undefined && to === undefined) return field
    if (from === undefined) return `${field} ${to}`
    return `${field} ${from} → ${to ?? 'nothing'}`
  })
  return `${change === 'new' ? '+' : '~'} ${what}: ${parts.join(', ')}`
}

/** What has to be put, in the house's own terms. `deviceNames`: by "<connection>:<vendor id>". */
export function furnitureOf(
  wanted: HouseFile,
  changes: readonly PlannedChange[],
  deviceNames: ReadonlyMap<string, string>,
): Furniture {
  const changed = <Entry>(kind: PlannedChange['kind'], entries: Readonly<Record<string, Entry>>) =>
    Object.entries(entries).filter(([slug]) =>
      changes.some((one) => one.kind === kind && one.name === slug && one.change !== 'unchanged'),
    )
  return {
    properties: changed('property', wanted.properties).map(([slug, property]) => ({ slug, ...property })),
    doors: changed('door', wanted.doors).map(([slug, door]) => ({
      slug,
      name: door.name,
      instruction: door.say ?? {},
      entry: entryOf(door, deviceNames),
    })),
    units: changed('unit', wanted.units).map(([slug, { sources, ...unit }]) => ({
      slug,
      ...unit,
      sources: sources.flatMap((source) => {
        const place = placeOf(source)
        return place ? [{ connection: place.connection, ref: place.id }] : []
      }),
    })),
  }
}

function entryOf(
  { name, device, fixedCode, prefix, tellAt = 'confirmed', ifChanged }: DescribedDoor,
  deviceNames: ReadonlyMap<string, string>,
): NonNullable<Furniture['doors']>[number]['entry'] {
  const place = device === undefined ? undefined : placeOf(device)
  if (device !== undefined && place)
    return {
      kind: 'device',
      device: { connection: place.connection, vendorId: place.id, name: deviceNames.get(device) ?? name },
      tellAt,
      ...(ifChanged === undefined ? {} : { ifChanged }),
      ...(prefix === undefined ? {} : { prefix }),
    }
  return fixedCode === undefined ? { kind: 'instruction' } : { kind: 'fixed-code', code: fixedCode }
}

/** The settings that are named, in the house's own terms. They were checked before. */
export function settingsInput(described: DescribedSettings, connections: readonly NamedConnection[]): SettingsInput {
  const { language, phoneCountry, mode, namesOnDevices, channels, alarm, templates, retentionDays } = described
  const times = durations
    .filter((name) => described[name] !== undefined)
    .map((name) => {
      const text = described[name]
      return [name, text == null ? null : (durationOf(text) ?? null)] as const
    })
  const policy: { -readonly [Point in keyof Policy]?: Policy[Point] | null } = Object.fromEntries(times)
  if (language !== undefined) policy.language = language
  if (phoneCountry !== undefined) policy.phoneCountry = phoneCountry
  if (mode !== undefined) policy.mode = mode
  if (namesOnDevices !== undefined) policy.namesOnDevices = namesOnDevices
  if (channels !== undefined)
    policy.channels = channels === null ? null : channels.map((one) => channelOf(one, connections))
  const place = alarm == null ? undefined : placeOf(alarm)
  return {
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
    ...(templates === undefined ? {} : { templates }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(alarm === null ? { alarm: null } : {}),
    ...(place ? { alarm: { connection: place.connection, to: place.id } } : {}),
  }
}

function channelOf(name: string, connections: readonly NamedConnection[]): Channel {
  const connectionId = connections.find((one) => one.name === name)?.id
  return connectionId === undefined ? { kind: 'inbox' } : { kind: 'notifier', connectionId }
}
