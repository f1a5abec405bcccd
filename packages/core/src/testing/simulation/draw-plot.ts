import { drawAlerts } from './draw-alerts.ts'
import { drawBlackout } from './draw-blackout.ts'
import { keepBurning } from './draw-core-calm.ts'
import { drawFaults } from './draw-faults.ts'
import { harshly } from './draw-harsh.ts'
import { drawNonsense } from './draw-nonsense.ts'
import { drawHouse } from './draw-house.ts'
import { drawForgeries } from './forger.ts'
import { drawNeighbour } from './neighbour.ts'
import { drawTwins } from './draw-twins.ts'
import { poisoned } from './draw-poison.ts'
import { drawWeek } from './draw-week.ts'
import { drawYears } from './draw-years.ts'
import { day, hour, type HousePlot, minute, type Plot, type ProfileName, type Scene, type StayFacts } from './plot.ts'
import { Random } from './random.ts'
import { clockChanges, dayAfter, dayOnWall, instantOnWall } from './world/wall-clock.ts'

/** Lengths of the chaos, hours; the median of a whole run is two days. */
const lengths = [9, 12, 16, 20, 28, 36, 45, 45, 45, 48, 52, 60, 72, 165]

/** Decides a whole run from its seed. */
export function drawPlot(seed: number, profile: ProfileName): Plot {
  if (profile === 'blackout') return drawBlackout(seed)
  if (profile === 'alerts') return drawAlerts(seed)
  if (profile === 'years') return drawYears(seed)
  if (profile === 'week') return drawWeek(seed)
  const random = new Random(seed, 'plot')
  const drawn = drawHouse(random, profile)
  // What a webhook comes too early for waits for the next poll, and that falls otherwise in every run.
  const house = isCompared(profile) ? { ...drawn, source: { ...drawn.source, lag: 0 } } : drawn
  const start = startOf(random, house.zone, profile)
  const chaos =
    (profile === 'deaf'
      ? 24 * 30
      : profile === 'quiet'
        ? 24
        : profile === 'neighbour'
          ? random.of([9, 12, 20])
          : random.of(lengths)) * hour
  const calmFrom = start + chaos
  const calm = profile === 'quiet' || profile === 'dead-hub' || random.chance(0.05) ? 26 : 3
  const times = { start, calmFrom, end: calmFrom + calm * hour }
  const sends = new Random(seed, 'sends')
  const people = drawPeople(new Random(seed, 'people'), house, times).map((scene) =>
    scene.do === 'change' && !isFair(profile) && sends.chance(0.2)
      ? { ...scene, uponSend: Math.min(calmFrom, scene.at + sends.below(12 * hour)) }
      : scene,
  )
  const hubs = random.of([1, 1, 2, 2, 3])
  const faults = isFair(profile)
    ? profile === 'forger'
      ? drawForgeries(new Random(seed, 'forger'), times)
      : []
    : profile === 'amnesia'
      ? drawSetBack(new Random(seed, 'faults'), times)
      : profile === 'twins'
        ? drawTwins(new Random(seed, 'faults'), times)
        : drawFaults(new Random(seed, 'faults'), { ...times, hubs, house, scenes: people, profile })
  const more = { ...times, house, people }
  const operator = profile === 'default' ? drawOperator(new Random(seed, 'operator'), more) : []
  const nonsense = profile === 'default' ? drawNonsense(new Random(seed, 'nonsense'), more) : []
  const scenes = [...people, ...faults, ...operator, ...nonsense].sort((a, b) => a.at - b.at)
  const plot = { seed, profile, ...times, hubs, house, scenes }
  if (profile === 'harsh') return harshly(new Random(seed, 'harsh'), plot)
  if (profile === 'core-calm') return keepBurning(new Random(seed, 'fires'), plot)
  if (profile === 'neighbour') return { ...plot, neighbour: drawNeighbour(new Random(seed, 'neighbour')) }
  return profile === 'poison' ? poisoned(new Random(seed, 'poison'), plot) : plot
}

/** Played twice, with what may disturb others and without it. */
const isCompared = (profile: ProfileName) => profile === 'poison' || profile === 'neighbour' || profile === 'forger'

/** Nothing fails by itself. */
const isFair = (profile: ProfileName) => profile === 'sunny' || isCompared(profile)

/** Sometimes somebody makes a code by hand for a guest, and gives it to the stay. */
function drawOperator(
  random: Random,
  { house, people, calmFrom }: Times & { readonly house: HousePlot; readonly people: readonly Scene[] },
): Scene[] {
  const stays = people.flatMap((scene) => (scene.do === 'book' && scene.facts.state === 'confirmed' ? [scene] : []))
  if (!random.chance(0.2) || stays.length === 0) return []
  const { at: booked, stay, facts } = random.of(stays)
  const doors = (house.units[facts.unit] ?? []).filter((door) => {
    const lock = house.locks[house.doors[door]?.lock ?? -1]
    return lock?.readsPin && lock.canUpdate
  })
  const at = booked + random.below(Math.max(1, calmFrom - booked))
  return doors.length === 0 ? [] : [{ at, do: 'adopt', until: calmFrom, door: random.of(doors), stay }]
}

/** S7: everything else is well, so that what is wrong afterwards is wrong because of it. */
function drawSetBack(random: Random, { start, calmFrom }: Times): Scene[] {
  const at = start + hour + random.below(calmFrom - start - 2 * hour)
  const most = Math.min(24 * hour, at - start)
  const back = Math.floor(10_000 * (most / 10_000) ** random.share())
  return [{ at, do: 'set-back', until: Math.min(calmFrom, at + random.from(1, 360) * minute), back }]
}

function startOf(random: Random, zone: string, profile: ProfileName): number {
  const changes = clockChanges(zone)
  const near = changes.length > 0 && (profile === 'dst' || random.chance(0.15))
  const from = near ? random.of(changes) - random.from(4, 60) * hour : Date.parse('2026-02-01T00:00:00Z')
  return near ? from : from + random.below(300) * day + random.below(24 * 60) * minute
}

interface Times {
  readonly start: number
  readonly calmFrom: number
  readonly end: number
}

/** Bookings, unit by unit, often back to back, and what staff and guests do to them. */
function drawPeople(random: Random, house: HousePlot, { start, calmFrom, end }: Times): Scene[] {
  const scenes: Scene[] = []
  let number = 0
  const most = Math.max(2, Math.min(7, Math.round((end - start) / day / 2) + house.units.length))
  for (const unit of house.units.keys()) {
    let arrival = dayAfter(dayOnWall(start, house.zone), random.from(-1, 1))
    while (number < most && Date.parse(arrival) < end + 2 * day) {
      const departure = dayAfter(arrival, random.of([1, 1, 1, 2, 2, 3, 5]))
      const stay = `S${(number += 1)}`
      const checkIn = instantOnWall(arrival, house.checkIn, house.zone, 'start')
      const at = bookedAt(random, { start, calmFrom, checkIn })
      const state = random.chance(0.9) ? 'confirmed' : random.of(['request', 'block'] as const)
      const facts: StayFacts = {
        state,
        unit,
        arrival,
        departure,
        name: random.of(['Ana', 'Bo', 'Chidi', 'Dana', '  ', 'Ana']),
        ...(random.chance(0.93) ? { phone: String(1000 + random.below(9000)) } : {}),
      }
      scenes.push({ at, do: 'book', stay, facts })
      const leaves = instantOnWall(departure, house.checkOut, house.zone, 'end')
      if (random.chance(0.5))
        scenes.push(...changesOf(random, house, stay, facts, at, Math.min(calmFrom, leaves + hour)))
      arrival = dayAfter(departure, random.of([0, 0, 0, 1]))
    }
  }
  return scenes
}

function bookedAt(random: Random, { start, calmFrom, checkIn }: { start: number; calmFrom: number; checkIn: number }) {
  if (random.chance(0.45)) return start
  if (random.chance(0.2)) return Math.min(Math.max(start, checkIn - random.from(5, 60) * minute), calmFrom)
  const latest = Math.max(start, Math.min(checkIn + 2 * hour, calmFrom))
  return start + Math.floor(random.share() * (latest - start))
}

function changesOf(
  random: Random,
  house: HousePlot,
  stay: string,
  first: StayFacts,
  from: number,
  until: number,
): Scene[] {
  const scenes: Scene[] = []
  let facts = first
  let at = from
  for (let left = random.from(1, 3); left > 0 && at < until; left -= 1) {
    // Often soon after the last one: within minutes, or even seconds.
    const span = until - at
    at += Math.floor(random.chance(0.3) ? random.below(Math.min(span, 10 * minute) + 1) : random.share() * span)
    if (at >= until) break
    const change = changeOf(random, house, facts)
    facts = { ...facts, ...change }
    scenes.push({ at, do: 'change', stay, facts: change })
  }
  return scenes
}

function changeOf(random: Random, house: HousePlot, facts: StayFacts): Partial<StayFacts> {
  if (facts.state !== 'confirmed') return { state: 'confirmed' }
  const roll = random.below(10)
  if (roll < 3) return { state: 'cancelled' }
  if (roll < 5) return { departure: dayAfter(facts.departure, random.from(1, 2)) }
  if (roll < 6 && facts.departure > dayAfter(facts.arrival, 1)) return { departure: dayAfter(facts.departure, -1) }
  if (roll < 8 && house.units.length > 1)
    return { unit: (facts.unit + random.from(1, house.units.length - 1)) % house.units.length }
  if (roll < 9) return { phone: String(1000 + random.below(9000)) }
  return { name: `${facts.name}x` }
}
