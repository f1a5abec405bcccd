import type { Furnished, HousePlot, HouseSetup } from '@stayward/core/testing'
import type { Channel } from '@stayward/core'
import type { Parts } from './chosen.ts'

/** Sets the house up in the hub, as its host would who has these vendors. */
export async function furnish(house: HouseSetup, plot: HousePlot, parts: Parts): Promise<Furnished> {
  const source = await house.addConnection({ name: 'Bookings', port: 'booking' })
  const sms = await house.addConnection({ name: 'Messages', port: 'notifier' })
  const locks: string[] = []
  for (const [index, { adapter }] of parts.locks.entries())
    locks.push(await house.addConnection({ name: `Lock ${index}`, port: adapter.port }))
  const { zone, checkIn, checkOut } = plot
  const propertyId = await house.addProperty({ name: 'House', zone, checkIn, checkOut })
  const devices = new Map<number, string>()
  const doors: string[] = []
  for (const [index, { name, lock, prefix }] of plot.doors.entries()) {
    const part = lock === undefined ? undefined : parts.locks[lock]
    if (lock === undefined || !part) {
      doors.push(await house.addDoor({ name, instruction: {}, entry: { kind: 'fixed-code', code: '1234#' } }))
      continue
    }
    const vendorId = part.deviceId(index)
    const deviceId = await house.addDevice({ connectionId: locks[lock] ?? '', vendorId, name: `device-${index}` })
    devices.set(index, deviceId)
    const entry = {
      kind: 'device',
      deviceId,
      tellAt: 'confirmed',
      ...(prefix === undefined ? {} : { prefix }),
    } as const
    doors.push(await house.addDoor({ name, instruction: {}, entry }))
  }
  const units: string[] = []
  for (const [index, path] of plot.units.entries()) {
    const way = path.flatMap((door) => doors[door] ?? [])
    const sources = [{ connectionId: source, ref: parts.booking.unitRef(index) }]
    units.push(await house.addUnit({ propertyId, name: `Flat ${index}`, path: way, sources }))
  }
  const messages: Channel = { kind: 'notifier', connectionId: sms }
  const inbox: Channel = { kind: 'inbox' }
  const channels = { sms: [messages], inbox: [inbox], both: [messages, inbox] }[plot.channels]
  await house.setPolicy({ channels, mode: plot.mode, ...plot.rhythm })
  await house.setAlarmAddress(sms, parts.channel.alarm)
  return { source, sms, locks, devices, units }
}
