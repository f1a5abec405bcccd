import { addDays, civilAt, type Instant, instantAt, instantOf, isCivilDate, isCivilTime } from '@stayward/core/adapter'
import { HttpResponse } from 'msw'
import {
  fakeId,
  type HospitableMessageRow,
  type HospitableProperty,
  type HospitableReservation,
  type HospitableState,
} from './hospitable-state.ts'

export function refusal(status: number, reason_phrase: string, errors?: Readonly<Record<string, string[]>>): Response {
  return HttpResponse.json({ status_code: status, reason_phrase, ...(errors ? { errors } : {}) }, { status })
}

export const notFound = (): Response => HttpResponse.json({ message: 'Not found.' }, { status: 404 })

/** `2026-07-10T16:00:00+02:00`: the wall clock of the zone with the offset of that very day. */
export function stampAt(date: string, time: string, zone: string): string {
  if (!isCivilDate(date) || !isCivilTime(time)) return `${date}T${time}:00+00:00` // somebody plays an impossible one
  return `${date}T${time}:00${offsetOf(instantAt({ date, time }, zone, 'start'), zone)}`
}

/** `+02:00` */
function offsetOf(at: Instant, zone: string): string {
  const local = civilAt(at, zone)
  const minutes = (Date.parse(`${local.date}T${local.time}Z`) - Date.parse(`${at.slice(0, 16)}Z`)) / 60_000
  const part = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${part(minutes / 60)}:${part(minutes % 60)}`
}

/** The reservation object, in the list, alone and in webhooks. Guest and properties only when they are asked for. */
export function reservationJson(row: HospitableReservation, state: HospitableState, include: readonly string[]) {
  const place = state.properties.find(({ id }) => id === row.propertyId)
  const zone = place?.zone ?? 'UTC'
  const newest = state.messages.findLast(({ reservationId }) => reservationId === row.id)
  return {
    id: row.id,
    conversation_id: fakeId('conversation', Number.parseInt(row.id.slice(-12), 16)),
    platform: row.platform,
    platform_id: row.platformId,
    code: row.platformId,
    booking_date: secondsOf(row.bookedAt),
    arrival_date: stampAt(row.arrival, '00:00', zone),
    departure_date: stampAt(row.departure, '00:00', zone),
    nights: Math.round((Date.parse(row.departure) - Date.parse(row.arrival)) / 86_400_000) || 0,
    check_in: stampAt(row.arrival, row.checkIn, zone),
    check_out: stampAt(row.departure, row.checkOut, zone),
    last_message_at: newest ? secondsOf(newest.at) : null,
    status: 'booking', // deprecated, and says nothing
    reservation_status: {
      current: { category: row.category, sub_category: row.subCategory },
      history: row.history,
    },
    status_history: [],
    guests: { total: 2, adult_count: 2, child_count: 0, infant_count: 0, pet_count: 0 },
    stay_type: row.stayType,
    issue_alert: null,
    note: null,
    ...(include.includes('guest') ? { guest: row.guest && { id: `guest-${row.id.slice(-4)}`, ...row.guest } } : {}),
    ...(include.includes('properties') ? { properties: place ? [propertyJson(place, state)] : [] } : {}),
    ...row.raw,
  }
}

export function propertyJson(row: HospitableProperty, { properties }: Pick<HospitableState, 'properties'>) {
  const { id, name, zone, checkin, checkout, hyphens, listed, parent } = row
  const children = properties.filter((one) => one.parent === id).map((one) => one.id)
  const siblings = parent === null ? [] : properties.filter((one) => one.parent === parent && one.id !== id)
  return {
    id,
    name,
    public_name: null,
    picture: `https://assets.hospitable.example/${id}.jpg`,
    address: {
      number: '1',
      street: 'Rue A',
      city: 'Nice',
      state: null,
      country: 'FR',
      postcode: '06000',
      coordinates: { latitude: 43.7, longitude: 7.25 },
      display: 'Rue A 1, 06000 Nice, FR',
    },
    // An offset, and the one of winter all year long.
    timezone: offsetOf(instantOf(Date.UTC(2026, 0, 15)), zone).replace(':', ''),
    listed,
    ...(hyphens ? { 'check-in': checkin, 'check-out': checkout } : { checkin, checkout }),
    currency: 'EUR',
    capacity: { max: 4, bedrooms: 1, beds: 2, bathrooms: 1 },
    property_type: 'apartment',
    room_type: 'entire_home',
    calendar_restricted: false,
    parent_child:
      parent !== null
        ? { type: 'child', parent, children: [], siblings: siblings.map((one) => one.id) }
        : children.length > 0
          ? { type: 'parent', parent: null, children, siblings: [] }
          : null,
    tags: [],
  }
}

export function messageJson(row: HospitableMessageRow, { account, reservations }: HospitableState) {
  const { id, reservationId, from, text, at, sentReferenceId } = row
  const reservation = reservations.find((one) => one.id === reservationId)
  return {
    id,
    platform: reservation?.platform ?? null,
    platform_id: String(id),
    conversation_id: fakeId('conversation', Number.parseInt(reservationId.slice(-12), 16)),
    reservation_id: reservationId,
    content_type: 'text/plain',
    body: text,
    attachments: [],
    reactions: [],
    sender_type: from,
    sender_role: from === 'host' ? 'host' : null,
    sender: { first_name: from === 'host' ? 'Hanna' : (reservation?.guest?.first_name ?? '') },
    user: { id: account.id, email: account.email, name: account.name },
    created_at: secondsOf(at),
    source: sentReferenceId === null ? 'platform' : 'public_api',
    integration: null,
    sent_reference_id: sentReferenceId,
  }
}

/** The calendar of one property: `data` is an object, and blocks are nowhere else. */
export function calendarJson(state: HospitableState, property: HospitableProperty, start: string, end: string) {
  const days = []
  for (let date = start; date <= end; date = addDays(date, 1)) {
    const inside = (from: string, to: string) => date >= from && date < to
    const reserved = state.reservations.some(
      (row) => row.propertyId === property.id && row.category === 'accepted' && inside(row.arrival, row.departure),
    )
    const blocked = state.blocks.some((block) => block.propertyId === property.id && inside(block.from, block.to))
    const [reason, source_type] = reserved
      ? ['RESERVED', 'RESERVATION']
      : blocked
        ? ['BLOCKED', 'USER']
        : ['AVAILABLE', null]
    days.push({
      date,
      min_stay: 1,
      closed_for_checkin: false,
      closed_for_checkout: false,
      status: { reason, source_type, source: null, available: !reserved && !blocked },
      price: { amount: 12000, currency: 'EUR', formatted: '€120.00' },
    })
  }
  return { listing_id: property.id, provider: 'hospitable', start_date: start, end_date: end, days }
}

/** One page as Laravel makes it: addresses begin with http://, so whoever follows them shows the token around. */
export function pageJson(rows: readonly unknown[], path: string, query: URLSearchParams) {
  const page = Number(/^[1-9]\d{0,4}$/.exec(query.get('page') ?? '')?.[0] ?? 1)
  const size = Math.min(100, Number(/^[1-9]\d{0,3}$/.exec(query.get('per_page') ?? '')?.[0] ?? 10))
  const last = Math.max(1, Math.ceil(rows.length / size))
  const base = `http://public.api.hospitable.com/v2${path}`
  const url = (number: number) => (number < 1 || number > last ? null : `${base}?page=${number}`)
  const data = rows.slice((page - 1) * size, page * size)
  const from = data.length === 0 ? null : (page - 1) * size + 1
  return {
    data,
    links: { first: url(1), last: url(last), prev: url(page - 1), next: url(page + 1) },
    meta: {
      current_page: page,
      from,
      last_page: last,
      links: [{ url: url(page), label: String(page), active: true }],
      path: base,
      per_page: size,
      to: from === null ? null : from + data.length - 1,
      total: rows.length,
    },
  }
}

export function secondsOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
