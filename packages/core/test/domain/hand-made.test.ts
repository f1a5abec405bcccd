import { describe, expect, it } from 'vitest'
import type { Code, ObservedCode } from '../../src/domain/code.ts'
import type { CodesInput } from '../../src/domain/code-step.ts'
import {
  findAgain,
  type HandMade,
  handMadeId,
  letsGuestIn,
  type SeenThere,
  takingOver,
} from '../../src/domain/hand-made.ts'
import { plus } from '../../src/domain/instant.ts'
import { limits } from '../../src/domain/limits.ts'
import { planCodes } from '../../src/domain/plan-codes.ts'
import { at, codeOf, listed } from './house.ts'

const now = at('2026-07-08T10:00')
const fingerprint = (place: string, text: string) => `${place} ${text}`
const martin: HandMade = { vendorRef: 'm1', label: 'Martin', pin: '8642' }
const seenOf = ({ vendorRef, label, pin = '' }: HandMade): ObservedCode => ({ vendorRef, label, pin, enabled: true })

const traits = { windowStep: 60_000, canUpdate: true, readBack: 'device', showsWithin: 0 } as const
const plan = (codes: readonly Code[], observed: readonly ObservedCode[], input: Partial<CodesInput> = {}) =>
  planCodes({ codes, observed, traits, heartbeatAfterWrite: 30_000, now, ...input })
const own = codeOf({ wantedSince: now })
const taken = takingOver(own, { deviceId: 'loft-lock', vendorRef: 'm1', pin: '8642' }, own.window, now)

describe('a code made by hand', () => {
  const there: SeenThere = {
    deviceId: 'loft-lock',
    handMade: [martin],
    observed: [seenOf(martin)],
    codes: [],
    canUpdate: true,
    fingerprint,
  }
  const request = {
    vendorRef: 'm1',
    bookingId: 'b1',
    found: false,
    id: handMadeId(fingerprint, 'loft-lock', martin),
  }

  it('is found again only while nothing about it is changed', () => {
    expect(findAgain(request, there)).toEqual({ pin: '8642' })
    const changes: readonly Partial<HandMade>[] = [{ pin: '8643' }, { label: 'Martin x' }, { until: now }]
    for (const change of changes)
      expect(findAgain(request, { ...there, handMade: [{ ...martin, ...change }] })).toBe('changed')
    expect(findAgain(request, { ...there, handMade: [] })).toBe('changed')
  })

  it('is no stay’s while its PIN is another stay’s there', () => {
    const other = codeOf({ bookingId: 'b2', pin: '8642' })
    expect(findAgain(request, { ...there, codes: [other] })).toBe('pin-taken')
    expect(findAgain(request, { ...there, codes: [{ ...other, bookingId: 'b1' }] })).toEqual({ pin: '8642' })
  })

  it('gives no way to the PIN of a guest who is in the house, and takes the place of a code that was never there', () => {
    const during = plus(own.window.from, 60_000)
    const proven: Code = { ...own, evidence: 'confirmed' }
    expect([letsGuestIn(proven, during), letsGuestIn(proven, now)]).toEqual([true, false])
    expect(letsGuestIn({ ...own, evidence: 'planned' }, during)).toBe(false)
    expect(letsGuestIn({ ...proven, refusal: 'pin-taken' }, during)).toBe(false)
  })

  it('may open for ever until the device has shown the dates of the stay', () => {
    expect(taken.opensUntil).toBe('9000-01-01T00:00:00.000Z')
    const later = plus(own.window.until, 60_000)
    const ending = { deviceId: 'loft-lock', vendorRef: 'm1', pin: '8642' }
    expect(takingOver(own, { ...ending, until: later }, own.window, now).opensUntil).toBe(later)
    expect(takingOver(own, { ...ending, until: own.window.from }, own.window, now).opensUntil).toBeUndefined()
  })
})

describe('the plan of a keypad with a code made by hand that is a stay’s now', () => {
  it('changes it in place, and leaves every other one alone', () => {
    const cleaner = seenOf({ vendorRef: 'c1', label: 'Cleaner', pin: '1379' })
    expect(plan([taken], [seenOf(martin), cleaner])).toMatchObject([
      { do: 'write', vendorRef: 'm1', because: 'adopted' },
      { do: 'report', observed: { vendorRef: 'c1' } },
    ])
  })

  it('keeps the hub’s own code until the other one carries its mark, whatever the vendor’s answer said of it', () => {
    const before = listed(own, 60_000, 'own-1')
    const code: Code = { ...taken, vendorRef: 'own-1', writtenAt: plus(now, -1000) }
    expect(plan([code], [before, seenOf(martin)]).map((step) => step.do)).toEqual(['write'])
    const after = { ...listed(taken, 60_000, 'm1'), window: taken.window }
    expect(plan([{ ...code, evidence: 'accepted' }], [before, after], { now: plus(now, 300_000) })).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ do: 'remove', vendorRef: 'own-1', because: 'double' })]),
    )
  })

  it('makes none beside it because one listing leaves it out', () => {
    const until = plus(now, limits.vanished)
    expect(plan([taken], [])).toMatchObject([{ do: 'wait', because: 'vanished', until }])
    expect(plan([taken], [], { now: until })).toMatchObject([{ do: 'write', because: 'new' }])
  })

  it('takes one with another PIN for a stranger’s', () => {
    const other = seenOf({ ...martin, pin: '8643' })
    expect(plan([taken], [other]).map((step) => step.do)).toEqual(['wait', 'report'])
  })

  it('removes it when the stay has ended before the first write', () => {
    const ended: Code = { ...taken, want: 'absent', endCause: 'cancelled' }
    expect(plan([ended], [seenOf(martin)])).toMatchObject([{ do: 'remove', vendorRef: 'm1', because: 'ended' }])
  })
})
