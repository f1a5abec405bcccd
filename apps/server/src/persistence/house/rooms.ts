import { type CivilTime, type DoorEntry, isCivilTime, isZone } from '@stayward/core'
import { Connection, Device, DoorRow, PropertyRow, UnitDoor, UnitRow, UnitSource } from '../entities/index.ts'
import { orderedId } from '../ordered-id.ts'
import { fixedCodePlace, prefixPlace } from '../store/stored-rows.ts'
import { markSources, markUnits } from './affected.ts'
import type { Change } from './house-context.ts'
import { HouseProblem } from './house-problem.ts'

export interface PropertyInput {
  readonly slug: string
  readonly name: string
  /** IANA name, `Europe/Paris`. */
  readonly zone: string
  readonly checkIn: CivilTime
  readonly checkOut: CivilTime
  readonly earliestCheckIn?: CivilTime
  readonly latestCheckOut?: CivilTime
}

export interface DeviceInput {
  /** The connection by name. */
  readonly connection: string
  /** The id the adapter knows it by. */
  readonly vendorId: string
  readonly name: string
}

export interface DoorInput {
  readonly slug: string
  readonly name: string
  readonly instruction?: Readonly<Record<string, string>>
  /** With the hub's own id of the device. */
  readonly entry: DoorEntry
}

export interface UnitInput {
  readonly slug: string
  readonly name: string
  /** The property by slug. */
  readonly property: string
  /** Doors by slug, from the street on. */
  readonly path: readonly string[]
  /** The flat's ids in booking systems, the connection by name. */
  readonly sources: readonly { readonly connection: string; readonly ref: string }[]
}

const slugShape = /^[a-z0-9][a-z0-9-]{0,62}$/

export async function putProperty(change: Change, input: PropertyInput): Promise<string> {
  const { em, tenantId } = change
  const { slug, name, zone, checkIn, checkOut, earliestCheckIn, latestCheckOut } = input
  checkSlug(slug)
  if (!isZone(zone))
    throw new HouseProblem(`"${zone}" is not a time zone.`, 'Write it as region and city, for example Europe/Paris.')
  for (const time of [checkIn, checkOut, earliestCheckIn, latestCheckOut])
    if (time !== undefined && !isCivilTime(time))
      throw new HouseProblem(`"${time}" is not a time of day.`, 'Write it with two digits each, for example 15:00.')
  const facts = {
    name,
    zone,
    checkIn,
    checkOut,
    earliestCheckIn: earliestCheckIn ?? null,
    latestCheckOut: latestCheckOut ?? null,
  }
  const known = await em.findOne(PropertyRow, { tenantId, slug })
  if (!known) {
    const id = orderedId()
    em.persist(em.create(PropertyRow, { tenantId, id, slug, ...facts }))
    return id
  }
  em.assign(known, facts)
  const units = await em.find(UnitRow, { tenantId, propertyId: known.id })
  await markUnits(
    change,
    units.map(({ id }) => id),
  )
  return known.id
}

export async function putDevice(change: Change, { connection, vendorId, name }: DeviceInput): Promise<string> {
  const { em, tenantId, mark } = change
  const { id: connectionId, port } = await connectionNamed(change, connection)
  if (port !== 'lock' && port !== 'intercom')
    throw new HouseProblem(
      `"${connection}" has no devices: it is a ${port} connection.`,
      'Name a lock or intercom connection.',
    )
  const known = await em.findOne(Device, { tenantId, connectionId, vendorId })
  const id = known?.id ?? orderedId()
  if (known) known.name = name
  else em.persist(em.create(Device, { tenantId, id, connectionId, vendorId, name }))
  mark([{ kind: 'device', key: id, why: 'edit' }])
  return id
}

export async function putDoor(change: Change, { slug, name, instruction = {}, entry }: DoorInput): Promise<string> {
  const { em, tenantId, secrets } = change
  checkSlug(slug)
  if (entry.kind === 'device' && !(await em.findOne(Device, { tenantId, id: entry.deviceId })))
    throw new HouseProblem(
      `Door "${slug}" names a device that is not there.`,
      'See the devices: stayward connection devices',
    )
  const known = await em.findOne(DoorRow, { tenantId, slug })
  const id = known?.id ?? orderedId()
  const prefix = entry.kind === 'device' ? entry.prefix : undefined
  const facts = {
    name,
    instruction,
    kind: entry.kind,
    deviceId: entry.kind === 'device' ? entry.deviceId : null,
    prefixSealed: prefix === undefined ? null : secrets.seal(prefix, prefixPlace(id)),
    fixedCodeSealed: entry.kind === 'fixed-code' ? secrets.seal(entry.code, fixedCodePlace(id)) : null,
    tellAt: entry.kind === 'device' ? entry.tellAt : ('confirmed' as const),
    ifChanged: (entry.kind === 'device' ? entry.ifChanged : undefined) ?? ('restore' as const),
  }
  if (!known) {
    em.persist(em.create(DoorRow, { tenantId, id, slug, ...facts }))
    return id
  }
  const units = (await em.find(UnitDoor, { tenantId, doorId: id })).map(({ unitId }) => unitId)
  await markUnits(change, units) // the device it had before, too
  em.assign(known, facts)
  await markUnits(change, units)
  return id
}

export async function putUnit(change: Change, { slug, name, property, path, sources }: UnitInput): Promise<string> {
  const { em, tenantId } = change
  checkSlug(slug)
  const { id: propertyId } = await propertyNamed(change, property)
  const doors = await Promise.all(path.map((door) => doorNamed(change, door)))
  if (new Set(doors).size < doors.length)
    throw new HouseProblem(
      `A door is twice on the way to "${slug}".`,
      'Name each door once, in the order a guest meets them.',
    )
  const links = await Promise.all(
    sources.map(async ({ connection, ref }) => ({ connectionId: (await connectionNamed(change, connection)).id, ref })),
  )
  const known = await em.findOne(UnitRow, { tenantId, slug })
  const id = known?.id ?? orderedId()
  if (known) {
    await markUnits(change, [id]) // stays and devices that it had until now
    em.assign(known, { name, propertyId })
  } else em.persist(em.create(UnitRow, { tenantId, id, slug, name, propertyId }))
  await em.flush()
  await em.nativeDelete(UnitDoor, { tenantId, unitId: id })
  for (const [position, doorId] of doors.entries())
    em.persist(em.create(UnitDoor, { tenantId, unitId: id, position, doorId }))
  await linkSources(change, id, links)
  await em.flush()
  await markUnits(change, [id])
  return id
}

async function linkSources(
  change: Change,
  unitId: string,
  links: readonly { readonly connectionId: string; readonly ref: string }[],
): Promise<void> {
  const { em, tenantId } = change
  for (const { connectionId, ref } of links) {
    const taken = await em.findOne(UnitSource, { tenantId, connectionId, sourceRef: ref })
    if (!taken || taken.unitId === unitId) continue
    const other = await em.findOneOrFail(UnitRow, { tenantId, id: taken.unitId })
    throw new HouseProblem(
      `Flat ${ref} of the booking system is linked to "${other.slug}" already.`,
      `Take it away there first: stayward unit set ${other.slug} --remove-source <connection>:${ref}`,
    )
  }
  const before = await em.find(UnitSource, { tenantId, unitId })
  for (const link of before) em.remove(link)
  await em.flush()
  for (const { connectionId, ref } of links)
    em.persist(em.create(UnitSource, { tenantId, connectionId, sourceRef: ref, unitId }))
  await em.flush()
  await markSources(
    change,
    before.map(({ connectionId, sourceRef }) => ({ connectionId, ref: sourceRef })),
  )
}

export async function connectionNamed({ em, tenantId }: Change, name: string) {
  const connection = await em.findOne(Connection, { tenantId, name })
  if (!connection) throw new HouseProblem(`There is no connection "${name}".`, 'See them: stayward connection list')
  return connection
}

async function propertyNamed({ em, tenantId }: Change, slug: string) {
  const property = await em.findOne(PropertyRow, { tenantId, slug })
  if (!property) throw new HouseProblem(`There is no property "${slug}".`, 'Add it first: stayward property add')
  return property
}

async function doorNamed({ em, tenantId }: Change, slug: string): Promise<string> {
  const door = await em.findOne(DoorRow, { tenantId, slug })
  if (!door) throw new HouseProblem(`There is no door "${slug}".`, 'Add it first: stayward door add')
  return door.id
}

function checkSlug(slug: string): void {
  if (slugShape.test(slug)) return
  throw new HouseProblem(`"${slug}" cannot be a short name.`, 'Use small letters, digits and hyphens: loft-2')
}
