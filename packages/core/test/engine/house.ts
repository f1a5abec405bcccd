import type { HouseSetup } from '../../src/testing/index.ts'

export interface Furnishing {
  readonly source: string
  readonly lock: string
  /** The street door's own connection, if it has one. */
  readonly gate?: string
  readonly tellAt: 'accepted' | 'confirmed'
}

/**
 * A synthetic house: two flats behind one street door with a prefix, and a lobby with nothing to enter. Resolves to the
 * hub's ids of its devices, units and doors.
 */
export async function furnish(house: HouseSetup, { source, lock, gate, tellAt }: Furnishing) {
  const property = await house.addProperty({
    name: 'Quai House',
    zone: 'Europe/Paris',
    checkIn: '15:00',
    checkOut: '11:00',
  })
  const device = (vendorId: string, connectionId = lock) =>
    house.addDevice({ connectionId, vendorId, name: `Lock ${vendorId}` })
  const devices = {
    street: await device('street-lock', gate),
    loft: await device('loft-lock'),
    studio: await device('studio-lock'),
  }
  const door = (name: string, deviceId: string, prefix?: string) =>
    house.addDoor({
      name,
      instruction: {},
      entry: { kind: 'device', deviceId, tellAt, ...(prefix === undefined ? {} : { prefix }) },
    })
  const doors = {
    street: await door('street', devices.street, '12'),
    lobby: await house.addDoor({ name: 'lobby', instruction: { en: 'Push.' }, entry: { kind: 'instruction' } }),
    loft: await door('loft', devices.loft),
    studio: await door('studio', devices.studio),
  }
  const unit = (name: string, path: readonly string[], ref: string) =>
    house.addUnit({ propertyId: property, name, path, sources: [{ connectionId: source, ref }] })
  const units = {
    loft: await unit('Loft', [doors.street, doors.lobby, doors.loft], 'flat-1'),
    studio: await unit('Studio', [doors.street, doors.lobby, doors.studio], 'flat-2'),
  }
  return { devices, doors, units }
}
