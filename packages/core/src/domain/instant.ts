declare const instant: unique symbol

/** A point in time: an ISO 8601 string in UTC with milliseconds, `2026-07-10T14:00:00.000Z`. Sorts as text. */
export type Instant = string & { readonly [instant]: true }

const firstMillisecond = Date.parse('0000-01-01T00:00:00Z')
const lastMillisecond = Date.parse('9999-12-31T23:59:59.999Z')
/** The days written last: a look writes the same few again and again, and the day is most of the work. */
const written = { numbers: new Float64Array(64).fill(Number.NaN), texts: Array.from<string>({ length: 64 }).fill('') }
const two = (value: number) => String(value).padStart(2, '0')
const minutes = Array.from({ length: 1440 }, (_, value) => `T${two(Math.floor(value / 60))}:${two(value % 60)}:`)
const seconds = Array.from({ length: 60 }, (_, value) => two(value))
const fractions = Array.from({ length: 1000 }, (_, value) => `.${String(value).padStart(3, '0')}Z`)

/** The instant `milliseconds` after 1970-01-01T00:00Z. Throws `RangeError` outside the years 0000–9999. */
export function instantOf(milliseconds: number): Instant {
  if (!(milliseconds >= firstMillisecond && milliseconds <= lastMillisecond))
    throw new RangeError(`not an instant of a four-digit year: ${milliseconds} ms`)
  const whole = Math.trunc(milliseconds)
  const minute = Math.floor(whole / 60_000)
  const rest = whole - minute * 60_000
  const day = Math.floor(minute / 1440)
  const clock = `${minutes[minute - day * 1440]}${seconds[Math.floor(rest / 1000)]}${fractions[rest % 1000]}`
  return `${dayText(day)}${clock}` as Instant // written in that shape
}

/** `2026-07-10`, so many days after 1970. */
function dayText(number: number): string {
  const slot = number & 63
  if (written.numbers[slot] !== number) {
    written.numbers[slot] = number
    written.texts[slot] = new Date(number * 86_400_000).toISOString().slice(0, 10)
  }
  return written.texts[slot] ?? ''
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

/** The days read last: milliseconds of their midnight, by the ten characters that name them. */
const days = new Map<string, number>()
const zero = 48

/** Milliseconds since 1970-01-01T00:00Z. */
export function millisecondsOf(at: Instant): number {
  const digit = (index: number) => at.charCodeAt(index) - zero
  const hours = digit(11) * 10 + digit(12)
  const clock = (hours * 60 + digit(14) * 10 + digit(15)) * 60 + digit(17) * 10 + digit(18)
  return midnightOf(at.slice(0, 10)) + clock * 1000 + digit(20) * 100 + digit(21) * 10 + digit(22)
}

function midnightOf(date: string): number {
  const known = days.get(date)
  if (known !== undefined) return known
  if (days.size >= 1024) days.clear()
  const milliseconds = Date.parse(date)
  days.set(date, milliseconds)
  return milliseconds
}

/** `at` moved by `milliseconds`, which may be negative. */
export function plus(at: Instant, milliseconds: number): Instant {
  return instantOf(millisecondsOf(at) + milliseconds)
}

/** Milliseconds from `from` until `until`; negative when `until` is earlier. */
export function between(from: Instant, until: Instant): number {
  return millisecondsOf(until) - millisecondsOf(from)
}

export function earliest(first: Instant, ...others: readonly Instant[]): Instant {
  return others.reduce((least, at) => (at < least ? at : least), first)
}

export function latest(first: Instant, ...others: readonly Instant[]): Instant {
  return others.reduce((most, at) => (at > most ? at : most), first)
}
