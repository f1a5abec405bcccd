import type { BookingState } from '@stayward/core/adapter'
import type { BookingVendor, FakeOptions, WebhookDelivery } from '@stayward/core/testing'
import { getResponse, HttpResponse } from 'msw'
import { http } from 'msw/http'
import { messageList, refusal, reservationJson, reservationList } from './smoobu-answers.ts'
import { gate, rateHeaders } from './smoobu-gate.ts'
import { peopleOf, type SmoobuPeople } from './smoobu-people.ts'
import { furnishedSmoobu, type SmoobuReservation, type SmoobuState } from './smoobu-state.ts'
import { enqueue, settle, take } from './smoobu-webhooks.ts'

export type { NewBooking, SmoobuPeople, Telling } from './smoobu-people.ts'

export interface SmoobuVendorOptions extends FakeOptions<SmoobuState> {
  /** Milliseconds from a change to its webhook; 2000 when absent, which is about what was seen. */
  readonly webhookLatency?: number
}

export interface SmoobuVendor extends BookingVendor, SmoobuPeople {
  readonly state: SmoobuState
  // Both interfaces name these; the people's version may also keep silent.
  cancel: SmoobuPeople['cancel']
  erase: SmoobuPeople['erase']
  move: SmoobuPeople['move']
  /** What the receiver answered to a webhook: a refusal is repeated where `switches.webhooks.retries` allows it. */
  answered(delivery: WebhookDelivery, status: number): void
}

/**
 * A Smoobu that remembers. Answers any origin, so that it can stand behind a loopback server. Continues `state`, also
 * after it went through JSON; otherwise it starts with one reservation of every kind.
 */
export function smoobuVendor(options: SmoobuVendorOptions = {}): SmoobuVendor {
  const { now = Date.now, webhookLatency = 2_000 } = options
  const state = options.state ?? furnishedSmoobu(now())
  const handlers = smoobuHandlers(state, now)
  const known = () => (state.known ??= state.reservations.find((row) => stateOf(row) === 'confirmed')?.id ?? null)
  known()
  return {
    ...peopleOf(state, now, (payload) => enqueue(state, payload, now(), webhookLatency)),
    state,
    respond: async (request) => {
      const response = (await gate(state, request, now())) ?? (await getResponse(handlers, request)) ?? notFound()
      const headers = new Headers(response.headers)
      for (const [name, value] of Object.entries(rateHeaders(state, now()))) headers.set(name, value)
      return new Response(response.body, { status: response.status, headers })
    },
    dueWebhooks: () => take(state, now()),
    answered: (delivery, status) => settle(state, delivery, status, now()),
    get knownBooking() {
      const id = known()
      if (id === null) throw new RangeError('the fake Smoobu holds no confirmed reservation')
      return String(id)
    },
    fill: (count) => fill(state, count, now()),
    bookings: () =>
      state.reservations.map((reservation) => ({
        ref: String(reservation.id),
        state: stateOf(reservation),
        ...(reservation.apartmentId === null ? {} : { unitRef: String(reservation.apartmentId) }),
        arrival: reservation.arrival,
        departure: reservation.departure,
      })),
    inbox: (ref) =>
      state.messages
        .filter(({ reservationId, from, toHost }) => String(reservationId) === ref && from === 'host' && !toHost)
        .map(({ text }) => text),
  }
}

function smoobuHandlers(state: SmoobuState, now: () => number) {
  const reservationOf = ({ id }: { readonly id?: string | readonly string[] }) =>
    state.reservations.find((reservation) => String(reservation.id) === id)
  const send = (toHost: boolean) =>
    http.post(
      `*/api/reservations/:id/messages/send-message-to-${toHost ? 'host' : 'guest'}`,
      async ({ params, request }) => {
        const reservation = reservationOf(params)
        if (!reservation) return notFound()
        const { subject, messageBody } = objectIn(await request.text())
        if (typeof messageBody !== 'string' || messageBody.trim() === '')
          return refusal(422, 'validation error', {
            validation_messages: { messageBody: 'This value should not be blank.' },
          })
        state.counters.message++
        state.messages.push({
          id: state.counters.message,
          reservationId: reservation.id,
          from: 'host',
          ...(toHost ? { toHost: true } : {}),
          subject: typeof subject === 'string' ? subject : '',
          text: messageBody,
          at: now(),
        })
        return HttpResponse.json({ success: true }, { status: 201 })
      },
    )
  return [
    http.get('*/api/me', () => {
      const { id, firstName, lastName, email } = state.account
      return HttpResponse.json({ id, firstName, lastName, email })
    }),
    http.get('*/api/apartments', () =>
      HttpResponse.json({ apartments: state.apartments.map(({ id, name }) => ({ id, name })) }),
    ),
    http.get('*/api/apartments/:id', ({ params }) => {
      const apartment = state.apartments.find(({ id }) => String(id) === params['id'])
      return apartment ? HttpResponse.json(apartmentJson(apartment.timeZone)) : notFound()
    }),
    http.get('*/api/reservations', ({ request }) => reservationList(state, new URL(request.url).searchParams, now())),
    http.get('*/api/reservations/:id', ({ params }) => {
      const reservation = reservationOf(params)
      return reservation ? HttpResponse.json(reservationJson(reservation, state.apartments)) : notFound()
    }),
    http.get('*/api/reservations/:id/messages', ({ params, request }) => {
      const reservation = reservationOf(params)
      return reservation ? messageList(state, reservation.id, new URL(request.url).searchParams) : notFound()
    }),
    send(false),
    send(true),
  ]
}

/** Neither number nor hours, coordinates and prices as text: as documented (docs/vendors/smoobu.md, apartments). */
function apartmentJson(timeZone: string | null) {
  return {
    location: {
      street: 'Rue A 1',
      zip: '06000',
      city: 'Nice',
      country: 'France',
      latitude: '43.7000000',
      longitude: '7.2500000',
    },
    timeZone,
    rooms: { maxOccupancy: 4, bedrooms: 1, bathrooms: 1 },
    equipments: ['Internet'],
    currency: 'EUR',
    price: { minimal: '80.00', maximal: '160.00' },
    type: { id: 2, name: 'Apartment' },
  }
}

function stateOf({ blocked, channel, type }: SmoobuReservation): BookingState {
  if (blocked || channel.id === 11) return 'block'
  return type === 'cancellation' ? 'cancelled' : 'confirmed'
}

/** Confirmed stays of the coming two months, over all flats, announced by nobody. */
function fill(state: SmoobuState, count: number, now: number): void {
  const date = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10)
  const people = peopleOf(
    state,
    () => now,
    () => undefined,
  )
  for (let index = 0; index < count; index++) {
    const flat = state.apartments[index % state.apartments.length]
    people.book({ arrival: date(1 + (index % 58)), departure: date(3 + (index % 58)), unitRef: String(flat?.id) })
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {} // refused as a message without a body
  }
}

function notFound(): Response {
  return refusal(404, 'Resource not found')
}
