import { type Booking, type Code, type Instant, type Look, type Message, type WorkKind, wishesOf } from '@stayward/core'
import type { TestTenant } from './open-store.ts'

/** Words that stand nowhere but in one tenant’s private facts; a scan of the database must not find them. */
export const canaries = {
  pin: '604813',
  fixedCode: '55990A',
  prefix: '1#',
  guest: 'Canarina Beispiel',
  phone: '+33699887766',
  mail: 'canarina@example.org',
  label: 'Canarina',
  foreignLabel: 'Cleaner Canaro',
  foreignPin: '771204',
  config: 'canary-credential-3f9',
  renewed: 'canary-renewed-7c2',
  alarm: 'operator-canary@example.org',
  reply: 'Thanks from Canarina!',
  alias: 'FR.7788canary99',
  why: 'Canarina locked herself out',
} as const

/** What the device holds that is not ours. */
export const strangers = [
  { vendorRef: 'f-1', label: canaries.foreignLabel, pin: canaries.foreignPin, kind: 'foreign' as const },
  // A code under a mark of ours that the hub does not know: only its PIN is kept.
  {
    vendorRef: 'f-2',
    label: canaries.label,
    pin: canaries.pin,
    kind: 'ours-unknown' as const,
    mark: 'swaaaabbbbcccc',
  },
]

let fence = 1_000_000
export const looking = {
  now: '2026-07-08T09:00:00.000Z' as Instant, // has the shape
  at(kind: WorkKind, key: string): Look {
    fence += 1
    return { tenantId: '', kind, key, attempt: 0, fence, signal: new AbortController().signal }
  },
}

export interface Lived {
  readonly source: string
  readonly lock: string
  readonly device: string
  readonly booking: Booking
  readonly code: Code
  /** A code made by hand that a person gave to the booking. */
  readonly handMade: string
  readonly message: Message
  readonly alertId: string
}

/** A tenant in the middle of a stay: something in every table that a look or a person writes. */
export async function liveIn({ store, rooms, doors, vault, hear }: TestTenant): Promise<Lived> {
  const { now } = looking
  const config = { key: canaries.config }
  const source = (await rooms.putConnection({ name: 'Bookings', port: 'booking', adapter: 'test-booking', config })).id
  await vault(source).renew(async () => canaries.renewed, { signal: new AbortController().signal })
  const lock = (await rooms.putConnection({ name: 'Locks', port: 'lock', adapter: 'test-lock', config })).id
  await rooms.putConnection({ name: 'Mail', port: 'notifier', adapter: 'test-mail', config })
  await rooms.setSettings({ policy: { graceOut: 3_600_000 }, alarm: { connection: 'Mail', to: canaries.alarm } })
  await rooms.putProperty({ slug: 'house', name: 'House', zone: 'Europe/Paris', checkIn: '16:00', checkOut: '10:00' })
  const device = await rooms.putDevice({ connection: 'Locks', vendorId: '1001', name: 'Street lock' })
  const entry = { kind: 'device', deviceId: device, prefix: canaries.prefix, tellAt: 'confirmed' } as const
  await rooms.putDoor({ slug: 'street', name: 'Street door', entry })
  await rooms.putDoor({ slug: 'lobby', name: 'Lobby', entry: { kind: 'fixed-code', code: canaries.fixedCode } })
  const sources = [{ connection: 'Bookings', ref: 'flat-2' }]
  await rooms.putUnit({ slug: 'flat-2', name: 'Flat 2', property: 'house', path: ['street', 'lobby'], sources })

  const facts = {
    ref: 'b-1',
    state: 'confirmed',
    unitRef: 'flat-2',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    guest: { name: canaries.guest, phone: canaries.phone, email: canaries.mail },
    e164: canaries.phone,
  } as const
  await store.saveBookings(
    looking.at('connection', source),
    { connectionId: source, bookings: [facts], cause: 'poll' },
    { now },
  )
  const booking = await store.bookingByRef(source, 'b-1')
  if (!booking) throw new Error('the booking was not stored')
  const window = { from: '2026-07-10T14:00:00.000Z' as Instant, until: '2026-07-14T08:30:00.000Z' as Instant } // shape
  const mark = `sw${booking.id
    .replaceAll('-', '')
    .slice(-12)
    .replaceAll(/[ilou]/g, 'x')}`
  const made: Code = {
    id: globalThis.crypto.randomUUID(),
    bookingId: booking.id,
    deviceId: device,
    mark,
    label: canaries.label,
    pin: canaries.pin,
    window,
    want: 'present',
    wantedSince: now,
    evidence: 'planned',
    refusals: 0,
  }
  const held = { status: 'held', reason: { code: 'too-early', text: 'Too early.', remedy: 'Wait.' } } as const
  await store.saveStay(
    looking.at('booking', booking.id),
    { bookingId: booking.id, plan: held, create: [made], lastPins: [made.pin] },
    {
      now,
      raise: [{ kind: 'arrival', subject: `booking:${booking.id}`, text: 'Late.', remedy: 'Go.', loud: 'page' }],
      timeline: [{ bookingId: booking.id, kind: 'held', text: 'Too early.' }],
      events: [{ type: 'readiness.worse', subject: `booking:${booking.id}`, data: { level: 'at-risk', was: 'ready' } }],
    },
  )
  const [code] = (await store.loadStay(booking.id, now))?.codes ?? []
  if (!code) throw new Error('the code was not stored')
  const loss = { bookingId: booking.id, bookingVersion: booking.version, codeIds: [code.id], whole: true, now }
  await store.claimLoss(looking.at('booking', booking.id), loss)
  const door = { id: globalThis.crypto.randomUUID(), name: 'Street door' }
  await doors.begin({ door, by: 'the command line', why: canaries.why, key: 'order-1' }, now)
  const refusedPins = [{ pin: canaries.pin, bookingId: booking.id }]
  await store.saveDevice(
    looking.at('device', device),
    { deviceId: device, foreign: strangers, refusedPins, readAt: now },
    { now },
  )
  const handMade = (await store.handMadeCodes())[0]?.id ?? ''
  await store.requestAdoption({ id: handMade, bookingId: booking.id, now })
  const adoptions = [{ vendorRef: 'f-1', pin: canaries.foreignPin }]
  await store.saveDevice(looking.at('device', device), { deviceId: device, adoptions }, { now })
  const message: Message = {
    id: globalThis.crypto.randomUUID().replaceAll('-', ''),
    bookingId: booking.id,
    channel: 'inbox',
    kind: 'door-code',
    to: canaries.phone,
    told: {
      unit: 'Flat 2',
      property: 'House',
      zone: 'Europe/Paris',
      window,
      doors: [{ name: 'Street door', instruction: {}, enter: `${canaries.prefix}${canaries.pin}` }],
    },
    version: `0:["Flat 2","${canaries.pin}"]`,
    state: 'planned',
    createdAt: now,
    resends: 0,
  }
  const replies = [{ channel: 'inbox', at: now, text: canaries.reply, optsOut: false }]
  await store.saveMessages(
    looking.at('messages', booking.id),
    { bookingId: booking.id, create: [message], replies },
    { now },
  )
  const words = { text: `${canaries.guest}, your code is ${canaries.pin}.`, subject: `Code ${canaries.pin}` }
  await store.claimMessage(looking.at('messages', booking.id), {
    message,
    bookingVersion: booking.version,
    wishes: wishesOf((await store.loadStay(booking.id, now))?.codes ?? []),
    ...words,
    now,
  })
  const alias = canaries.alias
  await hear(source, [
    { kind: 'message-delivery', key: message.id, state: 'delivered', at: now, alias },
    { kind: 'word', id: 'w-1', from: [canaries.phone, alias], text: canaries.reply, at: now, optsOut: false },
  ])
  const outcome = { connectionId: source, ref: 'b-1', outcome: 'changed', text: 'Read and stored.' } as const
  await store.saveFetch(looking.at('fetch', `${source}/b-1`), outcome, { now })
  const alertId = (await store.unsentAlarms()).alerts[0]?.id ?? ''
  return { source, lock, device, booking, code, handMade, message, alertId }
}
