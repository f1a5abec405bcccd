import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import { bookingJson, messageJson, pageJson, propertyJson, refusal, secondsOf } from './beds24-answers.ts'
import { details, refresh, scopesOf, setUp } from './beds24-sign-in.ts'
import type { Beds24Row, Beds24State } from './beds24-state.ts'

const statuses = ['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry']
/** Channels whose messages Beds24 carries. */
const talking = ['airbnb', 'booking', 'vrbo', 'expedia', 'agoda']

/** Beds24's addresses, for any origin. `now` in milliseconds since 1970. */
export function beds24Handlers(state: Beds24State, now: () => number) {
  /** A missing right is answered like a dead token. */
  const allowed = (request: Request, scope: string, then: (scopes: readonly string[]) => Response) => {
    const scopes = scopesOf(state, request, now())
    return scopes?.includes(scope) ? then(scopes) : refusal(401, 'Token not valid')
  }
  const queryOf = (request: Request) => new URL(request.url).searchParams
  return [
    http.get('*/v2/authentication/setup', ({ request }) => setUp(state, request, now())),
    http.get('*/v2/authentication/token', ({ request }) => refresh(state, request, now())),
    http.get('*/v2/authentication/details', ({ request }) => details(state, request, now())),
    http.get('*/v2/properties', ({ request }) =>
      allowed(request, 'read:properties', () => {
        const query = queryOf(request)
        const asked = {
          rooms: query.get('includeAllRooms') === 'true',
          units: query.get('includeUnitDetails') === 'true',
        }
        const rows = state.properties.map((row) => propertyJson(row, state, asked))
        return pageJson('property', rows, state, query)
      }),
    ),
    http.get('*/v2/bookings', ({ request }) =>
      allowed(request, 'read:bookings', (scopes) =>
        bookingList(state, queryOf(request), scopes.includes('read:bookings-personal'), now()),
      ),
    ),
    http.get('*/v2/bookings/messages', ({ request }) =>
      allowed(request, 'read:bookings-personal', () => {
        const query = queryOf(request)
        const ids = query.getAll('bookingId').map(Number)
        // Newest first here, although nobody says so: a reader may not rely on any order.
        const rows = state.messages.filter(({ bookingId }) => ids.includes(bookingId)).toReversed()
        return pageJson(
          'message',
          rows.map((row) => messageJson(row, state)),
          state,
          query,
        )
      }),
    ),
    http.post('*/v2/bookings/messages', async ({ request }) => {
      const body = jsonIn(await request.text())
      return allowed(request, 'write:bookings-personal', () =>
        Array.isArray(body)
          ? HttpResponse.json(
              body.map((item: unknown) => takeMessage(state, item, now())),
              { status: 201 },
            )
          : refusal(400, 'Request body must be an array'),
      )
    }),
  ]
}

/** `GET /bookings`: what it knows it obeys or refuses, everything else is ignored with 200. */
function bookingList(state: Beds24State, query: URLSearchParams, personal: boolean, now: number): Response {
  const wanted = query.getAll('status')
  if (wanted.some((status) => !statuses.includes(status))) return refusal(400, 'Invalid status')
  const ids = query.getAll('id')
  if (ids.some((id) => !/^\d+$/.test(id))) return refusal(400, 'Invalid id')
  const filters = ['id', 'modifiedFrom', 'arrivalTo', 'departureFrom']
  const unfiltered = filters.every((name) => query.get(name) === null)
  const shown = wanted.length > 0 ? wanted : statuses.filter((status) => status !== 'cancelled')
  const [modifiedFrom, arrivalTo, departureFrom] = filters.slice(1).map((name) => query.get(name))
  const today = new Date(now).toISOString().slice(0, 10)
  const rows = state.bookings
    .filter(({ status }) => shown.includes(status) || !statuses.includes(status))
    .filter(({ id }) => ids.length === 0 || ids.includes(String(id)))
    .filter(({ arrival }) => !unfiltered || arrival >= today)
    .filter(({ modifiedAt }) => !modifiedFrom || secondsOf(modifiedAt) >= `${modifiedFrom.slice(0, 19)}Z`)
    // Whether the day itself belongs to it is worded as "after".
    .filter(({ arrival }) => !arrivalTo || !isDay(arrival) || arrival < arrivalTo)
    .filter(({ departure }) => !departureFrom || !isDay(departure) || departure > departureFrom)
  return pageJson(
    'booking',
    rows.map((row) => bookingJson(row, state, personal)),
    state,
    query,
  )
}

/** One item of a POST; its answer stands inside a 201, whatever it is. */
function takeMessage(state: Beds24State, item: unknown, now: number) {
  const { bookingId, message } = fieldsOf(item)
  const row = state.bookings.find(({ id }) => id === bookingId)
  const no = (field: string, text: string) => ({
    success: false,
    errors: [{ action: 'new message', field, message: text }],
  })
  const { refusedField } = state.switches
  if (refusedField !== null) return no(refusedField, `invalid: ${String(message)}`)
  if (!row) return no('bookingId', 'invalid')
  if (!talking.includes(row.channel)) return no('bookingId', 'channel has no messages')
  if (typeof message !== 'string' || message.trim() === '') return no('message', 'required')
  const id = ++state.counters.message
  state.messages.push({ id, bookingId: row.id, source: 'host', text: message, at: now })
  return { success: true, new: { id }, info: [{ action: 'new message', field: 'message', message: 'saved' }] }
}

/** A day that is none passes every filter: it is somebody's play. */
export function isDay(text: string): boolean {
  return !Number.isNaN(Date.parse(text))
}

export function rowIn({ bookings }: Beds24State, ref: string): Beds24Row {
  const found = bookings.find(({ id }) => String(id) === ref)
  if (!found) throw new RangeError(`the fake Beds24 holds no booking ${ref}`)
  return found
}

function fieldsOf(item: unknown): Record<string, unknown> {
  return typeof item === 'object' && item !== null ? { ...item } : {}
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // refused as a body that is no list
  }
}
