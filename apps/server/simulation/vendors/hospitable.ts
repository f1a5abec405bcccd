import hospitable from '@stayward/booking-hospitable'
import { emptyHospitable, fakeId, hospitableVendor } from '@stayward/booking-hospitable/testing'
import type { HousePlot, StayFacts } from '@stayward/core/testing'
import { guestOf } from './guests.ts'
import type { BookingPart, Now } from './parts.ts'
import { reschedule } from './reschedule.ts'

/** A Hospitable account in which every flat is a property. */
export function hospitablePart(house: HousePlot, now: Now): BookingPart {
  const unitRef = (unit: number) => fakeId('property', unit + 1)
  const { zone, checkIn: checkin, checkOut: checkout } = house
  const empty = emptyHospitable()
  const [model] = empty.properties
  if (!model) throw new RangeError('the fake has no property to copy')
  const properties = Array.from(house.units.keys(), (unit) => {
    return { ...model, id: unitRef(unit), name: `Flat ${unit}`, zone, checkin, checkout }
  })
  const fake = hospitableVendor({ state: { ...empty, properties }, now })
  const { accessToken, email } = fake.state.account
  const current = new Map<string, StayFacts>()
  const guest = (facts: StayFacts) => {
    const { firstName, lastName, phone, email: mail, language } = guestOf(facts)
    const phone_numbers = phone === '' ? [] : [phone]
    return { first_name: firstName, last_name: lastName, phone_numbers, email: mail, language }
  }
  return {
    adapter: hospitable,
    config: { accessToken, ownerEmail: email },
    fake,
    answered: fake.answered,
    unitRef,
    book: (facts) => {
      const { arrival, departure, unit } = facts
      const ref = fake.book({ arrival, departure, unitRef: unitRef(unit), platform: 'airbnb', guest: guest(facts) })
      current.set(ref, facts)
      return ref
    },
    change: (ref, facts) => {
      const before = current.get(ref)
      current.set(ref, facts)
      const { state } = facts
      reschedule(fake, ref, before, facts, unitRef)
      if (before?.phone !== facts.phone || before?.name !== facts.name) fake.changeGuest(ref, guest(facts))
      if (before?.state !== state) fake.setStatus(ref, state === 'confirmed' ? 'accepted' : 'cancelled')
    },
    letters: () =>
      fake.state.messages
        .filter(({ from }) => from === 'host')
        .map(({ reservationId, text, at }) => ({ to: reservationId, text, sentAt: at, arrivedAt: at })),
  }
}
