import { randomUUID } from 'node:crypto'
import type { HouseSetup } from '@stayward/core/testing'
import type { House } from '../src/persistence/house.ts'

/** The kit's way to furnish a tenant, over the real one: names are made up where the kit gives none. */
export function houseSetup(rooms: House): HouseSetup {
  const connectionNames = new Map<string, string>()
  const propertySlugs = new Map<string, string>()
  const doorSlugs = new Map<string, string>()
  const named = (names: ReadonlyMap<string, string>, id: string): string => names.get(id) ?? `nothing named ${id}`
  const units = new Map<string, Omit<Parameters<House['putUnit']>[0], 'sources'>>()
  const linked = (sources: readonly { readonly connectionId: string; readonly ref: string }[]) =>
    sources.map(({ connectionId, ref }) => ({ connection: named(connectionNames, connectionId), ref }))
  const fresh = (): string => `s-${randomUUID().slice(0, 8)}`
  return {
    setPolicy: (policy) => rooms.setSettings({ policy }),
    setAlarmAddress: (connectionId, to) =>
      rooms.setSettings({ alarm: { connection: named(connectionNames, connectionId), to } }),
    addConnection: async ({ name, port }) => {
      const { id } = await rooms.putConnection({ name, port, adapter: `test-${port}`, config: { key: 'a test key' } })
      connectionNames.set(id, name)
      return id
    },
    setWitness: (connectionId, isWitness) => rooms.setWitness(named(connectionNames, connectionId), isWitness),
    addProperty: async (property) => {
      const slug = fresh()
      const id = await rooms.putProperty({ slug, ...property })
      propertySlugs.set(id, slug)
      return id
    },
    addDevice: ({ connectionId, ...device }) =>
      rooms.putDevice({ ...device, connection: named(connectionNames, connectionId) }),
    addDoor: async (door) => {
      const slug = fresh()
      const id = await rooms.putDoor({ slug, ...door })
      doorSlugs.set(id, slug)
      return id
    },
    addUnit: async ({ propertyId, name, path, sources }) => {
      const unit = {
        slug: fresh(),
        name,
        property: named(propertySlugs, propertyId),
        path: path.map((id) => named(doorSlugs, id)),
      }
      const id = await rooms.putUnit({ ...unit, sources: linked(sources) })
      units.set(id, unit)
      return id
    },
    linkUnit: async (id, sources) => {
      const unit = units.get(id)
      if (unit) await rooms.putUnit({ ...unit, sources: linked(sources) })
    },
  }
}
