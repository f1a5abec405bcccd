import { drawHouse } from './draw-house.ts'
import { day, hour, type HousePlot, type Plot, type Scene } from './plot.ts'
import { Random } from './random.ts'
import { dayAfter, dayOnWall, instantOnWall } from './world/wall-clock.ts'

/**
 * Guests whose bookings have been known for days, and then two days of which nothing works any more, up to the hour of
 * their check-in: every vendor, every lock, or both.
 */
export function drawBlackout(seed: number): Plot {
  const random = new Random(seed, 'blackout')
  const house = withRoom(drawHouse(random, 'blackout'))
  const start = Date.parse('2026-02-01T00:00:00Z') + random.below(280 * 24) * hour
  const arrival = dayAfter(dayOnWall(start, house.zone), 5)
  const checkIn = instantOnWall(arrival, house.checkIn, house.zone, 'start')
  const departure = dayAfter(arrival, random.from(1, 4))
  const stays = house.units.map((_, unit): Scene => {
    const person = { name: 'Ana', phone: String(1000 + random.below(9000)) }
    const at = start + random.below(hour)
    return { at, do: 'book', stay: `S${unit + 1}`, facts: { state: 'confirmed', unit, arrival, departure, ...person } }
  })
  const dark = darkness(random, house, checkIn - 2 * day, checkIn)
  const scenes = [...stays, ...dark].sort((a, b) => a.at - b.at)
  const times = { start, calmFrom: checkIn, end: checkIn + 3 * hour }
  return { seed, profile: 'blackout', ...times, hubs: random.of([1, 2]), house, scenes }
}

/** A device that is full was full before, and calls a person. */
function withRoom(house: HousePlot): HousePlot {
  return { ...house, locks: house.locks.map(({ capacity: _, ...lock }) => lock) }
}

function darkness(random: Random, house: HousePlot, at: number, until: number): Scene[] {
  const what = random.of(['vendors', 'locks', 'both'] as const)
  const as = random.of(['timeout-before', 'error-before', 'dns', 'reset-before'] as const)
  const places = ['source', 'sms', ...house.locks.map((_, index) => `lock-${index}`)]
  const doors = [...house.doors.keys()].filter((door) => house.doors[door]?.lock !== undefined)
  return [
    ...(what === 'locks'
      ? []
      : places.map((where): Scene => ({ at, do: 'weather', until, fault: 'N1', where, as, share: 1 }))),
    ...(what === 'vendors' ? [] : doors.map((door): Scene => ({ at, do: 'offline', until, door, fault: 'V1' }))),
  ]
}
