import * as z from 'zod'
import type { SourceBooking } from '../../domain/booking.ts'
import { instantOf, millisecondsOf } from '../../domain/instant.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { BookingSource } from '../../ports/booking-source.ts'
import type { Wire } from './wire.ts'

const booking = z.object({
  ref: z.string(),
  state: z.enum(['confirmed', 'cancelled', 'request', 'block']),
  unitRef: z.string().exactOptional(),
  arrival: z.string().exactOptional(),
  departure: z.string().exactOptional(),
  checkIn: z.string().exactOptional(),
  checkOut: z.string().exactOptional(),
  guest: z.object({
    name: z.string().exactOptional(),
    firstName: z.string().exactOptional(),
    language: z.string().exactOptional(),
    phone: z.string().exactOptional(),
    email: z.string().exactOptional(),
    isOwner: z.literal(true).exactOptional(),
  }),
  channel: z.string().exactOptional(),
  changedAt: z.number(),
})
const account = z.object({ id: z.string(), name: z.string() })
const unit = z.object({ ref: z.string(), name: z.string(), zone: z.string() })
const units = z.object({ units: z.array(unit) })
/** `rows` are in ascending order of their refs; `count` is how many stand here, `total` in the whole listing. */
const page = z.object({ rows: z.array(booking), count: z.number(), total: z.number(), more: z.boolean() })
const one = z.object({ booking: booking.nullable() })
const message = z.object({ from: z.enum(['guest', 'host']), text: z.string(), at: z.number() })
const messages = z.object({ messages: z.array(message) })
const receipt = z.object({ status: z.literal('accepted'), vendorRef: z.string() })

interface Declared {
  readonly messagesGuest: boolean
  readonly readsMessages: boolean
}

export function bookingProvider(wire: Wire, { messagesGuest, readsMessages }: Declared): BookingSource {
  const messageGuest: BookingSource['messageGuest'] = async ({ ref, text }, call) => {
    try {
      return await wire.ask({ operation: 'message', args: { ref, text }, effect: 'write', shape: receipt }, call)
    } catch (error) {
      if (AdapterError.is(error) && error.code === 'gone') return { status: 'refused', reason: 'not-allowed' }
      throw error
    }
  }
  const readMessages: BookingSource['readMessages'] = async (ref, call) => {
    const answer = await wire.ask({ operation: 'messages', args: { ref }, effect: 'read', shape: messages }, call)
    return answer.messages.map(({ from, text, at }) => ({ from, text, at: instantOf(at) }))
  }
  return {
    specVersion: 'v1',
    readAccount: (call) => wire.ask({ operation: 'account', effect: 'read', shape: account }, call),
    listUnits: async (call) => (await wire.ask({ operation: 'units', effect: 'read', shape: units }, call)).units,
    listBookings: async ({ changedSince, stays, cursor }, call) => {
      const { after, seen, sound } = readCursor(cursor)
      const span = stays ? { from: stays.from, to: stays.to } : { since: millisecondsOf(changedSince) }
      const args = { ...span, after }
      const { rows, count, total, more } = await wire.ask(
        { operation: 'bookings', args, effect: 'read', shape: page },
        call,
      )
      const ascending = rows.every(({ ref }, n) => ref > (rows[n - 1]?.ref ?? after))
      const here = { seen: seen + rows.length, sound: sound && ascending && rows.length === count }
      const last = rows.at(-1)?.ref
      const bookings = rows.map(sourceBooking)
      if (!more || last === undefined) return { bookings, complete: here.sound && here.seen === total && !more }
      return { bookings, next: JSON.stringify({ after: last, ...here }), complete: here.sound }
    },
    readBooking: async (ref, call) => {
      const answer = await wire.ask({ operation: 'booking', args: { ref }, effect: 'read', shape: one }, call)
      return answer.booking === null ? undefined : sourceBooking(answer.booking)
    },
    ...(messagesGuest ? { messageGuest } : {}),
    ...(readsMessages ? { readMessages } : {}),
  }
}

const cursorShape = z.object({ after: z.string(), seen: z.number(), sound: z.boolean() })

/** How far a listing has come, and whether the vendor's counts agreed with every page so far. */
function readCursor(cursor: string | undefined): z.output<typeof cursorShape> {
  return cursor === undefined ? { after: '', seen: 0, sound: true } : cursorShape.parse(JSON.parse(cursor))
}

function sourceBooking({ changedAt, ...facts }: z.output<typeof booking>): SourceBooking {
  return { ...facts, changedAt: instantOf(changedAt) }
}
