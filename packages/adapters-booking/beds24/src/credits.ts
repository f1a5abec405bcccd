import { type Instant, plus, retryAfter } from '@stayward/core/adapter'

/** Which headers Beds24 really sends, and those of its description, which were not seen (docs/vendors/beds24.md, credits). */
export const leftHeaders = ['x-five-min-limit-remaining', 'x-fivemincreditlimit-remaining']
export const resetHeaders = ['x-five-min-limit-resets-in', 'x-fivemincreditlimit-resetsin']

/** When to ask again after a 429: at the end of Beds24's five minutes, whichever way it says so. */
export function creditsAgainAt(headers: Headers, now: Instant): Instant {
  return retryAfter(headers, ['retry-after', ...resetHeaders], now) ?? plus(now, 5 * 60_000)
}
