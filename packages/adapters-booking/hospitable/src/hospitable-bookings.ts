import {
  AdapterError,
  addDays,
  type BookingPage,
  type BookingQuery,
  type BookingSource,
  type CivilDate,
  type Instant,
  type Listing,
  parseInstant,
  readPages,
  type SourceBooking,
  type SourceMessage,
  type SourceUnit,
  unreadable,
} from '@stayward/core/adapter'
import * as z from 'zod'
import { conversationPace } from './conversation-pace.ts'
import { type HospitableMessage, hospitableApi, hospitableId } from './hospitable-api.ts'
import { type ClientContext, createClient } from './hospitable-client.ts'
import { readReservation } from './reservation.ts'
import { tokenAgeWarning } from './token-age.ts'

export interface HospitableContext extends ClientContext {
  readonly config: { readonly accessToken: string; readonly tokenMadeOn?: CivilDate }
}

/** Properties asked about at once: Hospitable names no limit, and an address may not grow for ever. */
const batchSize = 50
/** What may have changed is looked for among stays that end within so many days from now. */
const nearby = 62
/** No stay is longer, days. */
const longestStay = 400
/** Days ahead that may be asked about: Hospitable refuses more than three years. */
const furthest = 3 * 365 - 7

/** Hospitable as a booking source. Only reads, but for messages to guests: reservations are never changed. */
export function openHospitable(context: HospitableContext): BookingSource {
  const { config, clock } = context
  const client = createClient(context)
  const api = hospitableApi(client, conversationPace(clock))

  return {
    specVersion: 'v1',

    async readAccount(call) {
      const { id, name } = await api.user(call)
      const warning = [tokenAgeWarning(config.tokenMadeOn, clock.now()), sunsetWarning(client.sunset())]
        .filter((text) => text !== undefined)
        .join(' ')
      return { id, ...(name?.trim() ? { name: name.trim() } : {}), ...(warning === '' ? {} : { warning }) }
    },

    async listUnits(call) {
      const { items, complete } = await readPages((page) => api.properties(page, call), readProperty, refOf)
      // There is no word for "some of them": a flat that is missing here would look as if it were gone.
      if (!complete) throw unreadable('Hospitable', { effect: 'read' }, 'with fewer properties than it counts')
      return items
    },

    async listBookings(query, call): Promise<BookingPage> {
      const properties = await readPages((page) => api.properties(page, call), readProperty, refOf)
      const days = daysOf(query, clock.now())
      // An account without a property, or without the right to see them, proves nothing.
      let complete = properties.complete && properties.items.length > 0
      const bookings = new Map<string, SourceBooking>()
      for (let at = 0; at < properties.items.length; at += batchSize) {
        const batch = properties.items.slice(at, at + batchSize).map(({ ref }) => ref)
        const filter = { properties: batch, ...days }
        const listing = await readPages((page) => api.reservations(filter, page, call), readReservation, refOf)
        complete &&= listing.complete && isHonoured(listing, filter)
        for (const booking of listing.items) bookings.set(booking.ref, booking)
      }
      return { bookings: [...bookings.values()].filter((booking) => asked(booking, query)), complete }
    },

    async readBooking(ref, call) {
      // Ids are UUIDs: nothing else can be one of its bookings, nor belongs into a path.
      if (!hospitableId.safeParse(ref).success) return undefined
      const row = await api.reservation(ref, call)
      if (row === undefined) return undefined
      const booking = readReservation(row)
      if (booking?.ref !== ref.toLowerCase())
        throw unreadable(
          'Hospitable',
          { effect: 'read' },
          booking ? 'with another reservation' : 'with a reservation whose shape or status this version does not know',
        )
      return booking
    },

    async messageGuest({ ref, text }, call) {
      // There is no subject: what is written appears in the conversation at Airbnb, Vrbo or wherever it was booked.
      const answer = await api.sendToGuest(knownRef(ref), text, call)
      if (answer.taken)
        return { status: 'accepted', ...(answer.sentRef === undefined ? {} : { vendorRef: answer.sentRef }) }
      const { fields } = answer
      return {
        status: 'refused',
        reason: 'bad-content',
        ...(fields.length === 0 ? {} : { detail: `Hospitable does not accept: ${fields.join(', ')}` }),
      }
    },

    async readMessages(ref, call) {
      return oldestFirst((await api.messages(knownRef(ref), call)).map(sourceMessage))
    },
  }
}

function sunsetWarning(sunset: string | undefined): string | undefined {
  if (sunset === undefined) return undefined
  return `Hospitable ends this version of its interface (${sunset}): look for a newer version of this adapter.`
}

const name = z.string().trim().min(1).optional().catch(undefined)
const propertySchema = z.object({ id: hospitableId, name, public_name: name })

/** Its time zone is left out: it is an offset that is wrong half of the year (docs/vendors/hospitable.md, properties). */
function readProperty(row: unknown): SourceUnit | undefined {
  const parsed = propertySchema.safeParse(row)
  if (!parsed.success) return undefined
  const { id, name, public_name } = parsed.data
  return { ref: id, name: name ?? public_name ?? `Property ${id.slice(0, 8)}` }
}

/**
 * The days of check-out that hold every stay of a question. A stay that touches a span ends after its first day, and
 * before the longest stay from its last day is over. Changes cannot be asked for: whatever is near is told instead.
 */
function daysOf({ changedSince, stays }: BookingQuery, now: Instant): { start: CivilDate; end: CivilDate } {
  const today = now.slice(0, 10)
  const [from, to] = stays
    ? [addDays(stays.from, -1), addDays(stays.to, longestStay)]
    : [addDays(min(changedSince.slice(0, 10), today), -2), addDays(today, nearby)]
  const end = min(to, addDays(today, furthest))
  return { start: min(from, end), end }
}

/** What was asked for is ignored with a 200 when Hospitable does not know it, so the rows themselves must tell. */
function isHonoured(
  { items }: Listing<SourceBooking>,
  { properties, start, end }: { readonly properties: readonly string[]; readonly start: string; readonly end: string },
): boolean {
  const [first, last] = [addDays(start, -1), addDays(end, 1)]
  return items.every(
    ({ unitRef, departure }) =>
      (unitRef === undefined || properties.includes(unitRef)) &&
      (departure === undefined || (departure >= first && departure <= last)),
  )
}

function asked({ arrival, departure }: SourceBooking, { stays }: BookingQuery): boolean {
  // A stay with an impossible day may be one of them, and somebody has to see it.
  return (
    !stays || ((arrival === undefined || arrival <= stays.to) && (departure === undefined || departure >= stays.from))
  )
}

function knownRef(ref: string): string {
  if (hospitableId.safeParse(ref).success) return ref
  throw new AdapterError('gone', 'Hospitable has no such booking: its ids are UUIDs.', {
    remedy: 'See whether this booking belongs to another connection.',
  })
}

function sourceMessage({ sender_type, body, created_at }: HospitableMessage): SourceMessage {
  const at = parseInstant(created_at ?? '')
  return {
    // Teammates, automations and whatever comes next must not be taken for a guest's answer.
    from: sender_type?.toLowerCase() === 'guest' ? 'guest' : 'host',
    text: (body ?? '').trim(),
    ...(at === undefined ? {} : { at }),
  }
}

/** In which order a conversation comes is not documented. */
function oldestFirst(messages: readonly SourceMessage[]): readonly SourceMessage[] {
  const dated = messages.flatMap((message) => (message.at === undefined ? [] : [{ message, at: message.at }]))
  if (dated.length < messages.length) return messages
  return dated.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ message }) => message)
}

const refOf = ({ ref }: { readonly ref: string }): string => ref

const min = (a: CivilDate, b: CivilDate): CivilDate => (a < b ? a : b)
