declare const instant: unique symbol

/** A point in time: an ISO 8601 string in UTC with milliseconds, `2026-07-10T14:00:00.000Z`. Sorts as text. */
export type Instant = string & { readonly [instant]: true }

const firstMillisecond = Date.parse('0000-01-01T00:00:00Z')
const lastMillisecond = Date.parse('9999-12-31T23:59:59.999Z')
const day = 86_400_000
const digits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))
/** The day written last: most instants in a row are of one day, and writing it anew is most of the work. */
let written = { number: 0, date: '1970-01-01' }

/** The instant `milliseconds` after 1970-01-01T00:00Z. Throws `RangeError` outside the years 0000–9999. */
export function instantOf(milliseconds: number): Instant {
  if (!(milliseconds >= firstMillisecond && milliseconds <= lastMillisecond))
    throw new RangeError(`not an instant of a four-digit year: ${milliseconds} ms`)
  const whole = Math.trunc(milliseconds)
  const number = Math.floor(whole / day)
  if (written.number !== number) written = { number, date: new Date(number * day).toISOString().slice(0, 10) }
  const rest = whole - number * day
  const clock = `${digits[Math.floor(rest / 3_600_000)]}:${digits[Math.floor(rest / 60_000) % 60]}:${digits[Math.floor(rest / 1000) % 60]}`
  const fraction = rest % 1000
  const text = `${written.date}T${clock}.${Math.floor(fraction / 100)}${digits[fraction % 100]}Z`
  return text as Instant // written in that shape
}

/**
 * Reads any ISO 8601 text that carries an offset or `Z`. `undefined` when it is not one: a wall time without a zone is
 * no instant (see `civil-time.ts`).
 */
export function parseInstant(text: string): Instant | undefined {
  if (!/T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return undefined
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : instantOf(milliseconds)
}

/** Milliseconds since 1970-01-01T00:00Z. */
export function millisecondsOf(at: Instant): number {
  return Date.parse(at)
}

/** `at` moved by `milliseconds`, which may be negative. */
export function plus(at: Instant, milliseconds: number): Instant {
  return instantOf(Date.parse(at) + milliseconds)
}

/** Milliseconds from `from` until `until`; negative when `until` is earlier. */
export function between(from: Instant, until: Instant): number {
  return Date.parse(until) - Date.parse(from)
}

export function earliest(first: Instant, ...others: readonly Instant[]): Instant {
  return others.reduce((least, at) => (at < least ? at : least), first)
}

export function latest(first: Instant, ...others: readonly Instant[]): Instant {
  return others.reduce((most, at) => (at > most ? at : most), first)
}
