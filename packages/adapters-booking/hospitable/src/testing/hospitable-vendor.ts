import type { BookingState } from '@stayward/core/adapter'
import type { BookingVendor, FakeOptions, WebhookDelivery } from '@stayward/core/testing'
import { getResponse } from 'msw'
import { furnishedHospitable } from './furnished.ts'
import { notFound } from './hospitable-answers.ts'
import { gate } from './hospitable-gate.ts'
import { hospitableHandlers } from './hospitable-handlers.ts'
import { type HospitablePeople, peopleOf } from './hospitable-people.ts'
import type { HospitableReservation, HospitableState } from './hospitable-state.ts'
import { enqueue, settle, take } from './hospitable-webhooks.ts'

export type { HospitablePeople, NewBooking, Telling } from './hospitable-people.ts'

export interface HospitableVendorOptions extends FakeOptions<HospitableState> {
  /** Milliseconds from a change to its webhook; 2000 when absent. */
  readonly webhookLatency?: number
  /** Divides the latency and the waits before a refused webhook comes again; 1 when absent. */
  readonly pace?: number
}

export interface HospitableVendor extends BookingVendor, HospitablePeople {
  readonly state: HospitableState
  // Both interfaces name these; the people's version may also keep silent.
  cancel: HospitablePeople['cancel']
  erase: HospitablePeople['erase']
  move: HospitablePeople['move']
  /** What the receiver answered to a webhook: anything but 200 makes it come again. */
  answered(delivery: WebhookDelivery, status: number): void
}

/**
 * A Hospitable that remembers. Answers any origin, so that it can stand behind a loopback server. Continues `state`, also
 * after it went through JSON; otherwise it starts with one reservation of every kind.
 */
export function hospitableVendor(options: HospitableVendorOptions = {}): HospitableVendor {
  const { now = Date.now, webhookLatency = 2_000, pace = 1 } = options
  const state = options.state ?? furnishedHospitable(now())
  const handlers = hospitableHandlers(state, now)
  const known = () => (state.known ??= state.reservations.find((row) => stateOf(row) === 'confirmed')?.id ?? null)
  return {
    ...peopleOf(state, now, (happening) => enqueue(state, happening, now(), webhookLatency / pace)),
    state,
    respond: async (request) => {
      const response = gate(state, request, now()) ?? (await getResponse(handlers, request)) ?? notFound()
      const headers = new Headers(response.headers)
      headers.set('X-hospitable-trace', `trace-${now()}`)
      if (state.switches.sunset !== null) headers.set('Sunset', state.switches.sunset)
      return new Response(response.body, { status: response.status, headers })
    },
    dueWebhooks: () => take(state, now()),
    answered: (delivery, status) => settle(state, delivery, status, now(), pace),
    get knownBooking() {
      const id = known()
      if (id === null) throw new RangeError('the fake Hospitable holds no accepted reservation')
      return id
    },
    fill: (count) => fill(state, count, now()),
    bookings: () =>
      state.reservations.map((row) => ({
        ref: row.id,
        state: stateOf(row),
        unitRef: row.propertyId,
        arrival: row.arrival,
        departure: row.departure,
      })),
    inbox: (ref) =>
      state.messages
        .filter(({ reservationId, from }) => reservationId === ref && from === 'host')
        .map(({ text }) => text),
  }
}

function stateOf({ category }: HospitableReservation): BookingState {
  if (category === 'accepted') return 'confirmed'
  return category === 'cancelled' || category === 'not accepted' ? 'cancelled' : 'request'
}

/** Confirmed stays of the coming two months, over all properties, announced by nobody. */
function fill(state: HospitableState, count: number, now: number): void {
  const date = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10)
  const people = peopleOf(
    state,
    () => now,
    () => undefined,
  )
  for (let index = 0; index < count; index++) {
    const place = state.properties[index % state.properties.length]
    people.book({ arrival: date(1 + (index % 58)), departure: date(3 + (index % 58)), unitRef: place?.id ?? '' })
  }
}
