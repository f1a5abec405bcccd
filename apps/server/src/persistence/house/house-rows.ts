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

/** Everything a tenant's house consists of, in the order in which it is shown. */
export async function houseRows({ em, tenantId }: Pick<Change, 'em' | 'tenantId'>) {
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
  return {
    setting,
    connections,
    properties,
    devices,
    doors,
    connectionName,
    /** Units with their ways in and the flats they are at the booking systems. */
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
