declare const instant: unique symbol

/** A point in time: an ISO 8601 string in UTC with milliseconds, `2026-07-10T14:00:00.000Z`. Sorts as text. */
export type Instant = string & { readonly [instant]: true }

const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** The instant `milliseconds` after 1970-01-01T00:00Z. Throws `RangeError` outside the years 0000–9999. */
export function instantOf(milliseconds: number): Instant {
  const text = new Date(milliseconds).toISOString()
  if (!shape.test(text)) throw new RangeError(`not an instant of a four-digit year: ${milliseconds} ms`)
  return text as Instant // the shape has just been checked
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
