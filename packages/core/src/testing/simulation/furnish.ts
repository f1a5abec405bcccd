import type { Channel } from '../../domain/policy.ts'
import type { HouseSetup } from '../house-setup.ts'
import type { HousePlot } from './plot.ts'

/** The hub's own ids of what a plot's house has. */
export interface Furnished {
  readonly source: string
  readonly sms: string
  readonly locks: readonly string[]
  /** By door. */
  readonly devices: ReadonlyMap<number, string>
  /** By the booking system's number of the flat. */
  readonly units: readonly string[]
}

/** Sets the house up in the hub, as its host would. */
export async function furnish(house: HouseSetup, plot: HousePlot): Promise<Furnished> {
  const source = await house.addConnection({ name: 'Bookings', port: 'booking' })
  const sms = await house.addConnection({ name: 'Texts', port: 'notifier' })
  const locks: string[] = []
  for (const index of plot.locks.keys()) locks.push(await house.addConnection({ name: `Lock ${index}`, port: 'lock' }))
  const propertyId = await house.addProperty({
    name: 'House',
    zone: plot.zone,
    checkIn: plot.checkIn,
    checkOut: plot.checkOut,
  })
  const devices = new Map<number, string>()
  const doors: string[] = []
  for (const [index, { name, lock, prefix, asks }] of plot.doors.entries()) {
    if (lock === undefined) {
      doors.push(await house.addDoor({ name, instruction: {}, entry: { kind: 'fixed-code', code: '1234#' } }))
      continue
    }
    const vendorId = `device-${index}`
    const deviceId = await house.addDevice({ connectionId: locks[lock] ?? '', vendorId, name: vendorId })
    devices.set(index, deviceId)
    const tellAt = plot.locks[lock]?.readBack === 'cloud' ? 'accepted' : 'confirmed'
    const more = { ...(prefix === undefined ? {} : { prefix }), ...(asks ? { ifChanged: 'ask' as const } : {}) }
    const entry = { kind: 'device', deviceId, tellAt, ...more } as const
    doors.push(await house.addDoor({ name, instruction: {}, entry }))
  }
  const units: string[] = []
  for (const [index, path] of plot.units.entries()) {
    const name = `Flat ${index}`
    const way = path.flatMap((door) => doors[door] ?? [])
    units.push(await house.addUnit({ propertyId, name, path: way, sources: [sourceOf(source, index)] }))
  }
  const texts: Channel = { kind: 'notifier', connectionId: sms }
  const inbox: Channel = { kind: 'inbox' }
  const channels = { sms: [texts], inbox: [inbox], both: [texts, inbox] }[plot.channels]
  await house.setPolicy({ channels, mode: plot.mode, ...plot.rhythm })
  await house.setAlarmAddress(sms, '+33639989999')
  return { source, sms, locks, devices, units }
}

/** The booking system's flat that a unit stands for. */
export const sourceOf = (connectionId: string, unit: number) => ({ connectionId, ref: `unit-${unit}` })
