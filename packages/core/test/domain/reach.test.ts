import { describe, expect, it } from 'vitest'
import type { Code, Evidence } from '../../src/domain/code.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import { limits } from '../../src/domain/limits.ts'
import { defaultPolicy } from '../../src/domain/policy.ts'
import { nearnessOf, reachAlarm, suspension, type Unreached } from '../../src/domain/reach.ts'

const now = '2026-07-01T12:00:00.000Z' as Instant // has the shape
const hour = 3_600_000

/** A code whose window begins so many hours from now. */
const arriving = (inHours: number, evidence: Evidence = 'confirmed', want: Code['want'] = 'present'): Code => ({
  id: `code-${inHours}`,
  bookingId: 'booking',
  deviceId: 'device',
  mark: 'sw000000000000',
  label: 'Guest',
  pin: '407113',
  window: { from: plus(now, inHours * hour), until: plus(now, (inHours + 48) * hour) },
  want,
  evidence,
  wantedSince: now,
  refusals: 0,
})

const unreached = (codes: readonly Code[], over: Partial<Unreached> = {}): Unreached => ({
  failures: limits.suspendAfter,
  since: plus(now, -2 * hour),
  codes,
  policy: defaultPolicy,
  now,
  ...over,
})

describe('how loud it is that a door cannot be reached', () => {
  it.each([
    ['nobody', [], 'warn'],
    ['nobody', [arriving(80)], 'warn'],
    ['days', [arriving(80), arriving(30)], 'warn'],
    ['day', [arriving(20)], 'urgent'],
    ['day', [arriving(-3)], 'urgent'],
    ['hours', [arriving(-3), arriving(3)], 'page'],
    ['standing', [arriving(-3, 'accepted')], 'page'],
    ['nobody', [arriving(-3, 'accepted', 'absent')], 'warn'],
    ['nobody', [arriving(-60, 'accepted')], 'warn'],
  ] as const)('depends on how soon somebody stands there: %s', (near, codes, loud) => {
    const one = unreached(codes)
    expect(nearnessOf(one)).toBe(near)
    expect(reachAlarm(one)?.loud).toBe(loud)
  })

  it('is nothing for the first minutes, and for longer where nobody arrives', () => {
    const after = (codes: readonly Code[], milliseconds: number) =>
      reachAlarm(unreached(codes, { since: plus(now, -milliseconds) }))?.loud
    expect(after([arriving(3)], limits.unreached - 1)).toBeUndefined()
    expect(after([arriving(3)], limits.unreached)).toBe('page')
    expect(after([], limits.unreachedIdle - 1)).toBeUndefined()
    expect(after([], limits.unreachedIdle)).toBe('warn')
  })
})

describe('a suspended device', () => {
  it('is left to the queue until its back-off has grown', () => {
    expect(suspension(unreached([], { failures: limits.suspendAfter - 1 }))).toBeUndefined()
  })

  it('is asked often while something is open there or somebody arrives, and seldom otherwise', () => {
    const waits = (...codes: Code[]) => suspension(unreached(codes))
    expect(waits(arriving(80, 'planned'))).toBe(limits.unreachedNear)
    expect(waits(arriving(-3, 'sent', 'absent'))).toBe(limits.unreachedNear)
    expect(waits(arriving(20))).toBe(limits.unreachedNear)
    expect(waits(arriving(30))).toBe(limits.unreachedFar)
    expect(waits(arriving(-60, 'sent', 'absent'))).toBe(limits.unreachedNear)
    expect(waits()).toBe(limits.unreachedFar)
  })
})
