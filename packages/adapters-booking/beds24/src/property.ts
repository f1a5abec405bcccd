import type { SourceUnit } from '@stayward/core/adapter'
import * as z from 'zod'
import { beds24Id } from './beds24-api.ts'
import { unitRef } from './booking.ts'

const name = z.string().trim().min(1).optional().catch(undefined)
const unitSchema = z.object({ id: beds24Id, name })
const roomSchema = z.object({
  id: beds24Id,
  name,
  qty: z.coerce.number().int().nonnegative().max(1000).catch(1),
  units: z.array(unitSchema).optional().catch(undefined),
})
const propertySchema = z.object({
  id: beds24Id,
  name,
  roomTypes: z.array(roomSchema),
  webhooks: z
    .object({ url: z.string().optional().catch(undefined), additionalData: z.string().optional().catch(undefined) })
    .nullish()
    .catch(undefined),
})
export type Beds24Property = z.output<typeof propertySchema>
type Room = Beds24Property['roomTypes'][number]

export function readProperty(row: unknown): Beds24Property | undefined {
  return propertySchema.safeParse(row).data
}

/** Every unit of every room. Beds24 knows no time zone of a property. */
export function unitsOf(property: Beds24Property): readonly SourceUnit[] {
  return property.roomTypes.flatMap((room) => {
    const roomName = [property.name, room.name].filter(Boolean).join(', ') || `Room ${room.id}`
    const units = unitsIn(room)
    return units.map(({ id, name: own }) => ({
      ref: unitRef(room.id, id),
      name: own ? `${roomName}, ${own}` : units.length === 1 ? roomName : `${roomName}, unit ${id}`,
    }))
  })
}

/** The unit of each room that has no other, by room. */
export function onlyUnits(properties: readonly Beds24Property[]): ReadonlyMap<string, string> {
  const rooms = properties.flatMap(({ roomTypes }) => roomTypes)
  return new Map(
    rooms.flatMap((room) => {
      const [unit, ...others] = unitsIn(room)
      return unit && others.length === 0 ? [[room.id, unit.id] as const] : []
    }),
  )
}

/** Where the units are not told, they are counted from one (docs/vendors/beds24.md, units). */
function unitsIn({ qty, units = [] }: Room): readonly z.output<typeof unitSchema>[] {
  if (units.length >= qty) return units
  const known = new Map(units.map((unit) => [unit.id, unit]))
  return Array.from({ length: qty }, (_, index) => {
    const id = String(index + 1)
    return known.get(id) ?? { id, name: undefined }
  })
}
