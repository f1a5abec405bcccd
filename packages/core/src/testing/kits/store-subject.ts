import type { Fact } from '../../adapter/webhook.ts'
import type { Booking, SourceBooking } from '../../domain/booking.ts'
import type { HubEvent } from '../../domain/arrival-readiness.ts'
import type { Code } from '../../domain/code.ts'
import type { Instant } from '../../domain/instant.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import type { Alert, FoundBookings, StayView, TenantStore, TimelineEntry } from '../../ports/stores.ts'
import type { Look, WorkKind } from '../../ports/work-queue.ts'
import type { HouseSetup } from '../house-setup.ts'
import { instant } from '../calls.ts'

/** A store to be judged, with an empty tenant. */
export interface StoreSubject {
  open(): Promise<OpenedStore>
}

export interface OpenedStore {
  readonly store: TenantStore
  readonly house: HouseSetup
  readonly fingerprints: Fingerprints
  /** Keeps what a signed webhook of this connection told, as intake does. */
  hear(connectionId: string, facts: readonly Fact[]): Promise<void>
  /** Keys with a mark that waits, `booking:<id>`, sorted; asking forgets them. */
  takeMarks(): Promise<readonly string[]>
  /** Parked timers, by `kind:key`. */
  timers(): Promise<ReadonlyMap<string, Instant>>
  /** Oldest first. */
  timeline(bookingId: string): Promise<readonly TimelineEntry[]>
  openAlerts(): Promise<readonly Alert[]>
  /** Oldest first. */
  events(): Promise<readonly (HubEvent & { readonly at: Instant })[]>
  close(): Promise<void>
}

export const now = instant('2026-07-08T09:00:00Z')

let fence = 0

/** A look as the queue would hand it out: every one has a higher fence than all before. */
export function look(kind: WorkKind, key: string, older?: { readonly fence: number }): Look {
  fence += 1
  const signal = new AbortController().signal
  return { tenantId: '', kind, key, attempt: 0, fence: older?.fence ?? fence, signal }
}

/** A made-up guest, so that a scan can tell her from everything else. */
export const guest = { name: 'Ada Example', firstName: 'Ada', language: 'en', phone: '+33 6 12 34 56 78' }

export function stay(ref: string, over: Partial<SourceBooking> = {}): SourceBooking & { readonly e164?: string } {
  return {
    ref,
    state: 'confirmed',
    unitRef: 'flat-2',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    guest,
    channel: 'Airbnb',
    e164: '+33612345678',
    ...over,
  }
}

/** A house with a street door and two flats, the first one linked to the source. */
export interface Furnished extends OpenedStore {
  readonly source: string
  readonly lock: string
  readonly street: string
  readonly flatLock: string
  readonly otherLock: string
  readonly unit: string
  readonly otherUnit: string
  readonly doors: { readonly street: string; readonly lobby: string; readonly hall: string; readonly flat: string }
  found(bookings: FoundBookings['bookings'], over?: Partial<FoundBookings>): FoundBookings
  /** Saves one stay and returns it as stored. */
  import(facts: SourceBooking): Promise<Booking>
  load(bookingId: string, when?: Instant): Promise<StayView>
}

export async function furnish(subject: StoreSubject): Promise<Furnished> {
  const opened = await subject.open()
  const { house, store } = opened
  const source = await house.addConnection({ name: 'Bookings', port: 'booking' })
  const lock = await house.addConnection({ name: 'Locks', port: 'lock' })
  const property = { name: 'Rue de Test 1', zone: 'Europe/Paris', checkIn: '16:00', checkOut: '10:00' }
  const propertyId = await house.addProperty({ ...property, earliestCheckIn: '14:00' })
  const street = await house.addDevice({ connectionId: lock, vendorId: '1001', name: 'Street lock' })
  const flatLock = await house.addDevice({ connectionId: lock, vendorId: '1002', name: 'Flat lock' })
  const otherLock = await house.addDevice({ connectionId: lock, vendorId: '1003', name: 'Other lock' })
  const device = (deviceId: string) => ({ kind: 'device' as const, deviceId, tellAt: 'confirmed' as const })
  const doors = {
    street: await house.addDoor({
      name: 'Street door',
      instruction: { en: 'Press 1, then the code.' },
      entry: { ...device(street), prefix: '1' },
    }),
    lobby: await house.addDoor({ name: 'Lobby', instruction: {}, entry: { kind: 'fixed-code', code: '4711A' } }),
    hall: await house.addDoor({ name: 'Hall', instruction: { en: 'Second floor.' }, entry: { kind: 'instruction' } }),
    flat: await house.addDoor({ name: 'Flat 2', instruction: {}, entry: { ...device(flatLock), tellAt: 'accepted' } }),
  }
  const other = await house.addDoor({ name: 'Flat 3', instruction: {}, entry: device(otherLock) })
  const unit = await house.addUnit({
    propertyId,
    name: 'Flat 2',
    path: [doors.street, doors.lobby, doors.hall, doors.flat],
    sources: [{ connectionId: source, ref: 'flat-2' }],
  })
  const otherUnit = await house.addUnit({
    propertyId,
    name: 'Flat 3',
    path: [doors.street, other],
    sources: [{ connectionId: source, ref: 'flat-3' }],
  })
  await opened.takeMarks()
  const found = (bookings: FoundBookings['bookings'], over: Partial<FoundBookings> = {}): FoundBookings => ({
    connectionId: source,
    bookings,
    cause: 'webhook',
    ...over,
  })
  const load = async (bookingId: string, when: Instant = now) => {
    const view = await store.loadStay(bookingId, when)
    if (!view) throw new Error(`no booking ${bookingId}`)
    return view
  }
  return {
    ...opened,
    source,
    lock,
    street,
    flatLock,
    otherLock,
    unit,
    otherUnit,
    doors,
    found,
    load,
    import: async (facts) => {
      await store.saveBookings(look('fetch', `${source}/${facts.ref}`), found([facts]), { now })
      const booking = await store.bookingByRef(source, facts.ref)
      if (!booking) throw new Error(`booking ${facts.ref} was not stored`)
      return booking
    },
  }
}

const letters = '0123456789abcdefghjkmnpqrstvwxyz'
const random = (count: number) =>
  Array.from(globalThis.crypto.getRandomValues(new Uint8Array(count)), (byte) => letters[byte & 31]).join('')

/** A code as the booking look makes it: planned, not written yet. */
export function newCode(bookingId: string, deviceId: string, over: Partial<Code> = {}): Code {
  return {
    id: globalThis.crypto.randomUUID(),
    bookingId,
    deviceId,
    mark: `sw${random(12)}`,
    label: 'Ada',
    pin: '480512',
    window: { from: instant('2026-07-10T14:00:00Z'), until: instant('2026-07-14T08:30:00Z') },
    want: 'present',
    wantedSince: now,
    evidence: 'planned',
    refusals: 0,
    ...over,
  }
}

/** A plan that lets the guest in nowhere yet; for saves whose subject is something else. */
export const held = {
  status: 'held',
  reason: { code: 'too-early', text: 'Too early.', remedy: 'Nothing to do.' },
} as const
