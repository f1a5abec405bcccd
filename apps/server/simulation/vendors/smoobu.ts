import smoobu from '@stayward/booking-smoobu'
import { emptySmoobu, smoobuVendor } from '@stayward/booking-smoobu/testing'
import type { HousePlot, StayFacts } from '@stayward/core/testing'
import type { BookingPart, Now } from './parts.ts'
import { guestOf } from './guests.ts'
import { reschedule } from './reschedule.ts'

/** A Smoobu with the plot's flats. */
export function smoobuPart(house: HousePlot, now: Now): BookingPart {
  const unitRef = (unit: number) => String(700_101 + unit)
  const apartments = Array.from(house.units.keys(), (unit) => ({
    id: Number(unitRef(unit)),
    name: `Flat ${unit}`,
    timeZone: house.zone,
  }))
  const fake = smoobuVendor({ state: emptySmoobu({ apartments }), now })
  const { apiKey, apiSecret } = fake.state.account
  const current = new Map<string, StayFacts>()
  return {
    adapter: smoobu,
    config: { apiKey, apiSecret },
    fake,
    answered: fake.answered,
    unitRef,
    book: (facts) => {
      const { arrival, departure, unit, state } = facts
      const dates = { arrival, departure, unitRef: unitRef(unit) }
      const ref =
        state === 'confirmed' ? fake.book({ ...dates, channel: 'Airbnb', guest: guestOf(facts) }) : fake.block(dates)
      current.set(ref, facts)
      return ref
    },
    change: (ref, facts) => {
      const before = current.get(ref)
      current.set(ref, facts)
      const { state } = facts
      reschedule(fake, ref, before, facts, unitRef)
      if (before?.phone !== facts.phone || before?.name !== facts.name) fake.changeGuest(ref, guestOf(facts))
      // Whatever is changed of a cancelled reservation takes it back in.
      if (state === 'cancelled') fake.cancel(ref)
      else if (before?.state !== state) fake.restore(ref)
    },
    letters: () =>
      fake.state.messages
        .filter(({ from, toHost }) => from === 'host' && !toHost)
        .map(({ reservationId, text, at }) => ({ to: String(reservationId), text, sentAt: at, arrivedAt: at })),
  }
}
