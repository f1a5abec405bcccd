import { describe, expect, it } from 'vitest'
import { isUrgent, opensSoon } from '../../src/domain/code.ts'
import { plus } from '../../src/domain/instant.ts'
import { instant } from '../../src/testing/calls.ts'

const now = instant('2026-06-01T12:00:00.000Z')
const hours = (n: number) => plus(now, n * 3_600_000)
const code = (from: number, until: number, want: 'present' | 'absent' = 'present') => ({
  window: { from: hours(from), until: hours(until) },
  want,
})

describe('whose calls go first', () => {
  it('those of a guest who may stand at the door within four hours, or does', () => {
    expect(opensSoon(code(3.9, 40), now)).toBe(true)
    expect(opensSoon(code(-20, 1), now)).toBe(true)
    expect(opensSoon(code(4.1, 40), now)).toBe(false)
    expect(opensSoon(code(-20, 0), now)).toBe(false)
    expect(opensSoon(code(1, 40, 'absent'), now)).toBe(false)
  })
  it('at a device only while something is unproven there', () => {
    const facts = {
      id: 'c',
      bookingId: 'b',
      deviceId: 'd',
      mark: 'm',
      label: '',
      pin: '',
      wantedSince: now,
      refusals: 0,
    } as const
    expect(isUrgent([{ ...facts, ...code(1, 40), evidence: 'accepted' }], now)).toBe(true)
    expect(isUrgent([{ ...facts, ...code(1, 40), evidence: 'confirmed' }], now)).toBe(false)
    expect(isUrgent([{ ...facts, ...code(30, 40), evidence: 'planned' }], now)).toBe(false)
  })
})
