import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AccessInput, planAccess } from '../../src/domain/plan-access.ts'
import type { GrantPlan } from '../../src/domain/plan-grants.ts'
import type { Door } from '../../src/domain/property.ts'
import { at, codeOf, later, loftPath, studioPath } from './house.ts'

const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const granted = (path: readonly Door[] = loftPath, span = window): GrantPlan => ({
  status: 'granted',
  grant: { bookingId: 'b1', unitId: 'u', path, window: span, bookingVersion: 1 },
})
const ended = (cause: 'cancelled' | 'over'): GrantPlan => ({
  status: 'ended',
  cause,
  reason: { code: 'booking-cancelled', text: 't', remedy: 'r' },
})
const held: GrantPlan = { status: 'held', reason: { code: 'unit-not-linked', text: 't', remedy: 'r' } }
const watched: GrantPlan = { status: 'held', reason: { code: 'witness', text: 't', remedy: 'r' } }
const street = codeOf({ id: 's', deviceId: 'street-lock', evidence: 'confirmed', window })
const loft = codeOf({ id: 'l', deviceId: 'loft-lock', evidence: 'confirmed', window })
const plan = (input: Partial<AccessInput>) =>
  planAccess({
    plan: granted(),
    codes: [],
    toldNow: false,
    toldEver: false,
    claimedDevices: new Set(),
    pushAhead: 72 * 3_600_000,
    now: at('2026-07-09T12:00'),
    ...input,
  })

describe('the codes of one stay', () => {
  it('are made for every device of the path, and not before it is time', () => {
    expect(plan({}).create.map(({ deviceId }) => deviceId)).toEqual(['street-lock', 'loft-lock'])
    const early = plan({ now: at('2026-07-01T12:00') })
    expect(early.create).toEqual([])
    expect(early.next).toBe(at('2026-07-07T13:00'))
  })

  it('keep their PIN and take the new window when the stay is extended', () => {
    const longer = { from: window.from, until: later(window.until, 1440) }
    const extended = plan({ plan: granted(loftPath, longer), codes: [street, loft] })
    expect(extended).toMatchObject({
      create: [],
      close: [],
      repin: [],
      rewindow: [
        { codeId: 's', window: longer },
        { codeId: 'l', window: longer },
      ],
    })
  })

  it('are made before they are broken: the old door stays until the new one is proven and told', () => {
    const moved = { plan: granted(studioPath), codes: [street, loft], toldEver: true }
    expect(plan(moved)).toMatchObject({ create: [{ deviceId: 'studio-lock' }], close: [], waiting: ['l'] })
    const studio = codeOf({ id: 'n', deviceId: 'studio-lock', evidence: 'accepted', window })
    const withCodes = (...codes: (typeof studio)[]) => ({ ...moved, codes: [street, loft, ...codes], toldNow: true })
    expect(plan(withCodes(studio))).toMatchObject({ close: [], waiting: ['l'] }) // told near arrival, and not proven
    expect(plan(withCodes({ ...studio, evidence: 'confirmed' }))).toMatchObject({
      close: [{ codeId: 'l', cause: 'moved' }],
      waiting: [],
    })
    expect(plan({ ...moved, claimedDevices: new Set(['loft-lock']) })).toMatchObject({ close: [{ codeId: 'l' }] })
    expect(plan({ ...moved, toldEver: false })).toMatchObject({ close: [{ codeId: 'l' }] })
  })

  it('wait although other guests use the street door that is left, as long as the flat behind it is free', () => {
    const elsewhere = { plan: granted(studioPath.slice(1)), codes: [street, loft], toldEver: true }
    const claimed = (...devices: string[]) => plan({ ...elsewhere, claimedDevices: new Set(devices) })
    expect(claimed('street-lock')).toMatchObject({ close: [], waiting: ['s', 'l'] })
    expect(claimed('street-lock').next).toBe(later(at('2026-07-09T12:00'), 5))
    expect(claimed('street-lock', 'loft-lock').close).toHaveLength(2)
  })

  it('do not wait for the flat that was left when all that opens there is somebody else’s by now', () => {
    const unwritten = codeOf({ id: 'u', deviceId: 'old-lock', evidence: 'planned', window })
    const moved = { plan: granted(studioPath), codes: [street, loft, unwritten], toldEver: true }
    expect(plan({ ...moved, claimedDevices: new Set(['loft-lock']) }).close.map(({ codeId }) => codeId)).toEqual([
      'l',
      'u',
    ])
  })

  it('go at once on a cancellation and at the end, and never for a mapping that is missing', () => {
    expect(plan({ plan: ended('cancelled'), codes: [street, loft] }).close).toEqual([
      { codeId: 's', cause: 'cancelled' },
      { codeId: 'l', cause: 'cancelled' },
    ])
    const waiting = plan({ plan: held, codes: [street, loft] })
    expect(waiting).toMatchObject({ close: [], create: [], rewindow: [] })
    expect(waiting.next).toBe(window.until)
    expect(plan({ plan: held, codes: [street], now: window.until }).close).toEqual([{ codeId: 's', cause: 'over' }])
  })

  it('of a booking that is merely watched stay, or end at their own end, and nothing is made or changed', () => {
    const unwritten = (id: string) => codeOf({ id, deviceId: `${id}-lock`, evidence: 'planned', window })
    const refused = codeOf({ id: 'r', deviceId: 'r-lock', refusal: 'pin-taken', writtenAt: window.from, window })
    const codes = fc.subarray([street, loft, unwritten('u'), refused])
    const times = fc.constantFrom(at('2026-07-09T12:00'), window.from, window.until, later(window.until, 60))
    fc.assert(
      fc.property(codes, times, fc.boolean(), (present, now, toldEver) => {
        const { create, rewindow, repin, close, waiting } = plan({ plan: watched, codes: present, toldEver, now })
        expect({ create, rewindow, repin, waiting }).toEqual({ create: [], rewindow: [], repin: [], waiting: [] })
        const over = now >= window.until
        const goes = present.filter(({ id }) => over || (id === 'u' && !toldEver))
        expect(close.map(({ codeId }) => codeId).sort()).toEqual(goes.map(({ id }) => id).sort())
      }),
    )
  })

  it('get another PIN only for a refused one', () => {
    expect(plan({ codes: [street, { ...loft, refusal: 'pin-taken' }] }).repin).toEqual(['l'])
    expect(plan({ codes: [street, { ...loft, refusal: 'no-capacity' }] }).repin).toEqual([])
  })

  it('are only ever closed on a proof, and each is planned for once', () => {
    const codes = fc.subarray([
      street,
      loft,
      codeOf({ id: 'o', deviceId: 'studio-lock', evidence: 'accepted', window }),
      codeOf({ id: 'x', deviceId: 'old-lock', want: 'absent' }),
    ])
    const plans = fc.constantFrom(granted(), granted(studioPath), ended('cancelled'), ended('over'), held)
    fc.assert(
      fc.property(codes, plans, fc.boolean(), fc.boolean(), (present, grant, toldNow, toldEver) => {
        const { create, rewindow, close, waiting } = plan({ plan: grant, codes: present, toldNow, toldEver })
        const named = [...rewindow, ...close].map(({ codeId }) => codeId).concat(waiting)
        expect(new Set(named).size).toBe(named.length)
        expect(named).not.toContain('x')
        if (grant.status === 'held') expect(close).toEqual([])
        for (const { deviceId } of create)
          expect(present.some((code) => code.want === 'present' && code.deviceId === deviceId)).toBe(false)
      }),
    )
  })
})
