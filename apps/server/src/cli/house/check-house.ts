import { isCivilTime, isZone } from '@stayward/core'
import type { Problem } from '../refusal.ts'
import { checkSettings } from './check-settings.ts'
import {
  type DescribedDoor,
  type DescribedProperty,
  type DescribedUnit,
  type HouseFile,
  placeOf,
} from './house-file.ts'
import { connectionsOf, type KnownHouse } from './known-house.ts'

/** Everything that is wrong with a description, before anything is changed. Asks no vendor. */
export function checkHouse(file: HouseFile, known: KnownHouse): readonly Problem[] {
  const slugs = [file.properties, file.doors, file.units].flatMap((entries) => Object.keys(entries))
  return [
    ...slugs.filter((slug) => !slugShape.test(slug)).map((slug) => notSlug(slug)),
    ...each(file.properties, checkProperty),
    ...each(file.doors, (slug, door) => checkDoor(slug, door, known)),
    ...each(file.units, (slug, unit) => checkUnit(slug, unit, file, known)),
    ...doubleSources(file, known),
    ...(file.settings ? checkSettings(file.settings, known) : []),
  ]
}

const slugShape = /^[a-z0-9][a-z0-9-]{0,62}$/

function notSlug(slug: string): Problem {
  return { text: `"${slug}" cannot be a short name.`, remedy: 'Use small letters, digits and hyphens: loft-2' }
}

function each<Entry>(
  entries: Readonly<Record<string, Entry>>,
  check: (slug: string, entry: Entry) => readonly Problem[],
): readonly Problem[] {
  return Object.entries(entries).flatMap(([slug, entry]) => check(slug, entry))
}

function checkProperty(slug: string, property: DescribedProperty): readonly Problem[] {
  const { zone, checkIn, checkOut, earliestCheckIn, latestCheckOut } = property
  const times = { checkIn, checkOut, earliestCheckIn, latestCheckOut }
  return [
    ...(isZone(zone)
      ? []
      : [
          {
            text: `Property "${slug}": "${zone}" is not a time zone.`,
            remedy: 'Write it as region and city, for example Europe/Paris.',
          },
        ]),
    ...Object.values(times)
      .filter((time) => time !== undefined && !isCivilTime(time))
      .map((time) => ({
        text: `Property "${slug}": "${time}" is not a time of day.`,
        remedy: 'Write it with two digits each, for example 15:00.',
      })),
  ]
}

function checkDoor(slug: string, door: DescribedDoor, { connections, adapters }: KnownHouse): readonly Problem[] {
  const problems: Problem[] = []
  const wrong = (text: string, remedy: string) => void problems.push({ text: `Door "${slug}": ${text}`, remedy })
  const { device, fixedCode, prefix, tellAt, ifChanged, say = {} } = door
  for (const language of Object.keys(say))
    if (!/^[a-z]{2}$/.test(language)) wrong(`"${language}" is not a language.`, 'Use two letters, such as "en".')
  if (device !== undefined && fixedCode !== undefined)
    wrong('it has a device and a fixed code.', 'Keep one of them: a device gives each guest a code of their own.')
  if (device === undefined && (prefix ?? tellAt ?? ifChanged) !== undefined)
    wrong('prefix, tell-at and if-changed are for doors with a device.', 'Name the device, or leave them out.')
  if (prefix !== undefined && !/^[0-9A-Za-z*#]{1,12}$/.test(prefix))
    wrong('its prefix is not one.', 'Write the keys as the guest types them before the PIN, for example 12.')
  if (fixedCode !== undefined && !/^\S{1,20}$/.test(fixedCode))
    wrong('its fixed code is empty, too long or has spaces.', 'Write it as it is typed, for example 1379A.')
  if (device === undefined) return problems
  const place = placeOf(device)
  const connection = connections.find(({ name }) => name === place?.connection)
  if (!place)
    wrong(`"${device}" does not name a device.`, 'Write it as connection and device, for example locks:7001/Kp7xQ2Za.')
  else if (!connection)
    wrong(`there is no connection "${place.connection}".`, connectionsOf(connections, ['lock', 'intercom']))
  else if (connection.port !== 'lock' && connection.port !== 'intercom')
    wrong(`"${place.connection}" has no devices.`, connectionsOf(connections, ['lock', 'intercom']))
  else {
    const checked = adapters.get(connection.adapter)?.deviceId?.safeParse(place.id)
    for (const { message } of checked?.error?.issues ?? [])
      wrong(message, `List them with: stayward connection devices ${connection.name}`)
  }
  return problems
}

function checkUnit(slug: string, unit: DescribedUnit, file: HouseFile, known: KnownHouse): readonly Problem[] {
  const problems: Problem[] = []
  const wrong = (text: string, remedy: string) => void problems.push({ text: `Unit "${slug}": ${text}`, remedy })
  const { property, path, sources } = unit
  if (!Object.hasOwn(file.properties, property) && !Object.hasOwn(known.house.properties, property))
    wrong(`there is no property "${property}".`, 'Add it first: stayward property add --help')
  for (const door of new Set(path))
    if (!Object.hasOwn(file.doors, door) && !Object.hasOwn(known.house.doors, door))
      wrong(`there is no door "${door}".`, 'Add it first: stayward door add --help')
  if (new Set(path).size < path.length)
    wrong('a door is twice on its path.', 'Name each door once, in the order a guest meets them.')
  for (const source of sources) {
    const place = placeOf(source)
    const connection = known.connections.find(({ name }) => name === place?.connection)
    if (!place)
      wrong(`"${source}" does not name a flat.`, 'Write it as connection and flat, for example smoobu:700101.')
    else if (!connection)
      wrong(`there is no connection "${place.connection}".`, connectionsOf(known.connections, ['booking']))
    else if (connection.port !== 'booking')
      wrong(`"${place.connection}" is not a booking system.`, connectionsOf(known.connections, ['booking']))
  }
  return problems
}

/** A flat of the booking system belongs to one unit; one that goes from unit to unit in the same file may. */
function doubleSources(file: HouseFile, { house }: KnownHouse): readonly Problem[] {
  const owners = new Map<string, string>()
  const problems: Problem[] = []
  const after = { ...house.units, ...file.units }
  for (const [slug, { sources }] of Object.entries(after))
    for (const source of sources) {
      const other = owners.get(source)
      owners.set(source, slug)
      if (other !== undefined)
        problems.push({
          text: `The flat ${source} would belong to "${other}" and to "${slug}".`,
          remedy: `Take it away from one of them: stayward unit set ${Object.hasOwn(house.units, slug) ? slug : other} --remove-source ${source}`,
        })
    }
  return problems
}
