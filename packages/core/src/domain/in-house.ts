import type { Code, ObservedCode } from './code.ts'
import type { CodesInput } from './code-step.ts'
import { inHouseSince } from './code-use.ts'
import { earliest, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'

/**
 * Whether this code is left alone for its guest's sake: they are in the house, and no person asks for a look or has decided
 * about it. What their own booking changes is not asked here.
 */
export function isGuestsOwn(code: Code, { commanded, now }: CodesInput): boolean {
  if (commanded || code.drift?.state === 'restore') return false
  return inHouseSince([code], code.window, now) !== undefined
}

/** Until when an entry, whatever else somebody has changed of it, lets its guest in as they were told. */
export function letsInUntil(code: Code, seen: ObservedCode | undefined, now: Instant): Instant | undefined {
  if (seen === undefined || seen.enabled === false) return undefined
  if (seen.pin !== undefined && seen.pin !== code.pin) return undefined
  const { from, until } = seen.window ?? code.window
  const end = until ?? code.window.until
  return (from === null || from <= now) && now < end ? end : undefined
}

/** Until when such an entry is left alone: putting it right takes its time, and is begun before it ends on its guest. */
export function leftAloneUntil(code: Code, seen: ObservedCode | undefined, now: Instant): Instant | undefined {
  const lets = letsInUntil(code, seen, now)
  if (lets === undefined || lets >= code.window.until) return lets
  const until = plus(lets, -limits.beforeItEnds)
  return now < until ? until : undefined
}

/** When to look again at a code that is left alone: at the latest when it is not any more. */
export function lookAgainInHouse(left: Instant | undefined, now: Instant): Instant {
  return earliest(left ?? plus(now, limits.sweepNear), plus(now, limits.sweepNear))
}
