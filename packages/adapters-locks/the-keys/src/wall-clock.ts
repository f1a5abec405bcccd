import { type Instant, instantOf, millisecondsOf } from '@stayward/core/adapter'

/** What a clock on the wall shows, to the minute, without saying where the wall is. */
export interface WallTime {
  /** `2026-05-01` */
  readonly date: string
  /** Minutes since midnight, 0–1439. */
  readonly minutes: number
}

const minute = 60_000
const day = 86_400_000

/** Whether this is the IANA name of a time zone. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return false
  try {
    return formatOf(name) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false // how Intl says that it does not know the name
    throw error
  }
}

/** The clock in `zone` at this instant; seconds are dropped. */
export function wallTimeAt(at: Instant, zone: string): WallTime {
  const shown = new Date(shownAt(millisecondsOf(at), zone)).toISOString()
  return { date: shown.slice(0, 10), minutes: Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16)) }
}

/**
 * The first instant at which a clock in `zone` shows this. A time that the clock change leaves out becomes the moment of
 * the change.
 */
export function firstInstantOf(wall: WallTime, zone: string): Instant {
  const shown = shownBy(wall)
  const [first] = readings(shown, zone)
  return instantOf(first ?? changeNear(shown, zone))
}

/**
 * The last instant at which a clock in `zone` shows this. A time that the clock change leaves out is as long after the
 * change as it says.
 */
export function lastInstantOf(wall: WallTime, zone: string): Instant {
  const shown = shownBy(wall)
  return instantOf(readings(shown, zone).at(-1) ?? shown - offsetAt(shown - day, zone))
}

/** Every instant (milliseconds, oldest first) at which the clock shows this: one, two in an overlap, none in a gap. */
function readings(shown: number, zone: string): number[] {
  const offsets = new Set([offsetAt(shown - day, zone), offsetAt(shown + day, zone)])
  return [...offsets]
    .map((offset) => shown - offset)
    .filter((at) => shownAt(at, zone) === shown)
    .sort((a, b) => a - b)
}

/** The minute at which the offset changes within a day of `shown`. */
function changeNear(shown: number, zone: string): number {
  const before = offsetAt(shown - day, zone)
  let [low, high] = [shown - day, shown + day]
  while (high - low > minute) {
    const middle = low + Math.floor((high - low) / 2 / minute) * minute
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return high
}

/** How far the clock in `zone` is ahead of UTC, milliseconds. `at` only has to be within a day of the right instant. */
function offsetAt(at: number, zone: string): number {
  return shownAt(at, zone) - at
}

/** What the clock shows, as the instant at which a clock in UTC shows the same; to the minute. */
function shownAt(at: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(Math.floor(at / minute) * minute)
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'))
}

function shownBy({ date, minutes }: WallTime): number {
  return Date.parse(`${date}T00:00:00Z`) + minutes * minute
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format is slow, and there are few zones. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formats.set(zone, made)
  return made
}
