import { describe, expect, it } from 'vitest'
import type { Code } from '../../src/domain/code.ts'
import type { AccessWindow } from '../../src/domain/grant.ts'
import { plus } from '../../src/domain/instant.ts'
import { limits } from '../../src/domain/limits.ts'
import { wantCodes } from '../../src/engine/want-codes.ts'
import { seededEntropy, testClock } from '../../src/testing/kits/open-subject.ts'

const day = 86_400_000
const clock = testClock()
const now = clock.now()
const entropy = seededEntropy(7)
const stay = (fromDays: number, untilDays: number): AccessWindow => ({
  from: plus(now, fromDays * day),
  until: plus(now, untilDays * day),
})
const want = (windows: Record<string, AccessWindow>, codes: readonly Code[] = [], lengths = [6]) =>
  wantCodes(
    { clock, entropy },
    {
      device: { id: 'door', connectionId: 'locks', pin: { lengths, digits: '0123456789' } },
      windows: new Map(Object.entries(windows)),
      codes,
    },
  )
const [code] = want({ ada: stay(1, 3) })
if (!code) throw new TypeError('no code was made')
const onDoor: Code = { ...code, evidence: 'confirmed', vendorRef: 'v1', writtenAt: now, provenAt: now }

describe('the codes that one door should have', () => {
  it('begin with a new one for a stay that is near, ready to be stored and sent', () => {
    expect(code).toMatchObject({
      bookingId: 'ada',
      want: 'present',
      evidence: 'planned',
      window: stay(1, 3),
      refusals: 0,
    })
    expect(code.pin).toMatch(/^\d{6}$/)
    expect(code.mark).toMatch(/^sw[0-9a-z]{12}$/)
  })

  it('are none for a stay that is far away or over', () => {
    const justTooFar = { from: plus(now, limits.pushAhead + 1), until: plus(now, 9 * day) }
    expect(want({ far: justTooFar, over: stay(-3, 0) })).toEqual([])
  })

  it('stay as they are while nothing has changed', () => {
    expect(want({ ada: stay(1, 3) }, [onDoor])).toEqual([])
  })

  it('keep their PIN and mark when the dates change, and are proven anew', () => {
    const [moved] = want({ ada: stay(1, 5) }, [onDoor])
    expect(moved).toMatchObject({ id: code.id, pin: code.pin, mark: code.mark, vendorRef: 'v1', window: stay(1, 5) })
    expect(moved).toMatchObject({ evidence: 'planned', wantedSince: now })
    expect(moved).not.toHaveProperty('provenAt')
  })

  it('have to go when the stay is not booked any more, or over', () => {
    expect(want({}, [onDoor])).toEqual([expect.objectContaining({ want: 'absent', endCause: 'cancelled' })])
    const over = { ...onDoor, window: stay(-3, -1) }
    expect(want({ ada: stay(-3, -1) }, [over])).toEqual([expect.objectContaining({ want: 'absent', endCause: 'over' })])
  })

  it('get another PIN where the door refused theirs', () => {
    const [again] = want({ ada: stay(1, 3) }, [{ ...code, refusal: 'pin-taken', refusals: 1 }])
    expect(again?.pin).not.toBe(code.pin)
    expect(again).toMatchObject({ id: code.id, refusals: 1 })
    expect(again).not.toHaveProperty('refusal')
  })

  it('are made anew when a stay comes back whose code is on its way out', () => {
    const [again] = want({ ada: stay(1, 3) }, [{ ...onDoor, want: 'absent', evidence: 'sent' }])
    expect(again).toMatchObject({ bookingId: 'ada', want: 'present' })
    expect(again?.id).not.toBe(code.id)
    expect(again?.pin).not.toBe(code.pin)
  })

  it('never share a PIN', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`b${index}`, stay(0, 1)]))
    const pins = want({ ...many, ada: stay(1, 3) }, [onDoor], [4]).map(({ pin }) => pin)
    expect(new Set([...pins, onDoor.pin]).size).toBe(201)
  })
})
