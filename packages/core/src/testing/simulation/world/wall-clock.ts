import { remembered } from '../../../domain/remembered.ts'

/**
 * Civil time of the simulated houses, reckoned apart from the product: a table of the clock changes of the years that runs
 * play in, and nothing else.
 */
interface Zone {
  readonly name: string
  /** Minutes east of UTC before the first change. */
  readonly base: number
  /** Instants of the changes, and the minutes east from then on. */
  readonly changes: readonly (readonly [number, number])[]
}

const change = (at: string, minutes: number) => [Date.parse(at), minutes] as const

const table: readonly Zone[] = [
  {
    name: 'Europe/Paris',
    base: 60,
    changes: [
      change('2026-03-29T01:00:00Z', 120),
      change('2026-10-25T01:00:00Z', 60),
      change('2027-03-28T01:00:00Z', 120),
    ],
  },
  {
    name: 'America/New_York',
    base: -300,
    changes: [
      change('2026-03-08T07:00:00Z', -240),
      change('2026-11-01T06:00:00Z', -300),
      change('2027-03-14T07:00:00Z', -240),
    ],
  },
  {
    name: 'Australia/Lord_Howe',
    base: 660,
    changes: [
      change('2026-04-04T15:00:00Z', 630),
      change('2026-10-03T15:30:00Z', 660),
      change('2027-04-03T15:00:00Z', 630),
    ],
  },
  { name: 'Asia/Kathmandu', base: 345, changes: [] },
]

export const zoneNames = table.map(({ name }) => name)

/** Instants shortly around which a clock of the zone changes. */
export function clockChanges(zone: string): readonly number[] {
  return zoneOf(zone).changes.map(([at]) => at)
}

function zoneOf(name: string): Zone {
  const zone = table.find((one) => one.name === name)
  if (!zone) throw new RangeError(`no such zone here: ${name}`)
  return zone
}

function offsetAt({ base, changes }: Zone, at: number): number {
  let offset = base
  for (const [from, minutes] of changes) if (from <= at) offset = minutes
  return offset * 60_000
}

/** Milliseconds since 1970 at which the clock shows this; a guest gets the wider window. */
export function instantOnWall(date: string, time: string, name: string, edge: 'start' | 'end'): number {
  return edge === 'start' ? starts(date, time, name) : ends(date, time, name)
}

const starts = remembered((date: string, time: string, name: string) => reckonInstant(date, time, name, 'start'))
const ends = remembered((date: string, time: string, name: string) => reckonInstant(date, time, name, 'end'))

function reckonInstant(date: string, time: string, name: string, edge: 'start' | 'end'): number {
  const zone = zoneOf(name)
  const reading = Date.parse(`${date}T${time}:00Z`)
  const offsets = [zone.base, ...zone.changes.map(([, minutes]) => minutes)].map((minutes) => minutes * 60_000)
  const hits = [...new Set(offsets)]
    .map((offset) => reading - offset)
    .filter((at) => reading - offsetAt(zone, at) === at)
    .sort((a, b) => a - b)
  const hit = edge === 'start' ? hits[0] : hits.at(-1)
  if (hit !== undefined) return hit
  // Skipped: the change itself for a start, the reading by the old offset for an end.
  const [at] = zone.changes.find(([from]) => Math.abs(from + offsetAt(zone, from) - reading) <= 3_600_000) ?? [reading]
  return edge === 'start' ? at : reading - offsetAt(zone, at - 1)
}

/** How often the clock of a zone shows this: once, in a gap not at all, in a fold twice. */
export function readingsOf(date: string, time: string, name: string): 0 | 1 | 2 {
  const zone = zoneOf(name)
  const at = instantOnWall(date, time, name, 'start')
  if (at + offsetAt(zone, at) !== Date.parse(`${date}T${time}:00Z`)) return 0
  return at === instantOnWall(date, time, name, 'end') ? 1 : 2
}

/** `days` after a day of the calendar. */
export function dayAfter(date: string, days: number): string {
  return dateOf(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000)
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** The day that a clock of the zone shows. */
export function dayOnWall(at: number, name: string): string {
  return dateOf(at + offsetAt(zoneOf(name), at))
}
