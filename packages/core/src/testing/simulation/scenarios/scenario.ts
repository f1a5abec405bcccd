import { plainDoor, plainHouse, plainLock } from '../plain-house.ts'
import { type DoorPlot, hour, type HousePlot, type LockPlot, type Plot, type Scene } from '../plot.ts'

/** What has to be so for a stay's guest at some moment. */
export interface Expectation {
  readonly at: number
  readonly stay: string
  /**
   * `in`: what the guest was told opens every door of the way. `out`: no door opens for it. `gone`: no device holds a code
   * of it. `raised`: a person has been called about it. `told again`: something other than the first text has arrived.
   */
  readonly is: 'in' | 'out' | 'gone' | 'raised' | 'told again'
}

/** A story of the trade with nothing left to chance: played as it is, and in every variation of it. */
export interface Scenario {
  readonly number: number
  readonly title: string
  readonly plot: Plot
  /** Those at the end of the run hold in every variation, those before it only where nothing else goes wrong. */
  readonly expects: readonly Expectation[]
}

/** June 2026 in UTC; the houses' clocks show two hours more. */
export const june = (date: number, time: string) => Date.parse(`2026-06-${String(date).padStart(2, '0')}T${time}:00Z`)
export const juneDay = (date: number) => `2026-06-${String(date).padStart(2, '0')}`

export const lock: LockPlot = { ...plainLock, readBack: 'synced' }

export const door = (index: number, more: Partial<DoorPlot> = {}): DoorPlot => ({ ...plainDoor(index), ...more })

const house: HousePlot = { ...plainHouse, locks: [lock] }

interface Told extends Pick<Scenario, 'number' | 'title' | 'expects'> {
  readonly start: number
  /** Nothing of the story happens later; the run goes on for three quiet hours. */
  readonly over: number
  readonly hubs?: number
  readonly house?: Partial<HousePlot>
  readonly scenes: readonly Scene[]
}

export const quietHours = 3 * hour

export function scenario({ number, title, expects, start, over, hubs = 1, house: own = {}, scenes }: Told): Scenario {
  const times = { start, calmFrom: over, end: over + quietHours }
  return {
    number,
    title,
    expects,
    plot: { seed: number, profile: 'default', ...times, hubs, house: { ...house, ...own }, scenes },
  }
}

/** A guest of flat 0 with a phone, unless said otherwise. */
export function booked(
  at: number,
  stay: string,
  [arrival, departure]: readonly [number, number],
  unit = 0,
): Extract<Scene, { do: 'book' }> {
  const facts = {
    unit,
    arrival: juneDay(arrival),
    departure: juneDay(departure),
    name: 'Ana',
    phone: `10${stay.slice(1).padStart(2, '0')}`,
  }
  return { at, do: 'book', stay, facts: { state: 'confirmed', ...facts } }
}
