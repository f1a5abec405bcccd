/** Bytes of the webhook that the benches send: what Smoobu sends for a booking with a note. */
export const webhookBytes = 1500

/**
 * A changed reservation in Smoobu's documented shape (docs/vendors/smoobu.md, webhooks), with every field that the page
 * names and a note that fills it up to `webhookBytes`. `guest` makes two webhooks about one reservation differ. Synthetic
 * people only.
 */
export function webhookBody(reservation: number, guest = reservation): string {
  return `${before}${reservation}${between}${guest}${after}`
}

const placeholder = 10_000_000
const guestPlaceholder = 55_500_001
const reservation = {
  id: placeholder,
  'reference-id': 'HMTEST1234',
  type: 'modification of booking',
  arrival: '2027-07-10',
  departure: '2027-07-16',
  'created-at': '2027-05-01 12:34',
  modifiedAt: '2027-05-02 08:15:20',
  apartment: { id: 700101, name: 'Loft Nord' },
  channel: { id: 465614, name: 'Airbnb' },
  'guest-name': 'Ada Examplova',
  firstname: 'Ada',
  lastname: 'Examplova',
  email: 'ada@guest.example',
  phone: '0033 6 39 98 00 01',
  adults: 2,
  children: 0,
  'check-in': '16:00',
  'check-out': null,
  notice: '',
  'assistant-notice': '',
  price: 480,
  'price-details': '',
  'city-tax': null,
  'price-paid': 'No',
  'commission-included': 60,
  prepayment: 0,
  'prepayment-paid': 'No',
  deposit: 0,
  'deposit-paid': 'No',
  language: 'FR',
  'guest-app-url': 'https://guest.example/abc',
  'is-blocked-booking': false,
  guestId: guestPlaceholder,
}
const bare = JSON.stringify({ action: 'updateReservation', user: 4711, data: reservation })
const notice = 'Late arrival by train, about nine. '.repeat(40).slice(0, webhookBytes - bare.length)
const whole = JSON.stringify({ action: 'updateReservation', user: 4711, data: { ...reservation, notice } })
const [before = '', rest = ''] = whole.split(String(placeholder))
const [between = '', after = ''] = rest.split(String(guestPlaceholder))
