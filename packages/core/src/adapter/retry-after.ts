import { type Instant, instantOf, millisecondsOf } from '../domain/instant.ts'

const cap = 15 * 60_000

/**
 * When a vendor wants to be asked again, from the first of `names` that says so. Reads seconds (also fractional),
 * HTTP dates and Unix epoch seconds or milliseconds; never earlier than `now`, never later than 15 minutes after. Ask only for
 * refusals: some vendors put the end of the current window on every 200 (docs/vendors/smoobu.md, rate headers).
 */
export function retryAfter(headers: Headers, names: readonly string[], now: Instant): Instant | undefined {
  const from = millisecondsOf(now)
  for (const name of names) {
    const at = instantIn(headers.get(name), from)
    if (at !== undefined) return instantOf(Math.min(Math.max(at, from), from + cap))
  }
  return undefined
}

function instantIn(value: string | null, from: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^-?\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    if (number >= 1_000_000_000_000) return number
    return number >= 1_000_000_000 ? number * 1000 : from + number * 1000
  }
  if (!/(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/.test(text)) return undefined // words, which Date.parse would guess at
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : date
}
