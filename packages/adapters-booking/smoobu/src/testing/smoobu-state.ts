/** Everything the fake Smoobu remembers, as plain JSON: keep it, load it, change it to play Smoobu's own people. */
export interface SmoobuState {
  readonly account: SmoobuAccount
  /** The booking that tests begin with: the first confirmed one there was. Null before there is any. */
  known: number | null
  apartments: SmoobuApartment[]
  reservations: SmoobuReservation[]
  /** Reservations that were deleted and answer 404. */
  erased: number[]
  messages: SmoobuMessage[]
  /** Webhooks that are on their way. */
  deliveries: QueuedDelivery[]
  /** Sent and not yet answered; kept only while `retries` is on. */
  underway: QueuedDelivery[]
  /** Nonces of signed requests, with the milliseconds at which they came. */
  nonces: { readonly nonce: string; readonly at: number }[]
  /** The current minute of the rate limit. */
  window: { endsAt: number; used: number }
  /** The last number given out. */
  counters: { reservation: number; message: number; delivery: number }
  switches: SmoobuSwitches
}

export interface SmoobuAccount {
  readonly id: number
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  apiKey: string
  apiSecret: string
}

export interface SmoobuApartment {
  readonly id: number
  name: string
  /** IANA name; null where the host never set it. */
  timeZone: string | null
}

export interface SmoobuReservation {
  readonly id: number
  referenceId: string | number | null
  type: 'reservation' | 'modification of booking' | 'cancellation'
  blocked: boolean
  /** Calendar days at the flat. Any text, to play impossible ones. */
  arrival: string
  departure: string
  checkIn: string | null
  checkOut: string | null
  /** Null once the flat was deleted. */
  apartmentId: number | null
  channel: { id: number; name: string }
  guest: SmoobuGuest
  /** Milliseconds since 1970. */
  readonly createdAt: number
  modifiedAt: number
  /** Laid over the answer, to play a changed interface: `{ type: null }`. */
  raw?: Record<string, unknown>
}

export interface SmoobuGuest {
  name: string
  firstName: string
  lastName: string
  email: string
  phone: string
  language: string | null
}

export interface SmoobuMessage {
  readonly id: number
  readonly reservationId: number
  readonly from: 'guest' | 'host'
  /** Only the host's own inbox, not the guest. */
  readonly toHost?: true
  readonly subject: string
  /** As it was written; the host's goes out wrapped in HTML. */
  readonly text: string
  readonly at: number
}

export interface QueuedDelivery {
  readonly id: number
  readonly dueAt: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly attempts: number
}

export interface SmoobuSwitches {
  /** `refused` is the world after the end of plain keys. */
  plainKeys: 'accepted' | 'refused'
  /** How far a signature's time may be off, seconds. Smoobu's own figure is not known. */
  timestampTolerance: number
  requestsPerMinute: number
  /** Until then, milliseconds since 1970, every request is answered 429. */
  limitedUntil: number
  /** So many requests to come meet a 502 with an HTML page, before anything is done. */
  badGateways: number
  webhooks: {
    /** How often each is delivered. */
    copies: number
    /** So many webhooks to come are never sent. */
    lost: number
    /** Milliseconds on top of the usual way. */
    delay: number
    /** Those that are due together leave newest first. */
    reversed: boolean
    /** Each brings one of an action that nobody documented. */
    unknownActions: boolean
    /** How often a refused one is sent again. Whether Smoobu does so is not known. */
    retries: number
  }
}

const day = 86_400_000

/** An account without bookings, for a story of one's own. `now` in milliseconds since 1970. */
export function emptySmoobu({
  account,
  apartments,
}: Partial<Pick<SmoobuState, 'account' | 'apartments'>> = {}): SmoobuState {
  return {
    account: account ?? {
      id: 4711,
      firstName: 'Hanna',
      lastName: 'Hostmann',
      email: 'hanna@host.example',
      apiKey: 'fake-smoobu-key-1f0c',
      apiSecret: 'fake-smoobu-secret-9d2e77',
    },
    apartments: apartments ?? [
      { id: 700101, name: 'Loft Nord', timeZone: 'Europe/Paris' },
      { id: 700102, name: 'Loft Süd', timeZone: 'Europe/Paris' },
      { id: 700103, name: 'Garden flat', timeZone: null },
    ],
    known: null,
    reservations: [],
    erased: [],
    messages: [],
    deliveries: [],
    underway: [],
    nonces: [],
    window: { endsAt: 0, used: 0 },
    counters: { reservation: 90210000, message: 88000, delivery: 0 },
    switches: {
      plainKeys: 'accepted',
      timestampTolerance: 300,
      requestsPerMinute: 1000,
      limitedUntil: 0,
      badGateways: 0,
      webhooks: { copies: 1, lost: 0, delay: 0, reversed: false, unknownActions: false, retries: 0 },
    },
  }
}

/** The account most tests start from: one of every kind of reservation, around `now`. */
export function furnishedSmoobu(now: number): SmoobuState {
  const date = (days: number) => new Date(now + days * day).toISOString().slice(0, 10)
  const nobody: SmoobuGuest = { name: '', firstName: '', lastName: '', email: '', phone: '', language: null }
  const made = { createdAt: now - 9 * day, modifiedAt: now - 5 * day, checkIn: null, checkOut: null, blocked: false }
  return {
    ...emptySmoobu(),
    counters: { reservation: 90210006, message: 88000, delivery: 0 },
    erased: [90210006],
    reservations: [
      {
        ...made,
        id: 90210001,
        referenceId: 'HMTEST1234',
        type: 'reservation',
        arrival: date(5),
        departure: date(9),
        checkIn: '16:00',
        apartmentId: 700101,
        channel: { id: 465614, name: 'Airbnb' },
        guest: {
          name: 'Ada Examplova',
          firstName: 'Ada',
          lastName: 'Examplova',
          email: 'ada@guest.example',
          phone: '0033 6 39 98 00 01',
          language: 'FR',
        },
      },
      {
        ...made,
        id: 90210002,
        referenceId: null,
        type: 'reservation',
        blocked: true,
        arrival: date(20),
        departure: date(25),
        apartmentId: 700101,
        channel: { id: 11, name: 'Blocked channel' },
        guest: nobody,
      },
      {
        ...made,
        id: 90210003,
        referenceId: 4012345678,
        type: 'cancellation',
        arrival: date(3),
        departure: date(6),
        apartmentId: 700102,
        channel: { id: 465615, name: 'Booking.com' },
        guest: { ...nobody, name: 'Bruno Beispielmann', phone: '+49 30 23125 002', language: 'de' },
      },
      {
        ...made,
        id: 90210004,
        referenceId: null,
        type: 'modification of booking',
        arrival: date(10),
        departure: date(12),
        checkIn: '',
        checkOut: '',
        apartmentId: 700102,
        channel: { id: 13, name: 'Direct booking' },
        guest: { ...nobody, firstName: 'Celina', lastName: 'Przykładowa' },
      },
      {
        ...made,
        id: 90210005,
        referenceId: 'HMPAST0001',
        type: 'reservation',
        arrival: date(-20),
        departure: date(-15),
        apartmentId: 700103,
        channel: { id: 465614, name: 'Airbnb' },
        guest: { ...nobody, name: 'Dario Pastrello', language: 'it' },
      },
    ],
  }
}
