import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Booking } from '../../src/domain/booking.ts'
import { between, type Instant } from '../../src/domain/instant.ts'
import { type GrantInput, isWitnessed, planGrants } from '../../src/domain/plan-grants.ts'
import { at, booking, loft, loftPath, property } from './house.ts'

const policy = { graceIn: 0, graceOut: 30 * 60_000 }
const now = at('2026-07-02T09:00')
const plan = (change: Partial<GrantInput> & { facts?: Partial<Booking> } = {}) => {
  const { facts, ...input } = change
  return planGrants({ booking: { ...booking, ...facts }, unit: loft, property, path: loftPath, policy, now, ...input })
}
const windowOf = (facts: Partial<Booking>, house: Partial<typeof property> = {}) => {
  const planned = plan({ facts, property: { ...property, ...house }, now: at('2026-01-01T09:00') })
  return planned.status === 'granted' ? [planned.grant.window.from, planned.grant.window.until] : planned.reason.code
}

describe('who is let in', () => {
  it('is the guest, from check-in until check-out and the grace, on the clock of the house', () => {
    expect(windowOf({})).toEqual(['2026-07-10T13:00:00.000Z', '2026-07-14T09:30:00.000Z'])
  })

  it('both nights of the clock change give the guest the wider window', () => {
    expect(
      windowOf({ arrival: '2026-03-28', departure: '2026-03-29' }, { checkIn: '02:30', checkOut: '02:30' }),
    ).toEqual(['2026-03-28T01:30:00.000Z', '2026-03-29T02:00:00.000Z'])
    expect(windowOf({ arrival: '2026-10-25', departure: '2026-10-26' }, { checkIn: '02:30' })).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T10:30:00.000Z',
    ])
    expect(windowOf({ arrival: '2026-10-24', departure: '2026-10-25' }, { checkOut: '02:30' })).toEqual([
      '2026-10-24T13:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ])
  })

  it('an agreed time widens the window as far as the house allows, and never narrows it', () => {
    expect(windowOf({ checkIn: '22:00', checkOut: '06:00' })).toEqual(windowOf({}))
    expect(windowOf({ checkIn: '08:00', checkOut: '20:00' })).toEqual(windowOf({}))
    expect(
      windowOf({ checkIn: '08:00', checkOut: '20:00' }, { earliestCheckIn: '12:00', latestCheckOut: '14:00' }),
    ).toEqual(['2026-07-10T10:00:00.000Z', '2026-07-14T12:30:00.000Z'])
  })

  it.each([
    ['a cancellation', { state: 'cancelled' }, 'ended', 'booking-cancelled'],
    ['an owner block', { state: 'block' }, 'ended', 'booking-blocked'],
    ['a request', { state: 'request' }, 'ended', 'booking-not-firm'],
    ['a stay that is over', { arrival: '2026-06-01', departure: '2026-06-03' }, 'ended', 'booking-over'],
    ['no flat yet', { unitRef: undefined }, 'held', 'unit-not-assigned'],
    ['no arrival', { arrival: undefined }, 'held', 'dates-missing'],
    ['a departure before the arrival', { departure: '2026-07-09' }, 'held', 'dates-impossible'],
    ['no night at all', { departure: '2026-07-10' }, 'held', 'dates-impossible'],
    ['a stay of two years', { departure: '2028-07-10' }, 'held', 'stay-too-long'],
  ])('is nobody for %s, with a reason and a remedy', (_what, facts, status, code) => {
    // `undefined` stands for "absent" here, which the compiler cannot see in a table.
    const planned = plan({ facts: Object.fromEntries(Object.entries(facts)) as Partial<Booking> })
    expect(planned).toMatchObject({ status, reason: { code } })
    if (planned.status !== 'granted') expect(planned.reason.remedy).not.toBe('')
  })

  it('is held, not ended, while the house is not set up: what is granted already stays', () => {
    const { unit: _unit, ...unlinked } = { booking, unit: loft, property, path: loftPath, policy, now }
    expect(planGrants(unlinked)).toMatchObject({ status: 'held', reason: { code: 'unit-not-linked' } })
    expect(plan({ path: [] })).toMatchObject({ status: 'held', reason: { code: 'path-empty' } })
    expect(plan({ property: { ...property, zone: 'Paris' } })).toMatchObject({
      status: 'held',
      reason: { code: 'zone-unknown' },
    })
  })

  it.each(['confirmed', 'cancelled', 'request', 'block'] as const)(
    'is nobody new and nobody less for a booking that is merely watched, whatever it says: %s',
    (state) => {
      const watched = plan({ facts: { state, witness: true }, now: at('2026-07-20T09:00') })
      expect(watched).toMatchObject({ status: 'held', reason: { code: 'witness' } })
      expect(isWitnessed(watched)).toBe(true)
      expect(isWitnessed(plan({ facts: { state } }))).toBe(false)
    },
  )

  it('always ends, after it begins, and never later than the check-out day and its grace', () => {
    const day = fc
      .date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10))
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
    const zone = fc.constantFrom(
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Casablanca',
    )
    fc.assert(
      fc.property(day, day, time, time, zone, (arrival, departure, checkIn, checkOut, where) => {
        const planned = plan({
          facts: { arrival, departure },
          property: { ...property, zone: where, checkIn, checkOut },
          now: '2025-01-01T00:00:00.000Z' as Instant,
        })
        if (planned.status !== 'granted') return
        const { from, until } = planned.grant.window
        expect(between(from, until)).toBeGreaterThan(0)
        expect(between(`${departure}T00:00:00.000Z` as Instant, until)).toBeLessThan(3 * 86_400_000)
      }),
    )
  })
})
