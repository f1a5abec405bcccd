import { emptyHospitable, fakeId, type HospitableReservation, type HospitableState } from './hospitable-state.ts'

const day = 86_400_000

/** The account most tests start from: one of every kind of reservation, around `now` (milliseconds since 1970). */
export function furnishedHospitable(now: number): HospitableState {
  const date = (days: number) => new Date(now + days * day).toISOString().slice(0, 10)
  const changed_at = new Date(now - 9 * day).toISOString()
  let number = 0
  const reservation = (
    [from, to]: readonly [number, number],
    property: number,
    { category = 'accepted', subCategory = null, ...more }: Partial<HospitableReservation>,
  ): HospitableReservation => {
    number++
    return {
      id: fakeId('reservation', number),
      platform: 'airbnb',
      platformId: `HMTEST${number}`,
      category,
      subCategory,
      history: [{ category, sub_category: subCategory, changed_at }],
      arrival: date(from),
      departure: date(to),
      checkIn: '15:00',
      checkOut: '11:00',
      propertyId: fakeId('property', property),
      stayType: 'guest_stay',
      guest: null,
      bookedAt: now - 9 * day,
      ...more,
    }
  }
  const before = { category: 'request', sub_category: 'pending verification', changed_at }
  const reservations = [
    reservation([5, 9], 1, {
      checkIn: '16:00',
      checkOut: '10:00',
      guest: {
        first_name: 'Ada',
        last_name: 'Examplová',
        email: null,
        phone_numbers: ['+33 6 39 98 00 01'],
        language: 'fr',
        location: 'Lyon, France',
      },
    }),
    reservation([20, 25], 1, {
      platform: 'manual',
      platformId: null,
      stayType: 'owner_stay',
      guest: { first_name: 'Hanna', last_name: 'Hostmann', phone_numbers: ['+33 6 39 98 00 09'] },
    }),
    reservation([3, 6], 2, {
      platform: 'booking',
      category: 'cancelled',
      guest: { first_name: 'Bruno', last_name: 'Beispielmann', phone_numbers: ['+49 30 23125 002'], language: 'de' },
    }),
    reservation([10, 12], 2, { platform: 'direct', guest: { first_name: 'Celina' } }),
    reservation([-20, -15], 3, { platform: 'manual' }),
    reservation([6, 8], 3, {
      platform: 'homeaway',
      category: 'request',
      subCategory: 'awaiting approval',
      guest: { first_name: 'Dario', last_name: null, email: 'dario@guest.example', phone_numbers: null },
    }),
    reservation([7, 9], 4, { category: 'checkpoint', subCategory: 'checkpoint', history: [before] }),
    reservation([12, 14], 4, { category: 'not accepted', subCategory: 'declined' }),
    reservation([26, 28], 4, { category: 'unknown', history: [before] }),
  ]
  const [known] = reservations
  return {
    ...emptyHospitable(),
    known: known?.id ?? null,
    reservations,
    blocks: [{ propertyId: fakeId('property', 1), from: date(30), to: date(33) }],
    counters: { reservation: number, message: 7000, delivery: 0 },
  }
}
