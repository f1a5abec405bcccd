import { type Instant, latest, plus } from '@stayward/core'

const first = 500
/** An outage passes by itself, and guests wait for its end: tried at least this often. */
const passingCap = 5 * 60_000
/** For what a person or a release must mend; an edit does not wait for it. */
const cap = 60 * 60_000

/** Milliseconds until the next try after `attempt` failed looks before this one: doubling, without jitter. */
export function backOff(attempt: number, passing: boolean): number {
  return Math.min(passing ? passingCap : cap, first * 2 ** Math.min(attempt, 30))
}

export interface Retry {
  readonly attempt: number
  readonly passing: boolean
  /** When the vendor wants to be asked again. */
  readonly retryAt?: Instant | undefined
  readonly now: Instant
  /** In [0, 1). */
  readonly random: number
}

/** The jitter spreads keys that failed together: half to all of a back-off, and up to a tenth later than a vendor's wish. */
export function nextTry({ attempt, passing, retryAt, now, random }: Retry): Instant {
  if (retryAt === undefined) return plus(now, Math.round(backOff(attempt, passing) * (0.5 + random / 2)))
  const wait = Math.max(0, Date.parse(retryAt) - Date.parse(now))
  return plus(latest(retryAt, now), Math.round((wait * random) / 10))
}
