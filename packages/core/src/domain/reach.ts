import { type Code, reaches } from './code.ts'
import { between, type Instant } from './instant.ts'
import { limits } from './limits.ts'
import type { Policy } from './policy.ts'

/** A device that a look could not read, and what hangs on it. */
export interface Unreached {
  /** Looks in a row that did not reach it, this one included. */
  readonly failures: number
  /** When the first of them failed. */
  readonly since: Instant
  /** Every code of ours for it that is not proven gone. */
  readonly codes: readonly Code[]
  readonly policy: Pick<Policy, 'pushAhead' | 'warnBefore' | 'pageBefore'>
  readonly now: Instant
}

/** How soon somebody stands at that door: the steps in which an alarm gets louder. */
export type Nearness = 'standing' | 'hours' | 'day' | 'days' | 'nobody'

/**
 * Who is in the house with a code that the device holds stands there only now and then; one whose code is not proven may
 * stand there this minute.
 */
export function nearnessOf({ codes, policy, now }: Pick<Unreached, 'codes' | 'policy' | 'now'>): Nearness {
  const present = codes.filter(({ want, window }) => want === 'present' && now < window.until)
  const inside = present.filter(({ window }) => window.from <= now)
  if (inside.some(({ evidence }) => !reaches(evidence, 'confirmed'))) return 'standing'
  const ahead = Math.min(
    ...present.filter(({ window }) => now < window.from).map(({ window }) => between(now, window.from)),
  )
  if (ahead < policy.pageBefore) return 'hours'
  if (ahead < policy.warnBefore || inside.length > 0) return 'day'
  return ahead < policy.pushAhead ? 'days' : 'nobody'
}

/**
 * Milliseconds until a device is looked at again that so many looks have not reached; nothing while the queue's own
 * back-off still grows. A device with something to do stays close, because its coming back is noticed by looking.
 */
export function suspension(unreached: Unreached): number | undefined {
  const { failures, codes } = unreached
  if (failures < limits.suspendAfter) return undefined
  if (codes.some(({ evidence }) => !reaches(evidence, 'confirmed'))) return limits.unreachedNear
  switch (nearnessOf(unreached)) {
    case 'standing':
    case 'hours':
    case 'day':
      return limits.unreachedNear
    case 'days':
    case 'nobody':
      return limits.unreachedFar
  }
}

export interface ReachAlarm {
  readonly loud: 'warn' | 'urgent' | 'page'
  /** What hangs on it: `a guest arrives there within 4 hours`. */
  readonly who: string
}

/** Whom an unreached device concerns, once it has been so for a while. A hiccup is nobody's matter. */
export function reachAlarm(unreached: Unreached): ReachAlarm | undefined {
  const { since, policy, now } = unreached
  const near = nearnessOf(unreached)
  const patience = near === 'nobody' ? limits.unreachedIdle : limits.unreached
  if (between(since, now) < patience) return undefined
  switch (near) {
    case 'standing':
      return { loud: 'page', who: 'a guest whose code is not proven may stand there now' }
    case 'hours':
      return { loud: 'page', who: `a guest arrives there within ${inHours(policy.pageBefore)}` }
    case 'day':
      return { loud: 'urgent', who: `a guest is in the house, or arrives there within ${inHours(policy.warnBefore)}` }
    case 'days':
      return { loud: 'warn', who: `a guest arrives there within ${inHours(policy.pushAhead)}` }
    case 'nobody':
      return { loud: 'warn', who: `nobody arrives there within ${inHours(policy.pushAhead)}` }
  }
}

const inHours = (milliseconds: number) => `${Math.round(milliseconds / 3_600_000)} hours`
