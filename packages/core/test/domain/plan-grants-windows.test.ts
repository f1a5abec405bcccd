import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, civilAt, nightsBetween } from '../../src/domain/civil-time.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import { planGrants } from '../../src/domain/plan-grants.ts'
import { zones } from './clock-changes.ts'
import { booking, loft, loftPath, property } from './house.ts'

const grace = 30 * 60_000
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const stays = fc.record({
  zone: fc.constantFrom(...zones),
  arrival: fc
    .date({ min: new Date('2025-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  nights: fc.integer({ min: 1, max: 300 }),
  checkIn: time,
  checkOut: time,
  agreedIn: fc.option(time, { nil: undefined }),
  agreedOut: fc.option(time, { nil: undefined }),
})
type Stay = typeof stays extends fc.Arbitrary<infer S> ? S : never

function windowOf({ zone, arrival, nights, checkIn, checkOut, agreedIn, agreedOut }: Stay, state = booking.state) {
  const plan = planGrants({
    booking: {
      ...booking,
      state,
      arrival,
      departure: addDays(arrival, nights),
      ...(agreedIn === undefined ? {} : { checkIn: agreedIn }),
      ...(agreedOut === undefined ? {} : { checkOut: agreedOut }),
    },
    unit: loft,
    property: { ...property, zone, checkIn, checkOut },
    path: loftPath,
    policy: { graceIn: 0, graceOut: grace },
    now: '2024-01-01T00:00:00.000Z' as Instant, // has the shape
  })
  return plan.status === 'granted' ? plan.grant.window : undefined
}

describe('the window of a stay', () => {
  it('shows check-in and check-out on the clock of the house, so many nights apart, whatever the clock does in between', () => {
    fc.assert(
      fc.property(stays, (stay) => {
        const window = windowOf(stay)
        if (!window) return
        const [from, until] = [civilAt(window.from, stay.zone), civilAt(plus(window.until, -grace), stay.zone)]
        // A reading that the clock skips is shown later on that day, or on the next one.
        expect(`${from.date}T${from.time}` >= `${stay.arrival}T${stay.checkIn}`).toBe(true)
        const departure = addDays(stay.arrival, stay.nights)
        expect(`${until.date}T${until.time}` >= `${departure}T${stay.checkOut}`).toBe(true)
        if (from.time === stay.checkIn && until.time === stay.checkOut)
          expect(nightsBetween(from.date, until.date)).toBe(stay.nights)
      }),
      { numRuns: 300 },
    )
  })

  it('is never made narrower by an agreed time', () => {
    fc.assert(
      fc.property(stays, (stay) => {
        const plain = windowOf({ ...stay, agreedIn: undefined, agreedOut: undefined })
        const agreed = windowOf(stay)
        if (!plain || !agreed) return
        expect(agreed.from <= plain.from && agreed.until >= plain.until).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('is there for confirmed stays alone', () => {
    const states = fc.constantFrom('cancelled', 'request', 'block')
    fc.assert(
      fc.property(stays, states, (stay, state) => {
        expect(windowOf(stay, state)).toBeUndefined()
      }),
    )
  })
})
