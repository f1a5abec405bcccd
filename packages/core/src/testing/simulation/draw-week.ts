import { plainHouse, plainLock } from './plain-house.ts'
import { day, type DoorPlot, hour, type HousePlot, minute, type Plot, type Scene } from './plot.ts'
import { Random } from './random.ts'
import { dayAfter, dayOnWall } from './world/wall-clock.ts'

const flatsOfHouse = 14

/** A week of a large agency, without faults: houses of 14 flats behind a street door each, and every fourth flat with a lock of its own. */
export function drawWeek(seed: number, stays = 2000): Plot {
  const random = new Random(seed, 'week')
  const houses = Math.max(1, Math.round(stays / 50))
  const doors: DoorPlot[] = []
  const units: number[][] = []
  for (let house = 0; house < houses; house += 1) {
    const street = doors.push({ name: `street ${house}`, lock: house % 3, foreign: [] }) - 1
    for (let flat = 0; flat < flatsOfHouse; flat += 1) {
      const own =
        flat % 4 === 0 ? [doors.push({ name: `flat ${house}-${flat}`, lock: house % 3, foreign: [] }) - 1] : []
      units.push([street, ...own])
    }
  }
  const house: HousePlot = {
    ...plainHouse,
    source: { lag: 0, readsMessages: true, page: 100 },
    rhythm: { poll: 10 * minute, sweepNear: 30 * minute, probe: hour },
    locks: [
      plainLock,
      { ...plainLock, readBack: 'synced' },
      { ...plainLock, readBack: 'heartbeat', showsWithin: 20_000 },
    ],
    doors,
    units,
  }
  const start = Date.parse('2026-05-01T00:00:00Z') + random.below(100) * day + random.below(24 * 60) * minute
  const calmFrom = start + 7 * day
  const scenes = drawStays(random, { house, start, calmFrom, stays })
  const times = { start, calmFrom, end: calmFrom + 3 * hour }
  return { seed, profile: 'week', ...times, hubs: 2, house, scenes: scenes.sort((a, b) => a.at - b.at) }
}

interface Agency {
  readonly house: HousePlot
  readonly start: number
  readonly calmFrom: number
  readonly stays: number
}

/** Most are known when the week begins, one in five is booked in its course, three in a hundred are called off or cut short. */
function drawStays(random: Random, { house, start, calmFrom, stays }: Agency): Scene[] {
  const scenes: Scene[] = []
  const free = house.units.map(() => dayAfter(dayOnWall(start, house.zone), random.below(2)))
  for (let number = 1; number <= stays; number += 1) {
    const unit = number % house.units.length
    const arrival = dayAfter(free[unit] ?? '', random.of([0, 0, 0, 1]))
    const departure = dayAfter(arrival, random.of([1, 1, 2, 2, 3]))
    free[unit] = departure
    const isLate = random.chance(0.2)
    const latest = Math.min(Date.parse(arrival) + 6 * hour, calmFrom - hour)
    const at = isLate && latest > start ? start + random.below(latest - start) : start + random.below(hour)
    const phone = String(number).padStart(4, '0')
    const stay = `S${number}`
    scenes.push({ at, do: 'book', stay, facts: { state: 'confirmed', unit, arrival, departure, name: 'Ana', phone } })
    const change = at + 2 * hour + random.below(2 * day)
    if (change < latest && random.chance(0.03))
      scenes.push({
        at: change,
        do: 'change',
        stay,
        facts: random.of([{ state: 'cancelled' as const }, { departure: dayAfter(arrival, 1) }]),
      })
  }
  return scenes
}
