import {
  AdapterError,
  type BookingPage,
  type BookingQuery,
  type BookingSource,
  type Call,
  readPages,
  type SourceBooking,
  type SourceUnit,
  unreadable,
} from '@stayward/core/adapter'
import { addDays, berlinDate, instantInBerlin } from './berlin-time.ts'
import { plainText } from './plain-text.ts'
import { readReservation } from './reservation.ts'
import { type ReservationFilter, type SmoobuMessage, smoobuApi, smoobuId } from './smoobu-api.ts'
import { type ClientContext, createClient } from './smoobu-client.ts'

/** Smoobu as a booking source. Only reads, but for messages to guests: reservations are never changed. */
export function openSmoobu(context: ClientContext): BookingSource {
  const api = smoobuApi(createClient(context))
  const signed = context.config.apiSecret !== undefined

  return {
    specVersion: 'v1',

    async readAccount(call) {
      const { id, firstName, lastName } = await api.me(call)
      const name = [firstName, lastName].filter(Boolean).join(' ').trim()
      return { id, ...(name === '' ? {} : { name }), ...(signed ? {} : { warning: unsignedWarning }) }
    },

    async listUnits(call) {
      const units: SourceUnit[] = []
      // One after the other: the rate budget lets no more through, and waiting for it counts as the request's time.
      for (const { id, name } of await api.apartments(call)) {
        const zone = ianaZone((await api.apartment(id, call))?.timeZone)
        units.push({ ref: id, name: name?.trim() || `Apartment ${id}`, ...(zone === undefined ? {} : { zone }) })
      }
      return units
    },

    async listBookings(query, call): Promise<BookingPage> {
      const { items, complete } = await readPages(
        (page) => api.reservations(filterOf(query), page, call),
        readReservation,
        ({ ref }) => ref,
      )
      return { bookings: items.filter((booking) => asked(booking, query)), complete }
    },

    async readBooking(ref, call) {
      // Smoobu's ids are integers: nothing else can be one of its bookings, nor belongs into a path.
      if (!smoobuId.safeParse(ref).success) return undefined
      const row = await api.reservation(ref, call)
      if (row === undefined) return undefined
      const booking = readReservation(row)
      if (booking?.ref !== ref)
        throw unreadable(
          'Smoobu',
          { effect: 'read' },
          booking ? 'with another reservation' : 'with a reservation of an unexpected shape',
        )
      return booking
    },

    async messageGuest({ ref, subject, text }, call) {
      const message = { ...(subject === undefined ? {} : { subject }), messageBody: text }
      const answer = await api.sendToGuest(knownRef(ref), message, call)
      // The answer carries no id of the message: what became of it is seen in the conversation alone.
      if (answer.taken) return { status: 'accepted' }
      const { fields } = answer
      return {
        status: 'refused',
        reason: 'bad-content',
        ...(fields.length === 0 ? {} : { detail: `Smoobu does not accept: ${fields.join(', ')}` }),
      }
    },

    readMessages: (ref, call) => conversation(knownRef(ref), call),
  }

  async function conversation(ref: string, call: Call) {
    const { items, complete } = await readPages(
      (page) => api.messages(ref, page, call),
      (message, position) => ({ key: message.id ?? position, message }),
      ({ key }) => key,
    )
    // Somebody looks here before writing again: a conversation with a hole must not say "nothing was sent".
    if (!complete)
      throw new AdapterError('bad-response', 'Smoobu did not list all the messages that it counts.', {
        remedy: 'The hub looks again later. Until then see the conversation in Smoobu itself.',
      })
    return items.map(({ message }) => sourceMessage(message))
  }
}

const unsignedWarning =
  'Requests are not signed, and Smoobu is ending that. Enter the API secret in this connection ' +
  '(Smoobu → Settings → Advanced → API Keys → Regenerate Secret).'

function filterOf({ changedSince, stays }: BookingQuery): ReservationFilter {
  // The filter knows whole days in Berlin, so a day of overlap is the least that misses nothing.
  if (changedSince !== undefined) return { modifiedFrom: addDays(berlinDate(changedSince), -1) }
  // Whether the edges belong to the span is not documented: ask for more, then keep what touches.
  return { from: addDays(stays.from, -2), to: addDays(stays.to, 2) }
}

function asked({ arrival, departure }: SourceBooking, { stays }: BookingQuery): boolean {
  // A stay with an impossible day may be one of them, and somebody has to see it.
  return (
    !stays || ((arrival === undefined || arrival <= stays.to) && (departure === undefined || departure >= stays.from))
  )
}

function knownRef(ref: string): string {
  if (smoobuId.safeParse(ref).success) return ref
  throw new AdapterError('gone', 'Smoobu has no such booking: its numbers are whole numbers.', {
    remedy: 'See whether this booking belongs to another connection.',
  })
}

function sourceMessage({ type, message, htmlMessage, createdAt }: SmoobuMessage) {
  const at = instantInBerlin(createdAt ?? '')
  return {
    // 1 is the guest's; anything else must not be taken for a guest's answer.
    from: type === 1 ? ('guest' as const) : ('host' as const),
    text: plainText(message?.trim() ? message : (htmlMessage ?? '')),
    ...(at === undefined ? {} : { at }),
  }
}

function ianaZone(name: string | null | undefined): string | undefined {
  const zone = name?.trim()
  if (!zone) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone && zone
  } catch {
    return undefined // RangeError is how Intl says that there is no such zone
  }
}
