import beds24 from '@stayward/booking-beds24'
import { beds24Vendor, emptyBeds24, sampleRefreshToken, sampleWebhookToken } from '@stayward/booking-beds24/testing'
import type { HousePlot, StayFacts } from '@stayward/core/testing'
import { guestOf } from './guests.ts'
import type { BookingPart, Now } from './parts.ts'
import { reschedule } from './reschedule.ts'

/** A Beds24 account with one property in which every flat is a room type of one. */
export function beds24Part(house: HousePlot, now: Now): BookingPart {
  const roomId = (unit: number) => 710_001 + unit
  const unitRef = (unit: number) => `${roomId(unit)}-1`
  const empty = emptyBeds24(now())
  const [model] = empty.properties
  if (!model) throw new RangeError('the fake has no property to copy')
  const rooms = Array.from(house.units.keys(), (unit) => {
    return { id: roomId(unit), name: `Flat ${unit}`, qty: 1, unitNames: [`Flat ${unit}`] }
  })
  const { zone, checkIn: checkInStart, checkOut: checkOutEnd } = house
  const properties = [{ ...model, rooms, checkInStart, checkOutEnd }]
  const fake = beds24Vendor({ state: { ...empty, account: { ...empty.account, timezone: zone }, properties }, now })
  const current = new Map<string, StayFacts>()
  const guest = (facts: StayFacts) => {
    const { firstName, lastName, phone, email, language } = guestOf(facts)
    return { firstName, lastName, mobile: phone, phone: '', email, lang: language }
  }
  const statuses = { confirmed: 'confirmed', cancelled: 'cancelled', block: 'black', request: 'request' } as const
  return {
    adapter: beds24,
    config: { credential: sampleRefreshToken, kind: 'refresh-token', webhookToken: sampleWebhookToken },
    fake,
    answered: fake.answered,
    unitRef,
    book: (facts) => {
      const { arrival, departure, unit, state } = facts
      const own = state === 'confirmed' ? { guest: guest(facts) } : {}
      const ref = fake.book({ roomId: roomId(unit), unitId: 1, arrival, departure, status: statuses[state], ...own })
      current.set(ref, facts)
      return ref
    },
    change: (ref, facts) => {
      const before = current.get(ref)
      current.set(ref, facts)
      const { state } = facts
      reschedule(fake, ref, before, facts, unitRef)
      if (before?.phone !== facts.phone || before?.name !== facts.name) {
        const row = fake.state.bookings.find(({ id }) => String(id) === ref)
        if (row) row.guest = guest(facts)
      }
      // Also where only the guest was changed: it rings, and the booking counts as modified.
      fake.setStatus(ref, statuses[state])
    },
    letters: () =>
      fake.state.messages
        .filter(({ source }) => source === 'host')
        .map(({ bookingId, text, at }) => ({ to: String(bookingId), text, sentAt: at, arrivedAt: at })),
  }
}
