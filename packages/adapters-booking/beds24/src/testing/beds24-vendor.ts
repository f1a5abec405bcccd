import type { BookingState } from '@stayward/core/adapter'
import type { BookingVendor, FakeOptions, WebhookDelivery } from '@stayward/core/testing'
import { getResponse } from 'msw'
import { refusal } from './beds24-answers.ts'
import { costOf, outOfCredits, withCredits } from './beds24-gate.ts'
import { beds24Handlers } from './beds24-handlers.ts'
import { type Beds24People, peopleOf } from './beds24-people.ts'
import { type Beds24Row, type Beds24State, furnishedBeds24 } from './beds24-state.ts'
import { enqueue, settle, take } from './beds24-webhooks.ts'

export interface Beds24VendorOptions extends FakeOptions<Beds24State> {
  /** Milliseconds from a change to its webhook; a minute when absent. */
  readonly webhookLatency?: number
  /** Divides the latency and the waits before a refused webhook comes again; 1 when absent. */
  readonly pace?: number
}

export interface Beds24Vendor extends BookingVendor, Beds24People {
  readonly state: Beds24State
  // Both interfaces name these.
  cancel: Beds24People['cancel']
  erase: Beds24People['erase']
  move: Beds24People['move']
  /** What the receiver answered to a webhook: 400 or more makes it come again. */
  answered(delivery: WebhookDelivery, status: number): void
}

/**
 * A Beds24 that remembers. Answers any origin, so that it can stand behind a loopback server. Continues `state`, also after
 * it went through JSON; otherwise it starts with one booking of every kind.
 */
export function beds24Vendor(options: Beds24VendorOptions = {}): Beds24Vendor {
  const { now = Date.now, webhookLatency = 60_000, pace = 1 } = options
  const state = options.state ?? furnishedBeds24(now())
  const handlers = beds24Handlers(state, now)
  const people = peopleOf(state, now, (bookingId, message) =>
    enqueue(state, bookingId, message, now() + webhookLatency / pace),
  )
  return {
    ...people,
    state,
    respond: async (request) => {
      const empty = outOfCredits(state, now())
      if (empty) return empty
      const response = (await getResponse(handlers, request)) ?? refusal(404, 'Not found')
      return withCredits(state, response, costOf(request, response), now())
    },
    dueWebhooks: () => take(state, now()),
    answered: (delivery, status) => settle(state, delivery, status, { now: now(), pace }),
    get knownBooking() {
      if (state.known === null) throw new RangeError('the fake Beds24 was not told which booking is known')
      return String(state.known)
    },
    fill: (count) => fill(state, count, now()),
    bookings: () =>
      state.bookings.map((row) => {
        const unitRef = unitRefOf(row, state)
        return {
          ref: String(row.id),
          state: stateOf(row),
          arrival: row.arrival,
          departure: row.departure,
          ...(unitRef === undefined ? {} : { unitRef }),
        }
      }),
    inbox: (ref) =>
      state.messages
        .filter(({ bookingId, source }) => String(bookingId) === ref && source === 'host')
        .map(({ text }) => text),
  }
}

function stateOf({ status }: Beds24Row): BookingState {
  if (status === 'cancelled') return 'cancelled'
  if (status === 'black') return 'block'
  return status === 'request' || status === 'inquiry' ? 'request' : 'confirmed'
}

/** Room and unit; the room's only unit while none is assigned. */
function unitRefOf({ roomId, unitId, roomQty }: Beds24Row, { properties }: Beds24State): string | undefined {
  if (roomQty > 1) return `${roomId}-x${roomQty}`
  const only = properties.some(({ rooms }) => rooms.some(({ id, qty }) => id === roomId && qty === 1))
  const unit = unitId === null || unitId === 0 ? (only ? 1 : undefined) : unitId
  return unit === undefined ? undefined : `${roomId}-${unit}`
}

/** Stays of the coming two months in the big house, announced by nobody. */
function fill(state: Beds24State, count: number, now: number): void {
  const date = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10)
  const people = peopleOf(
    state,
    () => now,
    () => undefined,
  )
  for (let index = 0; index < count; index++)
    people.book({
      roomId: 710002,
      unitId: 1 + (index % 3),
      arrival: date(1 + (index % 58)),
      departure: date(3 + (index % 58)),
    })
}
