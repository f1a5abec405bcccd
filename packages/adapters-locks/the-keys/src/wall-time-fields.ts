import { type WallTime } from './wall-clock.ts'

/**
 * A date as the cloud shows it: `2026-05-01`, the same with a midnight behind it, or PHP's `{ date, timezone }`.
 * `null` where the cloud says that there is none; `undefined` for what cannot be read.
 */
export function dateIn(value: unknown): string | null | undefined {
  if (value === null) return null
  const text = phpDate(value) ?? value
  if (typeof text !== 'string') return undefined
  const [, date = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(text.trim()) ?? []
  const at = Date.parse(`${date}T00:00:00Z`)
  // 30 February parses as 2 March; a day that exists comes back as it went in.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? date : undefined
}

/**
 * A time of day as the cloud shows it, in minutes since midnight. Clients disagree on the shape, so every one that any of
 * them met is read (docs/vendors/the-keys.md, "Times"). An offset is not applied: it belongs to the server that stored
 * what the lock's wall clock was said to show. `undefined` for what cannot be read.
 */
export function minutesIn(value: unknown): number | undefined {
  const text = phpDate(value)
  if (text !== undefined) return minutesIn(text)
  if (typeof value === 'string') {
    const [, hour, minute] =
      /^(?:\d{4}-\d{2}-\d{2}[T ])?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/.exec(value.trim()) ??
      []
    return minutesOf(hour, minute)
  }
  if (typeof value === 'object' && value !== null && 'hour' in value && 'minute' in value)
    return minutesOf(value.hour, value.minute)
  return undefined
}

/** A date and a time of day together; `null` without a date, which the cloud takes for "no limit". */
export function wallTimeIn(date: unknown, time: unknown): WallTime | null | undefined {
  const on = dateIn(date)
  if (on === null || on === undefined) return on
  const minutes = minutesIn(time)
  return minutes === undefined ? undefined : { date: on, minutes }
}

function minutesOf(hour: unknown, minute: unknown): number | undefined {
  const [h, m] = [wholeNumber(hour), wholeNumber(minute)]
  return h === undefined || m === undefined || h > 23 || m > 59 ? undefined : h * 60 + m
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined
  return typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : undefined
}

function phpDate(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'date' in value && typeof value.date === 'string'
    ? value.date
    : undefined
}
