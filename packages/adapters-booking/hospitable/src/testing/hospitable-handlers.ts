import { addDays } from '@stayward/core/adapter'
import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import {
  calendarJson,
  messageJson,
  notFound,
  pageJson,
  propertyJson,
  refusal,
  reservationJson,
} from './hospitable-answers.ts'
import { mayWrite, readLimit } from './hospitable-gate.ts'
import type { HospitableReservation, HospitableState } from './hospitable-state.ts'

type Params = Readonly<Record<string, string | readonly string[] | undefined>>

/** Hospitable's addresses, for any origin. `now` in milliseconds since 1970. */
export function hospitableHandlers(state: HospitableState, now: () => number) {
  const reservationOf = ({ id }: Params) => state.reservations.find((row) => row.id === String(id).toLowerCase())
  const propertyOf = ({ id }: Params) => state.properties.find((row) => row.id === id)
  const queryOf = (request: Request) => new URL(request.url).searchParams
  return [
    http.get('*/v2/user', () => {
      const { id, name, email } = state.account
      return HttpResponse.json({ data: { id, email, name, business: true, company: null } })
    }),
    http.get('*/v2/properties', ({ request }) =>
      HttpResponse.json(
        pageJson(
          state.properties.map((row) => propertyJson(row, state)),
          '/properties',
          queryOf(request),
        ),
      ),
    ),
    http.get('*/v2/properties/:id', ({ params }) => {
      const property = propertyOf(params)
      return property ? HttpResponse.json({ data: propertyJson(property, state) }) : notFound()
    }),
    http.get('*/v2/properties/:id/calendar', ({ params, request }) => {
      const property = propertyOf(params)
      const today = dateOf(now())
      const start = queryOf(request).get('start_date') ?? today
      const end = queryOf(request).get('end_date') ?? addDays(start, 14)
      return property ? HttpResponse.json({ data: calendarJson(state, property, start, end) }) : notFound()
    }),
    http.get('*/v2/reservations', ({ request }) => reservationList(state, queryOf(request), now())),
    http.get('*/v2/reservations/:id', ({ params, request }) => {
      const row = reservationOf(params)
      return row ? HttpResponse.json({ data: reservationJson(row, state, includesOf(queryOf(request))) }) : notFound()
    }),
    http.get('*/v2/reservations/:id/messages', ({ params }) => {
      const row = reservationOf(params)
      if (!row) return notFound()
      const { refused, headers } = readLimit(state, row.id, now())
      if (refused)
        return HttpResponse.json({ status_code: 429, reason_phrase: 'Too Many Attempts.' }, { status: 429, headers })
      const thread = state.messages.filter(({ reservationId }) => reservationId === row.id)
      // Newest first here, although nobody says so: a reader may not rely on any order.
      return HttpResponse.json({ data: thread.toReversed().map((one) => messageJson(one, state)) }, { headers })
    }),
    http.post('*/v2/reservations/:id/messages', async ({ params, request }) => {
      const row = reservationOf(params)
      return row ? takeMessage(state, row, objectIn(await request.text()), now()) : notFound()
    }),
  ]
}

function takeMessage(
  state: HospitableState,
  row: HospitableReservation,
  { body, images = [] }: Record<string, unknown>,
  now: number,
): Response {
  if (typeof body !== 'string' || body.trim() === '')
    return refusal(422, 'The body field is required.', { body: ['The body field is required.'] })
  if (!Array.isArray(images) || images.length > 3)
    return refusal(422, 'Too many images.', { images: ['The images may not have more than 3 items.'] })
  if (!mayWrite(state, row.id, now)) return refusal(429, 'Too Many Attempts.')
  const id = ++state.counters.message
  const sentReferenceId = `sent-${id}`
  state.messages.push({ id, reservationId: row.id, from: 'host', text: body, at: now, sentReferenceId })
  return state.switches.taken === 202
    ? HttpResponse.json({ data: { sent_reference_id: sentReferenceId } }, { status: 202 })
    : HttpResponse.json({}, { status: 201 })
}

/** `GET /reservations`: what it knows it obeys or refuses, everything else is ignored with 200. */
function reservationList(state: HospitableState, query: URLSearchParams, now: number): Response {
  const properties = query.getAll('properties[]')
  if (properties.length === 0)
    return refusal(400, 'The properties field is required.', { properties: ['The properties field is required.'] })
  const kind = query.get('date_query') ?? 'checkin'
  if (kind !== 'checkin' && kind !== 'checkout')
    return refusal(400, 'The selected date query is invalid.', { date_query: ['The selected date query is invalid.'] })
  const statuses = query.getAll('status[]')
  const known = ['accepted', 'request', 'cancelled', 'checkpoint', 'not_accepted']
  if (statuses.some((status) => !known.includes(status))) return refusal(400, 'The selected status is invalid.')
  const today = dateOf(now)
  const undated = query.get('start_date') === null && query.get('end_date') === null
  const start = query.get('start_date') ?? today
  const end = query.get('end_date') ?? addDays(today, 14)
  if (end > addDays(today, 3 * 365)) return refusal(400, 'The end date must be within three years.')
  const code = query.get('platform_id')
  const rows = state.reservations
    .filter(({ propertyId }) => properties.includes(propertyId))
    .filter(({ propertyId }) => !state.properties.find(({ id }) => id === propertyId)?.inactive)
    .filter(() => !undated || state.switches.withoutDays === 'two weeks')
    .filter(({ arrival, departure }) => within(kind === 'checkin' ? arrival : departure, start, end))
    .filter(({ category }) => statuses.length === 0 || statuses.includes(category.replaceAll(' ', '_')))
    .filter(({ platformId }) => code === null || platformId === code)
  const include = includesOf(query)
  return HttpResponse.json(
    pageJson(
      rows.map((row) => reservationJson(row, state, include)),
      '/reservations',
      query,
    ),
  )
}

/** A day that is none passes every filter: it is somebody's play. */
function within(date: string, start: string, end: string): boolean {
  return Number.isNaN(Date.parse(date)) || (date >= start && date <= end)
}

const includesOf = (query: URLSearchParams) => (query.get('include') ?? '').split(',')

const dateOf = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10)

function objectIn(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {} // refused as a message without a body
  }
}
