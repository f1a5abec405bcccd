/**
 * The one file that turns wall-clock time into instants and back. It is also the only one that knows `Temporal`; dates,
 * times and instants enter and leave it as text.
 */
import { Temporal } from 'temporal-polyfill'
import type { CivilDate, CivilTime } from './booking.ts'
import { type Instant, instantOf } from './instant.ts'
import { remembered } from './remembered.ts'

/** A reading of a wall clock; which one, the zone beside it says. */
export interface CivilMoment {
  readonly date: CivilDate
  readonly time: CivilTime
}

const dateShape = /^\d{4}-\d{2}-\d{2}$/
const timeShape = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/
/** Names as IANA writes them. Without it, Temporal would also take offsets and whole ISO strings. */
const zoneShape = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/
const clockShape = /^(\d{1,2})(?::(\d{2})(?::\d{2}(?:\.\d+)?)?)?(?:\s*([ap])\.?m\.?)?$/i

/** Whether `zone` is a time zone by its IANA name, `Europe/Paris`. An offset such as `+01:00` is none: it has no summer. */
export const isZone: (zone: string) => boolean = remembered((zone) => {
  if (!zoneShape.test(zone)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false // Temporal's only way to say that it does not know the name
    throw error
  }
})

/** Whether `text` is a day of the calendar, written `2026-07-10`. */
export const isCivilDate: (text: string) => boolean = remembered((text) => {
  if (!dateShape.test(text)) return false
  const milliseconds = Date.parse(`${text}T00:00:00Z`)
  // Date rolls 30 February over into March; a day that exists comes back as it went in.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text)
})

/** Whether `text` is a time as `CivilTime` has it: two-digit hours and minutes, `24:00` included. */
export function isCivilTime(text: string): boolean {
  return timeShape.test(text)
}

/**
 * Reads a time as booking systems and people write it: `15:00`, `9:00`, `15:00:00`, `3pm`, `3:30 p.m.`, `24:00`. Seconds
 * are dropped. `undefined` for everything else, a bare `15` included: it may as well be a count.
 */
export function parseCivilTime(text: string): CivilTime | undefined {
  const [, hourText, minuteText, half] = clockShape.exec(text.trim()) ?? []
  if (hourText === undefined || (minuteText === undefined && half === undefined)) return undefined
  const hour = half === undefined ? Number(hourText) : hourOfHalfDay(Number(hourText), half.toLowerCase() === 'p')
  const time = `${String(hour).padStart(2, '0')}:${minuteText ?? '00'}`
  return isCivilTime(time) ? time : undefined
}

function hourOfHalfDay(hour: number, afternoon: boolean): number {
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (afternoon ? 12 : 0)
}

/**
 * The instant at which a clock in `zone` shows `civil`. When the clock change makes that ambiguous, the guest gets the
 * wider window: a reading that comes twice is the earlier one for a `start` and the later one for an `end`. A reading
 * that is skipped is the instant of the change for a `start`, and for an `end` as long after the change as it would have
 * been after the last reading before it. `24:00` is the midnight at the end of the day.
 *
 * Throws `RangeError` when the date, the time or the zone does not exist: check with `isCivilDate`, `isCivilTime`, `isZone`.
 */
export function instantAt({ date, time }: CivilMoment, zone: string, edge: 'start' | 'end'): Instant {
  return edge === 'start' ? starts(date, time, zone) : ends(date, time, zone)
}

const starts = remembered((date: string, time: string, zone: string) => reckonInstant(date, time, zone, 'start'))
const ends = remembered((date: string, time: string, zone: string) => reckonInstant(date, time, zone, 'end'))

function reckonInstant(date: string, time: string, zone: string, edge: 'start' | 'end'): Instant {
  if (!isCivilDate(date)) throw new RangeError(`not a day of the calendar: "${date}"`)
  if (!isCivilTime(time)) throw new RangeError(`not a time of day: "${time}"`)
  if (time === '24:00') return instantAt({ date: addDays(date, 1), time: '00:00' }, zone, edge)

  const reading = Temporal.PlainDateTime.from(`${date}T${time}`)
  const at = reading.toZonedDateTime(zone, { disambiguation: edge === 'start' ? 'earlier' : 'later' })
  const skipped = !at.toPlainDateTime().equals(reading)
  // `earlier` reads a skipped time with the offset after the change, which lands just before it.
  const change = skipped && edge === 'start' ? at.getTimeZoneTransition('next') : null
  return instantOf((change ?? at).epochMilliseconds)
}

/** What a clock in `zone` shows at `at`, to the minute; seconds are dropped. Throws `RangeError` for an unknown zone. */
export const civilAt: (at: Instant, zone: string) => CivilMoment = remembered((at: Instant, zone: string) => {
  const reading = Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime()
  return { date: reading.toPlainDate().toString(), time: reading.toString({ smallestUnit: 'minute' }).slice(-5) }
})

/** `days` later on the calendar, earlier when negative. Throws `RangeError` when it leaves the years 0000–9999. */
export function addDays(date: CivilDate, days: number): CivilDate {
  const moved = Temporal.PlainDate.from(date).add({ days }).toString()
  if (!isCivilDate(moved)) throw new RangeError(`not a day of a four-digit year: ${date} moved by ${days} days`)
  return moved
}

/** Nights between two days, as a guest counts them; negative when `departure` comes first. */
export function nightsBetween(arrival: CivilDate, departure: CivilDate): number {
  return Temporal.PlainDate.from(arrival).until(Temporal.PlainDate.from(departure), { largestUnit: 'day' }).days
}
