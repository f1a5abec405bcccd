import { pageCauses } from './page-causes.ts'
import { plainDoor, plainHouse, plainLock } from './plain-house.ts'
import { hour, type HousePlot, minute, type Plot, type Scene } from './plot.ts'
import { Random } from './random.ts'
import { windowOf } from './world/stays.ts'
import { dayAfter, dayOnWall, zoneNames } from './world/wall-clock.ts'

/**
 * A sound house in which one thing goes wrong that a person has to know of: one of the closed list of causes for each seed. A
 * second guest behind another vendor's door has nothing to do with it.
 */
export function drawAlerts(seed: number): Plot {
  const random = new Random(seed, 'alerts')
  const cause = pageCauses[seed % pageCauses.length]
  if (!cause) throw new RangeError('there is no such cause')
  const slow = { poll: hour, sweepNear: random.of([1, 2]) * hour, probe: 6 * hour }
  const everyday = { poll: 10 * minute, sweepNear: 30 * minute, probe: hour }
  const plain: HousePlot = {
    ...plainHouse,
    zone: random.of(zoneNames),
    checkIn: random.of(['14:00', '15:00', '16:00']),
    checkOut: random.of(['10:00', '11:00']),
    source: { lag: 0, readsMessages: random.chance(0.5), page: random.of([2, 50]) },
    rhythm: random.chance(0.5) ? everyday : slow,
    locks: [plainLock, { ...plainLock, readBack: random.of(['device', 'synced', 'heartbeat']) }],
    doors: [plainDoor(0, 0), plainDoor(1, 1)],
    units: [[0], [1]],
  }
  const house = { ...plain, ...cause.house?.({ ...plain, rhythm: plain.rhythm }, everyday) }
  const start = Date.parse('2026-02-01T00:00:00Z') + random.below(280) * 24 * hour + random.below(24 * 60) * minute
  const arrival = dayAfter(dayOnWall(start, house.zone), 2)
  const booked = start + random.from(60, 120) * minute
  const facts = { state: 'confirmed', arrival, departure: dayAfter(arrival, 1), name: 'Ana' } as const
  const guest = { ...facts, unit: 0, phone: '1001' }
  const neighbour = { ...facts, unit: 1, phone: '1002' }
  const { from, until } = windowOf(guest, house)
  const { scenes, pages } = cause.play({ random, house, guest, booked, checkIn: from, over: until })
  const told: Scene[] = [{ at: start + minute, do: 'book', stay: 'S2', facts: neighbour }, ...scenes]
  const calmFrom = until + 30 * minute
  const times = { start, calmFrom, end: calmFrom + 3 * hour }
  const hubs = random.of([1, 2])
  return { seed, profile: 'alerts', ...times, hubs, house, scenes: told.sort((a, b) => a.at - b.at), pages }
}
