import {
  AdapterError,
  addDays,
  type BookingPage,
  type BookingQuery,
  type BookingSource,
  type Call,
  type Clock,
  type Instant,
  parseInstant,
  plus,
  readPages,
  type SourceBooking,
  type SourceMessage,
  unreadable,
} from '@stayward/core/adapter'
import { accountOf, cardDataSent } from './account.ts'
import { type Beds24Api, beds24Api, beds24Id, type Beds24Message, type BookingFilter } from './beds24-api.ts'
import { type ClientContext, createClient } from './beds24-client.ts'
import { type Beds24Booking, needsRooms, readRow, sourceBooking } from './booking.ts'
import { type Beds24Property, onlyUnits, readProperty, unitsOf } from './property.ts'

/** How long it is believed which rooms have a single unit, milliseconds: every question costs credits. */
const roomsBelieved = 60 * 60_000

/** Beds24 as a booking source. Only reads, but for messages to guests: bookings are never changed. */
export function openBeds24(context: ClientContext): BookingSource {
  const api = beds24Api(createClient(context))
  const soleUnits = rememberedUnits(api, context.clock)

  /** Those without a unit are in the only one of their room, where there is no other. */
  const inOurWords = async (rows: readonly Beds24Booking[], call: Call): Promise<readonly SourceBooking[]> => {
    const units = rows.some(needsRooms) ? await soleUnits(call) : undefined
    return rows.map((row) => sourceBooking(row, (roomId) => units?.get(roomId)))
  }

  return {
    specVersion: 'v1',

    async readAccount(call) {
      const account = accountOf(await api.details(call))
      const { items } = await readPages((page) => api.properties(page, call), readProperty, idOf)
      const unfit = cardDataSent(items)
      return { ...account, ...(unfit === undefined ? {} : { unfit }) }
    },

    async listUnits(call) {
      return (await allProperties(api, call)).flatMap(unitsOf)
    },

    async listBookings(query, call): Promise<BookingPage> {
      const { items, complete } = await readPages((page) => api.bookings(filterOf(query), page, call), readRow, idOf)
      const bookings = await inOurWords(items, call)
      return { bookings: bookings.filter((booking) => asked(booking, query)), complete }
    },

    async readBooking(ref, call) {
      // Beds24's ids are integers: nothing else can be one of its bookings.
      if (!beds24Id.safeParse(ref).success) return undefined
      const { rows } = await api.bookings({ id: ref }, 1, call)
      const [row, ...others] = rows
      if (row === undefined) return undefined
      const booking = readRow(row)
      if (booking?.id !== ref || others.length > 0)
        throw unreadable(
          'Beds24',
          { effect: 'read' },
          booking ? 'with another booking' : 'with a booking whose shape or status this version does not know',
        )
      return (await inOurWords([booking], call))[0]
    },

    async messageGuest({ ref, text }, call) {
      // There is no subject: what is written goes on in the channel's own conversation.
      const answer = await api.sendToGuest(knownRef(ref), text, call)
      if (answer.taken) return { status: 'accepted', ...(answer.id === undefined ? {} : { vendorRef: answer.id }) }
      const { fields } = answer
      return {
        status: 'refused',
        // A booking that came by no channel with messages has nobody to carry one.
        reason: fields.length === 0 || fields.includes('message') ? 'bad-content' : 'not-allowed',
        ...(fields.length === 0 ? {} : { detail: `Beds24 does not accept: ${fields.join(', ')}` }),
      }
    },

    async readMessages(ref, call) {
      const { items, complete } = await readPages(
        (page) => api.messages(knownRef(ref), page, call),
        (message, position) => ({ key: message.id ?? position, message }),
        ({ key }) => key,
      )
      // Somebody looks here before writing again: a conversation with a hole must not say "nothing was sent".
      if (!complete) throw unreadable('Beds24', { effect: 'read' }, 'with a part of the conversation only')
      return oldestFirst(items.map(({ message }) => message)).flatMap(sourceMessage)
    },
  }
}

const idOf = ({ id }: { readonly id: string }): string => id

async function allProperties(api: Beds24Api, call: Call): Promise<readonly Beds24Property[]> {
  const { items, complete } = await readPages((page) => api.properties(page, call), readProperty, idOf)
  // There is no word for "some of them": a flat that is missing here would look as if it were gone.
  if (!complete) throw unreadable('Beds24', { effect: 'read' }, 'with properties that are missing or have no rooms')
  return items
}

function rememberedUnits(api: Beds24Api, clock: Clock) {
  let known: { readonly units: ReadonlyMap<string, string>; readonly until: Instant } | undefined
  return async (call: Call): Promise<ReadonlyMap<string, string>> => {
    if (known && clock.now() < known.until) return known.units
    const units = onlyUnits(await allProperties(api, call))
    known = { units, until: plus(clock.now(), roomsBelieved) }
    return units
  }
}

/** Changes are asked for in UTC seconds. Whether the edges of days belong to a span is worded as "after": one more each. */
function filterOf({ changedSince, stays }: BookingQuery): BookingFilter {
  if (changedSince !== undefined) return { modifiedFrom: `${changedSince.slice(0, 19)}Z` }
  return { departureFrom: addDays(stays.from, -2), arrivalTo: addDays(stays.to, 2) }
}

function asked({ arrival, departure }: SourceBooking, { stays }: BookingQuery): boolean {
  // A stay with an impossible day may be one of them, and somebody has to see it.
  return (
    !stays || ((arrival === undefined || arrival <= stays.to) && (departure === undefined || departure >= stays.from))
  )
}

function knownRef(ref: string): string {
  if (beds24Id.safeParse(ref).success) return ref
  throw new AdapterError('gone', 'Beds24 has no such booking: its numbers are whole numbers.', {
    remedy: 'See whether this booking belongs to another connection.',
  })
}

/** Internal notes and system texts are no part of the conversation. */
function sourceMessage({ source, message, time }: Beds24Message): readonly SourceMessage[] {
  const from = source?.toLowerCase()
  if (from !== 'guest' && from !== 'host') return []
  const at = instantIn(time)
  return [{ from, text: (message ?? '').trim(), ...(at === undefined ? {} : { at }) }]
}

/** In which order they come is not documented; numbers grow with time. */
function oldestFirst(messages: readonly Beds24Message[]): readonly Beds24Message[] {
  const order = (one: Beds24Message, other: Beds24Message) => {
    const [a = '', b = ''] = [instantIn(one.time), instantIn(other.time)]
    return a === b ? Number(one.id ?? 0) - Number(other.id ?? 0) : a < b ? -1 : 1
  }
  return messages.toSorted(order)
}

function instantIn(time: string | null | undefined): Instant | undefined {
  return time ? (parseInstant(time) ?? parseInstant(`${time}Z`)) : undefined
}
