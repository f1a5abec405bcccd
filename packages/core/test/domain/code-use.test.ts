import { describe, expect, it } from 'vitest'
import { applyOpenings, inHouseSince, openingsSince } from '../../src/domain/code-use.ts'
import { plus } from '../../src/domain/instant.ts'
import { at, codeOf } from './house.ts'

const written = codeOf({ evidence: 'confirmed', writtenAt: at('2026-07-08T13:00'), vendorRef: 'v1' })
const { from, until } = written.window
const after = (minutes: number) => plus(from, minutes * 60_000)
const used = (opening: object, code = written) => applyOpenings([code], [{ at: after(5), ...opening }])[0]

describe('a recorded opening', () => {
  it('inside the window, under the mark or the vendor’s id, makes a code used', () => {
    expect(used({ vendorRef: 'v1' })).toMatchObject({ evidence: 'used', usedAt: after(5) })
    expect(used({ mark: written.mark, vendorRef: 'another' })).toMatchObject({ evidence: 'used' })
    expect(
      applyOpenings(
        [written],
        [9, 3, 7].map((count) => ({ at: after(count), vendorRef: 'v1' })),
      )[0]?.usedAt,
    ).toBe(after(3))
  })

  it.each([
    ['before the window', { at: plus(from, -1), vendorRef: 'v1' }],
    ['at its end', { at: until, vendorRef: 'v1' }],
    ['of another code', { vendorRef: 'v2' }],
    ['under another mark', { mark: 'swbbbbbbbbbbbb', vendorRef: 'v1' }],
    ['that names no code', {}],
  ])('%s says nothing', (_what, opening) => {
    expect(used(opening)).toBe(written)
  })

  it('from before the PIN was changed says nothing of the new one, nor does any of a code that has to go', () => {
    const repinned = { ...written, wantedSince: after(6) }
    expect(used({ vendorRef: 'v1' }, repinned)).toBe(repinned)
    const ending = { ...written, want: 'absent' as const }
    expect(used({ vendorRef: 'v1' }, ending)).toBe(ending)
  })

  it('is remembered where the code was lost since, and proves no more than that', () => {
    expect(used({ vendorRef: 'v1' }, { ...written, evidence: 'sent' })).toMatchObject({
      evidence: 'sent',
      usedAt: after(5),
    })
    const earlier = { ...written, usedAt: after(1) }
    expect(used({ vendorRef: 'v1' }, earlier)).toMatchObject({ evidence: 'used', usedAt: after(1) })
  })
})

it('asks for openings since the first window that waits for one, and a week back at most', () => {
  expect(openingsSince([written], plus(from, -1))).toBeUndefined()
  expect(openingsSince([written], after(60))).toBe(from)
  expect(openingsSince([{ ...written, evidence: 'used' }], after(60))).toBeUndefined()
  const long = { ...written, window: { from, until: plus(from, 30 * 86_400_000) } }
  expect(openingsSince([long], plus(from, 20 * 86_400_000))).toBe(plus(from, 13 * 86_400_000))
})

it('knows a guest in the house from the first entry or the check-in, until the end', () => {
  const [entered] = applyOpenings([written], [{ at: after(5), vendorRef: 'v1' }])
  const since = (now: typeof from) => inHouseSince(entered ? [entered] : [], written.window, now)
  expect(since(plus(from, -1))).toBeUndefined()
  expect(since(from)).toBe(from)
  expect(since(until)).toBeUndefined()
  // Dates that were moved to a later day after the guest had come in.
  expect(inHouseSince(entered ? [entered] : [], { from: after(600), until }, after(300))).toBe(after(5))
})
