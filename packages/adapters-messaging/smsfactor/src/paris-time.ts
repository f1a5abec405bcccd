import { civilAt, type Instant, instantAt, isCivilDate, isCivilTime, parseInstant, plus } from '@stayward/core/adapter'

// The vendor's wall times carry no zone; `delay` is documented as Paris, the others are taken to be the same
// (docs/vendors/smsfactor.md, times).
const zone = 'Europe/Paris'

/** `2026-07-01 16:03:00`, what a clock in Paris shows, to the minute. */
export function parisWall(at: Instant): string {
  const { date, time } = civilAt(at, zone)
  return `${date} ${time}:00`
}

/**
 * Reads ISO 8601 with an offset, and `Y-m-d H:i:s` (or with a `T`) as Paris time; a reading that comes twice in autumn
 * is the earlier one. `undefined` when it is neither.
 */
export function instantIn(text: string): Instant | undefined {
  const [, date, time, seconds] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}):([0-5]\d)$/.exec(text.trim()) ?? []
  if (date === undefined || time === undefined) return parseInstant(text.trim())
  if (!isCivilDate(date) || !isCivilTime(time)) return undefined
  return plus(instantAt({ date, time }, zone, 'start'), Number(seconds) * 1000)
}
