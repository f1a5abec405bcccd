import { HttpResponse } from 'msw'
import type { SmoobuMessage, SmoobuReservation, SmoobuState } from './smoobu-state.ts'

const berlin = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'medium' })

/** `2026-05-01 12:34:56` as a clock in Berlin shows it. */
export function berlinStamp(milliseconds: number): string {
  return berlin.format(milliseconds)
}

export function refusal(status: number, detail: string, more: Readonly<Record<string, unknown>> = {}): Response {
  return HttpResponse.json({ status, title: 'Error occurred', detail, ...more }, { status })
}

/** The reservation object, in the list, alone and in webhooks. */
export function reservationJson(reservation: SmoobuReservation, apartments: SmoobuState['apartments']) {
  const { guest, raw = {}, apartmentId } = reservation
  const name = apartments.find(({ id }) => id === apartmentId)?.name
  return {
    id: reservation.id,
    'reference-id': reservation.referenceId,
    type: reservation.type,
    arrival: reservation.arrival,
    departure: reservation.departure,
    'created-at': berlinStamp(reservation.createdAt).slice(0, 16),
    modifiedAt: berlinStamp(reservation.modifiedAt),
    apartment: apartmentId === null ? null : { id: apartmentId, name: name ?? '' },
    channel: reservation.channel,
    'guest-name': guest.name,
    firstname: guest.firstName,
    lastname: guest.lastName,
    email: guest.email,
    phone: guest.phone,
    adults: reservation.blocked ? null : 2,
    children: reservation.blocked ? null : 0,
    'check-in': reservation.checkIn,
    'check-out': reservation.checkOut,
    notice: '',
    'assistant-notice': '',
    price: reservation.blocked ? null : 480,
    'price-details': '',
    'price-paid': 'No',
    language: guest.language,
    'is-blocked-booking': reservation.blocked,
    guestId: reservation.blocked ? null : reservation.id + 1_000_000,
    ...raw,
  }
}

/** `GET /api/reservations`: filters it knows, silence about those it does not. */
export function reservationList(state: SmoobuState, query: URLSearchParams, now: number): Response {
  const today = berlinStamp(now).slice(0, 10)
  const day = (name: string) => /^\d{4}-\d{2}-\d{2}$/.exec(query.get(name) ?? '')?.[0]
  const { from, to, modifiedFrom, modifiedTo, arrivalFrom, arrivalTo, departureFrom, departureTo } = {
    from: day('from'),
    to: day('to'),
    modifiedFrom: day('modifiedFrom'),
    modifiedTo: day('modifiedTo'),
    arrivalFrom: day('arrivalFrom'),
    arrivalTo: day('arrivalTo'),
    departureFrom: day('departureFrom'),
    departureTo: day('departureTo'),
  }
  const createdFrom = day('created_from')
  const createdTo = day('created_to')
  const dates = [
    from,
    to,
    modifiedFrom,
    modifiedTo,
    arrivalFrom,
    arrivalTo,
    departureFrom,
    departureTo,
    createdFrom,
    createdTo,
  ]
  const undated = dates.every((date) => date === undefined)
  const apartmentId = query.get('apartmentId')
  const rows = state.reservations
    .filter(({ type }) => query.get('showCancellation') === 'true' || type !== 'cancellation')
    .filter(({ blocked }) => query.get('excludeBlocked') !== 'true' || !blocked)
    .filter((row) => apartmentId === null || String(row.apartmentId) === apartmentId)
    .filter((row) => !undated || row.departure >= today)
    // The narrow reading of the edges: a client that relies on the wide one misses stays.
    .filter(({ departure, arrival }) => (!from || departure > from) && (!to || arrival < to))
    .filter(({ arrival }) => within(arrival, arrivalFrom, arrivalTo))
    .filter(({ departure }) => within(departure, departureFrom, departureTo))
    .filter(({ modifiedAt }) => withinDays(modifiedAt, modifiedFrom, modifiedTo))
    .filter(({ createdAt }) => withinDays(createdAt, createdFrom, createdTo))
  const page = pageIn(query.get('page'))
  const size = Math.min(100, Number(/^[1-9]\d{0,3}$/.exec(query.get('pageSize') ?? '')?.[0] ?? 25))
  return HttpResponse.json({
    page_count: Math.ceil(rows.length / size),
    page_size: size,
    total_items: rows.length,
    page,
    bookings: rows.slice((page - 1) * size, page * size).map((row) => reservationJson(row, state.apartments)),
  })
}

/** The conversation of a reservation, 25 a page, the oldest first. */
export function messageList(state: SmoobuState, reservationId: number, query: URLSearchParams): Response {
  const page = pageIn(query.get('page'))
  const all = state.messages.filter((message) => message.reservationId === reservationId)
  const rows = query.get('onlyRelatedToGuest') === 'false' ? all : all.filter(({ from }) => from === 'guest')
  return HttpResponse.json({
    page_count: Math.ceil(rows.length / 25),
    page_size: 25,
    total_items: rows.length,
    page,
    messages: rows.slice((page - 1) * 25, page * 25).map(messageJson),
  })
}

function messageJson({ id, subject, text, from, at }: SmoobuMessage) {
  const html = `<p>${escaped(text).replaceAll('\n', '<br />\n')}</p>`
  return {
    id,
    subject,
    message: from === 'host' ? html : text,
    htmlMessage: html,
    type: from === 'guest' ? 1 : 2,
    createdAt: berlinStamp(at),
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function withinDays(at: number, from: string | undefined, to: string | undefined): boolean {
  return (!from && !to) || within(berlinStamp(at).slice(0, 10), from, to)
}

function within(date: string, from: string | undefined, to: string | undefined): boolean {
  return (!from || date >= from) && (!to || date <= to)
}

function pageIn(value: string | null): number {
  return Number(/^[1-9]\d{0,4}$/.exec(value ?? '')?.[0] ?? 1)
}
