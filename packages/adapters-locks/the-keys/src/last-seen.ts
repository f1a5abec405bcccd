import { between, type Instant, parseInstant, plus } from '@stayward/core/adapter'
import { firstInstantOf } from './wall-clock.ts'
import { wallTimeIn } from './wall-time-fields.ts'

/** Gateways report every few seconds; one that is silent this long is not trusted to carry a code. Milliseconds. */
export const silentAfter = 10 * 60_000

/** How far the cloud's clock and ours may differ before a `last_seen` in the future is no evidence any more. */
const skew = 2 * 60_000

/** `last_seen` carries no zone; clients take it for the maker's own (docs/vendors/the-keys.md, "Gateway"). */
const cloudZone = 'Europe/Paris'

/**
 * When a gateway was last heard of. `undefined` when nobody says, or when the value lies ahead of `now`: taking that for
 * fresh would prove codes that nobody delivered. In the hour that the clock shows twice it is taken for the earlier one,
 * for the same reason.
 */
export function lastSeenIn(value: unknown, now: Instant): Instant | undefined {
  const seen = instantIn(value)
  if (seen === undefined || between(now, seen) > skew) return undefined
  return seen > now ? now : seen
}

function instantIn(value: unknown): Instant | undefined {
  if (typeof value !== 'string') return undefined
  const withOffset = parseInstant(value)
  if (withOffset) return withOffset
  const [, date, time, seconds] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}):(\d{2})(?:\.\d+)?$/.exec(value.trim()) ?? []
  const wall = wallTimeIn(date, time)
  if (!wall || seconds === undefined) return undefined
  return plus(firstInstantOf(wall, cloudZone), Number(seconds) * 1000)
}
