import { describe, expect, it } from 'vitest'
import type { Instant } from '../../src/domain/instant.ts'
import { arrivalRisk } from '../../src/domain/readiness.ts'
import { at, codeOf, loftPath } from './house.ts'

const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const policy = { warnBefore: 24 * 3_600_000, pageBefore: 4 * 3_600_000 }
const confirmed = ['street-lock', 'loft-lock'].map((deviceId) =>
  codeOf({ id: deviceId, deviceId, evidence: 'confirmed', window }),
)
const loud = (now: Instant, codes = confirmed.slice(0, 1), knownSince = at('2026-07-01T09:00')) =>
  arrivalRisk({
    grant: { bookingId: 'b1', unitId: 'u', path: loftPath, window, bookingVersion: 1 },
    codes,
    policy,
    knownSince,
    now,
  })?.loud

describe('a person hears of an arrival at risk', () => {
  it('a day before, and is called four hours before', () => {
    expect(loud(at('2026-07-09T12:59'))).toBeUndefined()
    expect(loud(at('2026-07-09T13:00'))).toBe('warn')
    expect(loud(at('2026-07-10T08:59'))).toBe('warn')
    expect(loud(at('2026-07-10T09:00'))).toBe('page')
    expect(loud(at('2026-07-12T09:00'))).toBe('page')
    expect(loud(window.until)).toBeUndefined()
  })

  it('never when every door is proven', () => {
    expect(loud(at('2026-07-10T12:59'), confirmed)).toBeUndefined()
  })

  it('ten minutes after a booking was learned late', () => {
    const late = at('2026-07-10T12:40')
    expect(loud(at('2026-07-10T12:49'), [], late)).toBeUndefined()
    expect(loud(at('2026-07-10T12:50'), [], late)).toBe('page')
  })
})
