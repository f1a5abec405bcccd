import { type DoorPlot, hour, type HousePlot, type LockPlot, minute } from './plot.ts'

/** A lock without whims, for houses that are written down and not drawn. */
export const plainLock: LockPlot = {
  readBack: 'device',
  windowStep: minute,
  canUpdate: true,
  readsPin: true,
  readsWindow: true,
  showsWithin: 0,
  pinLength: 6,
  fetchEvery: 30_000,
  refusesTaken: true,
}

export const plainDoor = (index: number, lock = 0): DoorPlot => ({ name: `door ${index}`, lock, foreign: [] })

/** One flat behind one door, and nothing special about them. */
export const plainHouse: HousePlot = {
  zone: 'Europe/Paris',
  checkIn: '15:00',
  checkOut: '11:00',
  source: { lag: 0, readsMessages: true, page: 50 },
  sms: { looksUp: true, reports: true },
  channels: 'sms',
  mode: 'each',
  rhythm: { poll: 2 * hour, sweepNear: 2 * hour, probe: 12 * hour },
  locks: [plainLock],
  doors: [plainDoor(0)],
  units: [[0]],
}
