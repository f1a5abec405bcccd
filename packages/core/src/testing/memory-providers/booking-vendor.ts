import * as z from 'zod'
import type { SourceBooking } from '../../domain/booking.ts'
import { addDays } from '../../domain/civil-time.ts'
import type { BookingVendor } from '../kits/subject.ts'
import type { WebhookDelivery } from '../vendor-fake.ts'
import { type Accounts, answerFrom, type MemoryAccount, memoryToken, type Operations, Refusal } from './wire.ts'

interface StoredStay extends Omit<SourceBooking, 'changedAt'> {
  readonly account: string
  /** Milliseconds since 1970. */
  readonly changedAt: number
}

interface StoredMessage {
  readonly from: 'guest' | 'host'
  readonly text: string
  readonly at: number
}

/** What an in-memory booking system remembers. Plain JSON. */
export interface MemoryBookingsState {
  readonly accounts: Accounts
  readonly units: { readonly account: string; readonly ref: string; readonly name: string; readonly zone: string }[]
  readonly bookings: Record<string, StoredStay>
  readonly messages: Record<string, StoredMessage[]>
  readonly webhooks: MemoryWebhook[]
  /** Numbers given to bookings and messages so far. */
  count: number
}

/** A delivery, and whose: each account has an address of its own. */
export interface MemoryWebhook extends WebhookDelivery {
  readonly account: string
}

/** An in-memory booking system, and what its people and guests can do there. Every change rings the webhook. */
export interface MemoryBookingVendor extends BookingVendor {
  readonly state: MemoryBookingsState
  dueWebhooks(): readonly MemoryWebhook[]
  /** Another customer of the same vendor. */
  addAccount(token: string, id: string): void
  addUnit(ref: string, unit?: { name?: string; zone?: string; account?: string }): void
  /** A booking comes in; what is left out is invented. Returns its ref. */
  add(booking?: Partial<Omit<SourceBooking, 'changedAt'>>, account?: string): string
  change(ref: string, changes: Partial<Omit<SourceBooking, 'ref' | 'changedAt'>>): void
  guestWrites(ref: string, text: string): void
}

const firstAccount = 'account-1'

export function newBookings(now: number): MemoryBookingsState {
  const state: MemoryBookingsState = {
    accounts: { [memoryToken.token]: { id: firstAccount, name: 'First account' } },
    units: [
      { account: firstAccount, ref: 'flat-1', name: 'Flat 1', zone: 'Europe/Paris' },
      { account: firstAccount, ref: 'flat-2', name: 'Flat 2', zone: 'Europe/Paris' },
    ],
    bookings: {},
    messages: {},
    webhooks: [],
    count: 0,
  }
  const long = now - 30 * 86_400_000
  for (const kind of ['confirmed', 'cancelled', 'request', 'block'] as const)
    store(state, { ...invented(state, now), state: kind, account: firstAccount, changedAt: long })
  const { arrival: _, departure: __, ...undated } = invented(state, now)
  store(state, {
    ...undated,
    state: 'confirmed',
    unitRef: 'flat-2',
    arrival: '2026-08-01',
    departure: '2026-08-03',
    account: firstAccount,
    changedAt: long,
  })
  return state
}

function invented(state: MemoryBookingsState, now: number): Omit<SourceBooking, 'changedAt'> {
  const number = ++state.count
  const today = new Date(now).toISOString().slice(0, 10)
  const arrival = addDays(today, 1 + (number % 60))
  return {
    ref: `b${String(number).padStart(6, '0')}`,
    state: 'confirmed',
    unitRef: 'flat-1',
    arrival,
    departure: addDays(arrival, 2),
    guest: { name: 'Ada Example', firstName: 'Ada', language: 'en', phone: '+33639980011', email: 'ada@guest.example' },
    channel: 'Direct booking',
  }
}

function store(state: MemoryBookingsState, stay: StoredStay): void {
  state.bookings[stay.ref] = stay
}

export interface BookingVendorParts {
  readonly state: MemoryBookingsState
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly pageSize: number
}

export function bookingVendor({ state, now, pageSize }: BookingVendorParts): MemoryBookingVendor {
  const find = (ref: string): StoredStay => {
    const stay = Object.hasOwn(state.bookings, ref) ? state.bookings[ref] : undefined
    if (!stay) throw new RangeError(`the vendor has no booking ${ref}`)
    return stay
  }
  const ring = ({ ref, account }: StoredStay) =>
    void state.webhooks.push({
      account,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ booking: ref }),
    })
  const save = (stay: StoredStay) => {
    store(state, stay)
    ring(stay)
  }
  const write = (ref: string, from: StoredMessage['from'], text: string) => {
    const inbox = (state.messages[ref] ??= [])
    inbox.push({ from, text, at: now() })
  }

  return {
    state,
    knownBooking: 'b000001',
    respond: (request) => answerFrom(request, state.accounts, operationsOf(state, pageSize, write)),
    dueWebhooks: () => state.webhooks.splice(0),
    addAccount: (token, id) => void (state.accounts[token] = { id, name: id }),
    addUnit: (ref, { name = ref, zone = 'Europe/Paris', account = firstAccount } = {}) =>
      void state.units.push({ account, ref, name, zone }),
    add: (booking = {}, account = firstAccount) => {
      const stay = { ...invented(state, now()), ...booking, account, changedAt: now() }
      save(stay)
      return stay.ref
    },
    change: (ref, changes) => save({ ...find(ref), ...changes, changedAt: now() }),
    fill: (count) => {
      for (let n = 0; n < count; n++)
        store(state, { ...invented(state, now()), account: firstAccount, changedAt: now() })
    },
    cancel: (ref) => save({ ...find(ref), state: 'cancelled', changedAt: now() }),
    erase: (ref) => {
      ring(find(ref))
      delete state.bookings[ref]
    },
    move: (ref, unitRef) => save({ ...find(ref), unitRef, changedAt: now() }),
    bookings: () => Object.values(state.bookings).map(({ account: _, changedAt: __, ...facts }) => facts),
    inbox: (ref) => (state.messages[ref] ?? []).filter(({ from }) => from === 'host').map(({ text }) => text),
    guestWrites: (ref, text) => {
      write(ref, 'guest', text)
      ring(find(ref))
    },
  }
}

const listArgs = z.object({
  after: z.string(),
  since: z.number().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
})
const refArgs = z.object({ ref: z.string() })
const messageArgs = z.object({ text: z.string() })

function operationsOf(
  state: MemoryBookingsState,
  pageSize: number,
  write: (ref: string, from: 'host', text: string) => void,
): Operations {
  const own = ({ id }: MemoryAccount, args: unknown) => {
    const { ref } = refArgs.parse(args)
    const stay = Object.hasOwn(state.bookings, ref) ? state.bookings[ref] : undefined
    return stay?.account === id ? stay : undefined
  }
  return {
    account: (account) => account,
    units: ({ id }) => ({
      units: state.units.flatMap(({ account, ...unit }) => (account === id ? [unit] : [])),
    }),
    bookings: ({ id }, args) => {
      const { after, since = -Infinity, from = '', to = '9999-12-31' } = listArgs.parse(args)
      const fits = ({ account, changedAt, arrival = '', departure = '' }: StoredStay) =>
        account === id && changedAt >= since && departure >= from && arrival <= to
      const all = Object.values(state.bookings).filter(fits).sort(byRef)
      const rest = all.filter(({ ref }) => ref > after)
      const rows = rest.slice(0, pageSize).map(({ account: _, ...row }) => row)
      return { rows, count: rows.length, total: all.length, more: rest.length > rows.length }
    },
    booking: (account, args) => {
      const { account: _, ...stay } = own(account, args) ?? {}
      return { booking: 'ref' in stay ? stay : null }
    },
    messages: (account, args) => {
      const stay = own(account, args)
      if (!stay) throw new Refusal(404)
      return { messages: state.messages[stay.ref] ?? [] }
    },
    message: (account, args) => {
      const stay = own(account, args)
      if (!stay) throw new Refusal(404)
      write(stay.ref, 'host', messageArgs.parse(args).text)
      return { status: 'accepted', vendorRef: `m${++state.count}` }
    },
  }
}

function byRef(a: StoredStay, b: StoredStay): number {
  return a.ref < b.ref ? -1 : 1
}
