import { type CivilDate, type CivilTime, isCivilDate, isCivilTime } from '@stayward/core/adapter'

const stamp = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i

/**
 * The day in `2026-07-10T00:00:00+02:00`, which is midnight at the property: what is written counts, and turning it into
 * UTC would move it (docs/vendors/hospitable.md, times). `undefined` when it is no day of the calendar, or when it was
 * turned into UTC already and might be the day before.
 */
export function dayIn(text: string): CivilDate | undefined {
  const [, day = '', time = '00:00', offset = ''] = stamp.exec(text.trim()) ?? []
  if (!isCivilDate(day)) return undefined
  return offset.toUpperCase() === 'Z' && time !== '00:00' ? undefined : day
}

/**
 * The time of day in `2026-07-10T16:00:00+02:00`, as a clock at the property shows it. `undefined` when it says nothing
 * of this day's stay: another day, no time of the calendar, UTC instead of local time, or midnight, which is what a time
 * nobody set looks like. The property's own times hold then.
 */
export function agreedTime(text: string, day: CivilDate | undefined): CivilTime | undefined {
  const [, date, time = '', offset = ''] = stamp.exec(text.trim()) ?? []
  if (date !== day || !isCivilTime(time) || time === '00:00' || time === '24:00') return undefined
  return offset.toUpperCase() === 'Z' ? undefined : time
}
