import { plainDoor, plainHouse, plainLock } from './plain-house.ts'
import { day, hour, type HousePlot, type LockPlot, minute, type Plot, type Scene, type StayFacts } from './plot.ts'
import { Random } from './random.ts'
import { dayAfter, dayOnWall, zoneNames } from './world/wall-clock.ts'

/** 625 PINs: few enough for one to come up again within 90 days, and a tenth of them lasts longer than that. */
const lock: LockPlot = { ...plainLock, pinLength: 4, digits: '34579', fetchEvery: minute }

/** Two flats behind one street door for more than a year, stay after stay, of which some are called off, lengthened or cut short. */
export function drawYears(seed: number, days = 400): Plot {
  const random = new Random(seed, 'years')
  const house: HousePlot = {
    ...plainHouse,
    zone: random.of(zoneNames),
    rhythm: { poll: 6 * hour, sweepNear: 12 * hour, probe: 24 * hour },
    locks: [{ ...lock, readBack: random.of(['device', 'synced']) }],
    doors: [plainDoor(0), plainDoor(1), plainDoor(2)],
    units: [
      [0, 1],
      [0, 2],
    ],
  }
  const start = Date.parse('2026-02-01T00:00:00Z') + random.below(20) * day + random.below(24 * 60) * minute
  const calmFrom = start + days * day
  const scenes = house.units.flatMap((_, unit) => staysOf(random, { unit, house, start, calmFrom }))
  const times = { start, calmFrom, end: calmFrom + 3 * hour }
  return { seed, profile: 'years', ...times, hubs: 1, house, scenes: scenes.sort((a, b) => a.at - b.at) }
}

interface Flat {
  readonly unit: number
  readonly house: HousePlot
  readonly start: number
  readonly calmFrom: number
}

function staysOf(random: Random, { unit, house, start, calmFrom }: Flat): Scene[] {
  const scenes: Scene[] = []
  let arrival = dayAfter(dayOnWall(start, house.zone), 1)
  for (let number = 1; Date.parse(arrival) < calmFrom + 2 * day; number += 1) {
    const stay = `S${unit}-${number}`
    const departure = dayAfter(arrival, random.from(2, 5))
    const phone = String(1000 + random.below(9000))
    const facts: StayFacts = { state: 'confirmed', unit, arrival, departure, name: 'Ana', phone }
    const latest = Math.min(Date.parse(arrival) - 12 * hour, calmFrom - hour)
    const at = Math.max(start + random.below(hour), latest - random.below(20 * day))
    scenes.push({ at, do: 'book', stay, facts })
    const change = Math.max(at + hour, latest - random.below(day))
    if (change < calmFrom && random.chance(0.2))
      scenes.push({
        at: change,
        do: 'change',
        stay,
        facts: random.of([{ state: 'cancelled' as const }, { departure: dayAfter(departure, -1) }]),
      })
    arrival = dayAfter(departure, random.of([0, 1, 2, 4]))
  }
  return scenes
}
