import type { HousePlot, StayFacts } from '../plot.ts'
import { instantOnWall } from './wall-clock.ts'

/** One state of a booking, as its booking system has had it. */
export interface Version {
  readonly number: number
  readonly at: number
  /** From here on the API shows it. */
  readonly visibleAt: number
  readonly facts: StayFacts
}

/** That the hub has stored a state of a booking. */
export interface Commit {
  readonly at: number
  readonly version: Version
}

/** A booking with everything it ever was. */
export class Stay {
  readonly ref: string
  readonly versions: Version[] = []
  /** What the hub has stored of it, in the order it did. */
  readonly commits: Commit[] = []

  constructor(ref: string) {
    this.ref = ref
  }

  get now(): Version {
    return lastOf(this.versions)
  }

  /** As the API shows it; `undefined` before it shows anything. */
  visible(at: number): Version | undefined {
    return this.versions.findLast(({ visibleAt }) => visibleAt <= at)
  }

  /** The state that the hub works by. */
  known(): Version | undefined {
    return this.commits.at(-1)?.version
  }

  /** Since when the hub has had this state, or a newer one, and not been talked out of it by an old answer. */
  knownAt(version: Version): number | undefined {
    const older = this.commits.findLastIndex((commit) => commit.version.number < version.number)
    return this.commits[older + 1]?.at
  }

  /** Every state that the hub has worked by at some moment since. */
  knownSince(since: number): readonly Version[] {
    const first = this.commits.findLastIndex(({ at }) => at <= since)
    return this.commits.slice(Math.max(0, first)).map(({ version }) => version)
  }
}

function lastOf(versions: readonly Version[]): Version {
  const last = versions.at(-1)
  if (!last) throw new RangeError('a stay has at least one version')
  return last
}

export interface Window {
  readonly from: number
  readonly until: number
}

const graceOut = 30 * 60_000

const windows = new WeakMap<StayFacts, Window>()

/** When these facts let a guest in, reckoned apart from the product. Facts belong to one house only. */
export function windowOf(facts: StayFacts, house: HousePlot): Window {
  const known = windows.get(facts)
  if (known) return known
  const window = reckonWindow(facts, house)
  windows.set(facts, window)
  return window
}

function reckonWindow({ arrival, departure }: StayFacts, house: HousePlot): Window {
  return {
    from: instantOnWall(arrival, house.checkIn, house.zone, 'start'),
    until:
      (house.checkOut === '24:00'
        ? instantOnWall(nextDay(departure), '00:00', house.zone, 'end')
        : instantOnWall(departure, house.checkOut, house.zone, 'end')) + graceOut,
  }
}

const nextDay = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/** Doors with a device that these facts lead through. */
export function doorsOf({ unit }: StayFacts, house: HousePlot): readonly number[] {
  return (house.units[unit] ?? []).filter((door) => house.doors[door]?.lock !== undefined)
}

/** Whether these facts let a guest through this door, ever. */
export function leadsThrough(facts: StayFacts, door: number, house: HousePlot): boolean {
  return facts.state === 'confirmed' && doorsOf(facts, house).includes(door)
}

/** The facts as the hub may compare them. */
export function textOf({ state, unit, arrival, departure, phone, name }: StayFacts): string {
  return [state, `unit-${unit}`, arrival, departure, phone ?? '', name.trim()].join('|')
}
