import { classesOf, type Operation, operations, type OutcomeClass } from './outcomes.ts'
import { hour, type HousePlot, minute, type ProfileName, type Scene } from './plot.ts'
import type { Random } from './random.ts'

export interface ToDisturb {
  readonly start: number
  readonly calmFrom: number
  readonly hubs: number
  readonly house: HousePlot
  /** What people do: trouble likes to come when something happens. */
  readonly scenes: readonly Scene[]
  readonly profile: ProfileName
}

const second = 1000

/** Faults of a run, drawn as a swarm: each kind is either in it or not, so that kinds also occur alone. */
export function drawFaults(random: Random, run: ToDisturb): Scene[] {
  const { calmFrom, house, hubs, profile } = run
  const scenes: Scene[] = []
  const when = () => moment(random, run)
  const until = (at: number, least: number, most: number) =>
    Math.min(calmFrom, at + Math.floor(least * (most / least) ** random.share()))
  const swarm = (times: number, draw: (at: number) => Scene | undefined) => {
    if (!random.chance(0.5)) return
    for (let left = random.from(1, times); left > 0; left -= 1) {
      const scene = draw(when())
      if (scene) scenes.push(scene)
    }
  }
  if (profile === 'deaf') scenes.push({ at: run.start, do: 'deaf', until: run.calmFrom, fault: 'W1', share: 1 })
  for (const fault of ['W1', 'W2', 'W4'] as const)
    swarm(3, (at) => ({
      at,
      do: 'deaf',
      until: until(at, 10 * minute, 24 * hour),
      fault,
      share: 0.2 + random.share() * 0.8,
    }))
  const places = placesOf(house)
  for (const call of operations) {
    swarm(3, (at) => {
      const where = random.of(places[call])
      const as: OutcomeClass = random.of(classesOf[call])
      const brief = random.chance(0.6)
      return {
        at,
        do: 'weather',
        until: until(at, 5 * minute, 4 * hour),
        fault: as,
        where,
        call,
        as,
        share: brief ? 1 : 0.1 + random.share() * 0.9,
        ...(brief ? { times: random.from(1, 4) } : {}),
      }
    })
  }
  const everywhere = [...new Set(Object.values(places).flat())]
  swarm(2, (at) => ({
    at,
    do: 'weather',
    until: until(at, 10 * second, random.chance(0.1) ? 24 * hour : 3 * hour),
    fault: 'N1',
    where: random.of(everywhere),
    as: random.of(['error-before', 'reset-before', 'timeout-before', 'tls', 'dns'] as const),
    share: 1,
  }))
  swarm(1, (at) => ({
    at,
    do: 'weather',
    until: until(at, 10 * minute, 4 * hour),
    fault: 'N2',
    where: random.of(everywhere),
    as: 'unauthorized',
    share: 1,
  }))
  swarm(1, (at) => ({
    at,
    do: 'weather',
    until: until(at, 10 * minute, 2 * hour),
    fault: 'N4',
    where: random.of(everywhere),
    as: 'wait-seconds',
    share: 0.3 + random.share() * 0.7,
  }))
  swarm(2, (at) => ({
    at,
    do: 'weather',
    until: until(at, 10 * minute, 6 * hour),
    fault: 'N3',
    where: random.of(everywhere),
    as: 'ok-late',
    share: 1,
  }))
  const devices = [...house.doors.keys()].filter((door) => house.doors[door]?.lock !== undefined)
  if (devices.length > 0) {
    for (const fault of ['V1', 'V2'] as const)
      swarm(2, (at) => ({
        at,
        do: 'offline',
        until: until(at, minute, random.chance(0.1) ? 36 * hour : 6 * hour),
        door: random.of(devices),
        fault,
      }))
    swarm(2, (at) => ({ at, do: 'slow-sync', until: until(at, 10 * minute, 6 * hour), door: random.of(devices) }))
    swarm(3, (at) => ({
      at,
      do: 'hand',
      door: random.of(devices),
      act: random.of(['delete', 'disable', 'window', 'add'] as const),
    }))
  }
  const hub = () => random.below(hubs)
  swarm(4, (at) => ({ at, do: 'kill', until: until(at, second, 30 * minute), hub: hub() }))
  swarm(6, (at) => ({ at, do: 'die-at', until: at + random.from(1, 60) * second, hub: hub(), site: random.below(60) }))
  swarm(3, (at) => ({ at, do: 'freeze', until: until(at, second, 30 * minute), hub: hub() }))
  swarm(1, (at) => {
    const back = until(at, second, 20 * minute)
    for (let one = 0; one < hubs; one += 1) scenes.push({ at, do: 'kill', until: back, hub: one })
    return undefined
  })
  swarm(2, (at) => ({ at, do: 'store', until: until(at, second, 20 * minute), fault: 'S5', share: 1 }))
  swarm(2, (at) => ({ at, do: 'store', until: until(at, second, 5 * minute), fault: 'S1', share: 0.3 }))
  if (profile === 'dead-hub') {
    const at = when()
    for (let one = 0; one < hubs; one += 1) scenes.push({ at, do: 'kill', until: Number.MAX_SAFE_INTEGER, hub: one })
  }
  if (random.chance(0.12)) {
    const at = when()
    const most = random.chance(0.75) ? hour : 25 * second
    const apart = Math.floor(second * (most / second) ** random.share())
    const ahead = random.chance(0.5) ? apart : -apart
    scenes.push({ at, do: 'clock', until: until(at, minute, 2 * hour), hub: hub(), ahead })
  }
  return scenes
}

/** Half of the trouble comes within a minute of something that people do. */
function moment(random: Random, { start, calmFrom, scenes }: ToDisturb): number {
  if (random.chance(0.5) && scenes.length > 0) {
    const near = random.of(scenes).at + random.from(-60, 60) * second
    return Math.min(Math.max(near, start), calmFrom - minute)
  }
  return start + Math.floor(random.share() * (calmFrom - start - minute))
}

function placesOf(house: HousePlot): Record<Operation, readonly string[]> {
  const locks = house.locks.map((_, index) => `lock-${index}`)
  const source = ['source']
  const sms = ['sms']
  return {
    readAccount: [...source, ...sms, ...locks],
    listBookings: source,
    readBooking: source,
    readMessages: source,
    messageGuest: source,
    readCodes: locks,
    readState: locks,
    writeCode: locks,
    removeCode: locks,
    send: sms,
    lookUp: sms,
  }
}
