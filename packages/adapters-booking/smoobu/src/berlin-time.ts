import { type CivilDate, type Instant, instantOf, millisecondsOf, parseInstant } from '@stayward/core/adapter'

// Smoobu stamps without an offset are wall time in Berlin, wherever the flat is (docs/vendors/smoobu.md, times).
const berlin = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** The calendar day in Berlin at an instant. */
export function berlinDate(at: Instant): CivilDate {
  return new Date(readingAt(millisecondsOf(at))).toISOString().slice(0, 10)
}

const stamp = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/
const hour = 3_600_000

/**
 * Reads one of Smoobu's stamps: `2026-05-01 12:34`, with seconds or a `T`. An offset in it is honoured. In the hour
 * that exists twice the earlier instant is taken; `undefined` when it is no time of the calendar.
 */
export function instantInBerlin(text: string): Instant | undefined {
  const trimmed = text.trim()
  const withOffset = parseInstant(trimmed.replace(' ', 'T'))
  if (withOffset) return withOffset
  const [, day = '', hours = '', minutes = '', seconds = '00'] = stamp.exec(trimmed) ?? []
  if (!civilDate(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const reading = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`)
  const summer = reading - 2 * hour
  return instantOf(readingAt(summer) === reading ? summer : reading - hour)
}

/** What a clock in Berlin shows, as if that reading were UTC. */
function readingAt(milliseconds: number): number {
  const parts = new Map(berlin.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/** The text when it is a day that exists, `2026-07-10`; otherwise `undefined`. */
export function civilDate(text: string): CivilDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00Z`)
  // February 30 parses as March 2 in some engines: only a day that comes back unchanged exists.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? text : undefined
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10)
}
