/** What the fake Beds24 remembers: plain JSON, so that it survives a restart. Instants are milliseconds since 1970. */
export interface Beds24State {
  readonly account: { readonly ownerId: number; readonly timezone: string }
  readonly invites: { code: string; scopes: readonly string[]; until: number; used: boolean }[]
  readonly refreshTokens: { token: string; scopes: readonly string[]; usedAt: number; revoked: boolean }[]
  /** `until` is null for a long-life token. */
  readonly tokens: { token: string; scopes: readonly string[]; until: number | null }[]
  readonly credits: { most: number; per: number; windowFrom: number; spent: number }
  properties: Beds24PropertyRow[]
  bookings: Beds24Row[]
  messages: Beds24MessageRow[]
  readonly hooks: { bookingId: number; dueAt: number; retries: number; message: boolean }[]
  readonly switches: Beds24Switches
  readonly counters: { booking: number; message: number; token: number }
  /** The booking that tests are about. */
  known: number | null
}

export interface Beds24Switches {
  /** What a refreshed token brings: no new refresh token, one beside the old, or one that ends the old. */
  rotation: 'none' | 'beside' | 'replaces'
  /** Rows on a page. */
  pageSize: number
  /** What `count` means: nobody has said. */
  count: 'page' | 'total'
  /** The names of the credit headers: as served, as described, or none. */
  creditHeaders: 'served' | 'described' | 'none'
  /** Bookings made by hand or over the API ring the webhook. */
  handMadeRing: boolean
  /** Payment data of the webhook's Additional Data. */
  cardData: boolean
  /** How often each delivery is sent. */
  copies: number
  /** An item of a POST is refused for this field, whatever it says. */
  refusedField: string | null
}

export interface Beds24PropertyRow {
  readonly id: number
  name: string
  readonly currency: string
  readonly checkInStart: string
  readonly checkOutEnd: string
  readonly rooms: { readonly id: number; readonly name: string; qty: number; readonly unitNames: readonly string[] }[]
  readonly webhook: { version: string; url: string; additionalData: string; customHeader: string }
}

export interface Beds24Row {
  readonly id: number
  readonly masterId: number | null
  roomId: number
  unitId: number | null
  readonly roomQty: number
  status: string
  arrival: string
  departure: string
  arrivalTime: string
  guest: { firstName: string; lastName: string; email: string; mobile: string; phone: string; lang: string }
  readonly channel: string
  readonly apiSource: string
  readonly apiReference: string
  readonly bookedAt: number
  modifiedAt: number
  cancelledAt: number | null
}

export interface Beds24MessageRow {
  readonly id: number
  readonly bookingId: number
  readonly source: 'guest' | 'host' | 'internalNote' | 'system'
  readonly text: string
  readonly at: number
}

/** Every right that the adapter's README asks for. */
export const sampleScopes = ['read:bookings', 'read:bookings-personal', 'write:bookings-personal', 'read:properties']
export const sampleInvite = 'sample-invite-code-for-tests'
export const sampleRefreshToken = 'sample-refresh-token-for-tests'
export const sampleLongLife = 'sample-long-life-token-for-tests'
export const sampleWebhookToken = 'sample-webhook-token'

const day = 86_400_000

/** An account with two properties: a flat of one unit, and a house whose room type has two. `now` in milliseconds. */
export function emptyBeds24(now: number): Beds24State {
  const webhook = () => ({
    version: 'twoWithPersonalData',
    url: 'https://hub.example/api/webhooks/beds24/t/sample/token',
    additionalData: 'none',
    customHeader: `X-Stayward-Token: ${sampleWebhookToken}`,
  })
  const times = { currency: 'EUR', checkInStart: '16:00', checkOutEnd: '24:00' }
  const scopes = sampleScopes
  return {
    account: { ownerId: 5001, timezone: 'Europe/Paris' },
    invites: [{ code: sampleInvite, scopes, until: now + day, used: false }],
    refreshTokens: [{ token: sampleRefreshToken, scopes, usedAt: now, revoked: false }],
    tokens: [{ token: sampleLongLife, scopes: scopes.filter((one) => one.startsWith('read:')), until: null }],
    credits: { most: 100, per: 300_000, windowFrom: now, spent: 0 },
    properties: [
      {
        id: 310001,
        name: 'Residence A',
        ...times,
        rooms: [{ id: 710001, name: 'Loft', qty: 1, unitNames: ['Loft'] }],
        webhook: webhook(),
      },
      {
        id: 310002,
        name: 'Residence B',
        ...times,
        rooms: [{ id: 710002, name: 'Studio', qty: 3, unitNames: ['Studio 1', 'Studio 2', 'Studio 3'] }],
        webhook: webhook(),
      },
    ],
    bookings: [],
    messages: [],
    hooks: [],
    switches: {
      rotation: 'none',
      pageSize: 100,
      count: 'page',
      creditHeaders: 'served',
      handMadeRing: true,
      cardData: false,
      copies: 1,
      refusedField: null,
    },
    counters: { booking: 90310000, message: 8000, token: 0 },
    known: null,
  }
}

/** What fakes begin with: one booking of every kind, around `now`. */
export function furnishedBeds24(now: number): Beds24State {
  const state = emptyBeds24(now)
  const date = (days: number) => new Date(now + days * day).toISOString().slice(0, 10)
  const add = (from: number, to: number, more: Partial<Beds24Row>) => {
    const id = ++state.counters.booking
    state.bookings.push({
      id,
      masterId: null,
      roomId: 710001,
      unitId: 1,
      roomQty: 1,
      status: 'new',
      arrival: date(from),
      departure: date(to),
      arrivalTime: '',
      guest: nobody,
      channel: 'booking',
      apiSource: 'Booking.com',
      apiReference: `40000${id}`,
      bookedAt: now - 9 * day,
      modifiedAt: now - 9 * day,
      cancelledAt: null,
      ...more,
    })
    return id
  }
  state.known = add(5, 9, {
    arrivalTime: '16:00',
    guest: {
      firstName: 'Ada',
      lastName: 'Examplová',
      email: 'ada@guest.example',
      mobile: '+33 6 39 98 00 01',
      phone: '',
      lang: 'fr',
    },
  })
  add(12, 14, { status: 'confirmed', unitId: null, channel: 'direct', apiSource: 'Direct', apiReference: '' })
  add(3, 6, { roomId: 710002, unitId: 2, status: 'cancelled', guest: { ...nobody, firstName: 'Brunhilda' } })
  add(6, 8, { roomId: 710002, unitId: 1, status: 'request', channel: 'airbnb', apiSource: 'Airbnb' })
  add(7, 9, { roomId: 710002, unitId: null, arrivalTime: 'around 4pm' })
  add(20, 24, { status: 'black', channel: 'direct', apiSource: 'Direct' })
  add(26, 28, { status: 'inquiry', channel: 'airbnb', apiSource: 'Airbnb' })
  add(-20, -15, { status: 'confirmed' })
  // One reservation at the channel, two bookings here.
  const master = state.counters.booking + 1
  const group = { masterId: master, roomId: 710002, apiReference: '4000000777' }
  add(30, 33, { ...group, unitId: 1 })
  add(30, 33, { ...group, unitId: 2 })
  return state
}

export const nobody = { firstName: '', lastName: '', email: '', mobile: '', phone: '', lang: '' }
