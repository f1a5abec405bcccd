/** Everything the fake Hospitable remembers, as plain JSON: keep it, load it, change it to play Hospitable's own people. */
export interface HospitableState {
  readonly account: HospitableAccount
  /** The reservation that tests begin with: the first accepted one there was. Null before there is any. */
  known: string | null
  properties: HospitableProperty[]
  reservations: HospitableReservation[]
  /** Days the host closed. They are in the calendar and nowhere else. */
  blocks: { readonly propertyId: string; readonly from: string; readonly to: string }[]
  messages: HospitableMessageRow[]
  /** Webhooks that are on their way. */
  deliveries: QueuedDelivery[]
  /** How often each delivery was refused so far, by its envelope's id. */
  refused: Record<string, number>
  /** When conversations were read and written to, milliseconds since 1970. */
  reads: { readonly ref: string; readonly at: number }[]
  sends: { readonly ref: string; readonly at: number }[]
  /** The last number given out. */
  counters: { reservation: number; message: number; delivery: number }
  switches: HospitableSwitches
}

export interface HospitableAccount {
  readonly id: string
  readonly name: string
  email: string
  accessToken: string
  /** Made with Read alone. */
  readOnlyToken: string
  /** A vendor's secret; without it deliveries are signed as a host account's. */
  partnerSecret: string | null
}

export interface HospitableProperty {
  readonly id: string
  name: string
  /** IANA name. Hospitable itself tells an offset only: the one of winter. */
  readonly zone: string
  checkin: string
  checkout: string
  /** Writes `check-in` as in the published description instead of `checkin` as in live answers. */
  readonly hyphens: boolean
  listed: boolean
  /** Its listing went inactive: reservations vanish from lists. */
  inactive: boolean
  readonly parent: string | null
}

export interface HospitableReservation {
  readonly id: string
  platform: string | null
  platformId: string | null
  category: string
  subCategory: string | null
  history: { readonly category: string; readonly sub_category: string | null; readonly changed_at: string }[]
  /** Calendar days at the property. Any text, to play impossible ones. */
  arrival: string
  departure: string
  /** Times at the property, `16:00`. */
  checkIn: string
  checkOut: string
  propertyId: string
  stayType: string
  /** Null, or with keys that may be missing altogether. */
  guest: HospitableGuest | null
  /** Milliseconds since 1970. */
  readonly bookedAt: number
  /** Laid over the answer, to play a changed interface: `{ reservation_status: null }`. */
  raw?: Record<string, unknown>
}

export interface HospitableGuest {
  first_name?: string | null
  last_name?: string | null
  email?: string | null
  phone_numbers?: string[] | null
  language?: string
  location?: string | null
}

export interface HospitableMessageRow {
  readonly id: number
  readonly reservationId: string
  readonly from: 'guest' | 'host'
  readonly text: string
  readonly at: number
  readonly sentReferenceId: string | null
}

export interface QueuedDelivery {
  readonly id: number
  readonly dueAt: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HospitableSwitches {
  /** Until then, milliseconds since 1970, every request is answered 429, with or without a `Retry-After`. */
  limitedUntil: number
  saysWhen: boolean
  /** So many requests to come meet a 502 with a page, before anything is done. */
  badGateways: number
  /** What a list without days shows: the two weeks of the documentation, or nothing, as was seen. */
  withoutDays: 'two weeks' | 'nothing'
  /** Reads of one conversation within a minute, and messages into it. */
  readsPerMinute: number
  sendsPerMinute: number
  /** How a message is taken: 202 with a reference, or 201 with `{}`. */
  taken: 201 | 202
  /** A day for the `Sunset` header of every answer. */
  sunset: string | null
  webhooks: {
    /** How often each is delivered. */
    copies: number
    /** So many webhooks to come are never sent. */
    lost: number
    /** So many to come are signed with another secret. */
    wronglySigned: number
    /** Those that are due together leave newest first. */
    reversed: boolean
    /** `triggers` as the one text of the published description, instead of the list that is seen. */
    triggersAsText: boolean
    /** `data` as the list of the guide. */
    dataAsList: boolean
    /** Changes bring the changed fields alone, without the reservation's id. */
    partial: boolean
  }
}

/** Ids of the fake: the kind first, the number last. */
export function fakeId(kind: 'property' | 'reservation' | 'conversation' | 'account', number: number): string {
  const prefix = { property: '9d0c0000', reservation: 'b1f6c1de', conversation: 'c0ffee00', account: 'acc00000' }[kind]
  return `${prefix}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

const property = (number: number, name: string, more: Partial<HospitableProperty> = {}): HospitableProperty => ({
  id: fakeId('property', number),
  name,
  zone: 'Europe/Paris',
  checkin: '15:00',
  checkout: '11:00',
  hyphens: false,
  listed: true,
  inactive: false,
  parent: null,
  ...more,
})

/** An account without reservations, for a story of one's own. */
export function emptyHospitable(): HospitableState {
  return {
    account: {
      id: fakeId('account', 1),
      name: 'Hanna Hostmann',
      email: 'hanna@host.example',
      accessToken: 'fake-hospitable-token-4c1d77',
      readOnlyToken: 'fake-hospitable-reader-81ab20',
      partnerSecret: null,
    },
    known: null,
    properties: [
      property(1, 'Loft Nord'),
      property(2, 'Loft Süd', { hyphens: true }),
      property(3, 'Villa', { zone: 'America/New_York' }),
      property(4, 'Villa, garden room', { zone: 'America/New_York', parent: fakeId('property', 3) }),
    ],
    reservations: [],
    blocks: [],
    messages: [],
    deliveries: [],
    refused: {},
    reads: [],
    sends: [],
    counters: { reservation: 0, message: 7000, delivery: 0 },
    switches: {
      limitedUntil: 0,
      saysWhen: true,
      badGateways: 0,
      withoutDays: 'two weeks',
      readsPerMinute: 2,
      sendsPerMinute: 2,
      taken: 202,
      sunset: null,
      webhooks: {
        copies: 1,
        lost: 0,
        wronglySigned: 0,
        reversed: false,
        triggersAsText: false,
        dataAsList: false,
        partial: false,
      },
    },
  }
}
