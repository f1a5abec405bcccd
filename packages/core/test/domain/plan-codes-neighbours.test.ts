import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Code, ObservedCode } from '../../src/domain/code.ts'
import { type Instant, latest, plus } from '../../src/domain/instant.ts'
import type { CodeStep } from '../../src/domain/code-step.ts'
import { planCodes } from '../../src/domain/plan-codes.ts'
import { at, codeOf, listed } from './house.ts'

const now = at('2026-07-10T08:00')
const traits = { windowStep: 60_000, canUpdate: true, readBack: 'device', showsWithin: 0 } as const
const plan = (codes: readonly Code[], observed: readonly ObservedCode[] = [], capacity?: number) =>
  planCodes({
    codes,
    observed,
    traits: { ...traits, ...(capacity === undefined ? {} : { capacity }) },
    heartbeatAfterWrite: 30_000,
    now,
  })
const touched = (steps: readonly CodeStep[]) =>
  steps.filter((step) => step.do === 'write' || step.do === 'remove' || step.do === 'repin')

const letters = 'abcdefghjkmnpqrs'
const stay = (index: number, from: Instant, hours: number, partial: Partial<Code> = {}) =>
  codeOf({
    id: `k${index}`,
    bookingId: `b${index}`,
    mark: `sw${(letters[index] ?? 'z').repeat(12)}`,
    pin: String(1357 + index * 211),
    window: { from, until: plus(from, hours * 3_600_000) },
    ...partial,
  })

/** Stays to come behind one door, one after the other: some with hours between them, some with none, some over each other. */
const sequences = fc
  .array(fc.record({ gap: fc.integer({ min: -6, max: 6 }), hours: fc.integer({ min: 1, max: 96 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((list) => {
    const first = plus(now, 3_600_000)
    let from = first
    return list.map(({ gap, hours }, index) => {
      const code = stay(index, from, hours)
      from = latest(first, plus(code.window.until, gap * 3_600_000))
      return code
    })
  })

describe('stays behind one door', () => {
  it('each get their code, also when one window begins the very instant another ends', () => {
    const first = stay(0, at('2026-07-10T13:00'), 48)
    const second = stay(1, first.window.until, 24)
    expect(plan([first, second])).toMatchObject([
      { do: 'write', code: { id: 'k0' } },
      { do: 'write', code: { id: 'k1' } },
    ])
    expect(touched(plan([first, second], [listed(first)]))).toMatchObject([{ do: 'write', code: { id: 'k1' } }])
  })

  it('never change what is done for one another: one booking’s code follows from its own state alone', () => {
    fc.assert(
      fc.property(sequences, fc.nat(), fc.nat(), (codes, among, which) => {
        const seen = codes.filter((_, index) => (among >> index) % 2 === 1).map((code) => listed(code))
        const one = codes[which % codes.length]
        if (!one) return
        const alone = plan(
          [one],
          seen.filter(({ mark }) => mark === one.mark),
        )
        const together = plan(codes, seen).filter((step) => step.do !== 'report' && step.code.id === one.id)
        expect(together).toEqual(alone)
      }),
    )
  })

  it('on a full device: nothing that is on it goes to make room, and the nearest arrivals have the free places', () => {
    fc.assert(
      fc.property(sequences, fc.nat(), fc.integer({ min: 0, max: 8 }), (codes, among, capacity) => {
        const held = codes.filter((_, index) => (among >> index) % 2 === 1)
        const steps = plan(
          codes,
          held.map((code) => listed(code)),
          Math.max(capacity, held.length),
        )
        expect(steps.filter((step) => step.do === 'remove')).toEqual([])
        const made = steps.flatMap((step) => (step.do === 'write' ? [step.code] : []))
        const waiting = steps.flatMap((step) => (step.do === 'wait' && step.because === 'full' ? [step.code] : []))
        expect(made.length).toBe(Math.min(codes.length - held.length, Math.max(capacity - held.length, 0)))
        for (const early of made) for (const late of waiting) expect(early.window.from <= late.window.from).toBe(true)
      }),
    )
  })
})
