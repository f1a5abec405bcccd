import {
  type BookingState,
  type Guest,
  isCivilDate,
  isCivilTime,
  parseInstant,
  type SourceBooking,
} from '@stayward/core/adapter'
import * as z from 'zod'
import { beds24Id, type statuses } from './beds24-api.ts'

type Status = (typeof statuses)[number]

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => String(value ?? '').trim() || undefined)

/**
 * Only what is read. What decides about access must be there; everything else may be missing, null or of another type.
 * Payment tokens are in none of it.
 */
const bookingSchema = z.object({
  id: beds24Id,
  status: z.enum(['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry']),
  roomId: beds24Id,
  /** Only unique together with its room; 0 or null while none is assigned. */
  unitId: beds24Id.optional().catch(undefined),
  roomQty: z.coerce.number().int().positive().catch(1),
  arrival: text,
  departure: text,
  arrivalTime: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  mobile: text,
  lang: text,
  channel: text,
  apiSource: text,
  modifiedTime: text,
})
export type Beds24Booking = z.output<typeof bookingSchema>

/** `undefined` when it cannot be understood: then nobody can say whether this guest may come. */
export function readRow(row: unknown): Beds24Booking | undefined {
  return bookingSchema.safeParse(row).data
}

/** `new` is a firm booking that nobody has opened in the panel yet: most are (docs/vendors/beds24.md, status). */
const states: Readonly<Record<Status, BookingState>> = {
  confirmed: 'confirmed',
  new: 'confirmed',
  request: 'request',
  inquiry: 'request',
  black: 'block',
  cancelled: 'cancelled',
}

/** Whether only the room's list of units can say in which the guest is. */
export function needsRooms({ unitId, roomQty }: Beds24Booking): boolean {
  return unitId === undefined && roomQty === 1
}

/** A booking in our words. `onlyUnit` answers the unit of a room that has no other. Days that do not exist become absent. */
export function sourceBooking(row: Beds24Booking, onlyUnit: (roomId: string) => string | undefined): SourceBooking {
  const state = states[row.status]
  const modified = row.modifiedTime
  return {
    ref: row.id,
    state,
    guest: state === 'block' ? {} : guestOf(row),
    ...present({
      unitRef: unitRefOf(row, onlyUnit),
      arrival: isCivilDate(row.arrival ?? '') ? row.arrival : undefined,
      departure: isCivilDate(row.departure ?? '') ? row.departure : undefined,
      checkIn: agreedTime(row.arrivalTime),
      channel: row.apiSource ?? row.channel,
      changedAt: modified === undefined ? undefined : (parseInstant(modified) ?? parseInstant(`${modified}Z`)),
    }),
  }
}

/** Our name of a unit: its number means nothing without its room. */
export function unitRef(roomId: string, unitId: string): string {
  return `${roomId}-${unitId}`
}

/** A record of several units at once has a name of its own, to be linked to a unit whose path has all the doors. */
function unitRefOf({ roomId, unitId, roomQty }: Beds24Booking, onlyUnit: (roomId: string) => string | undefined) {
  if (roomQty > 1) return `${roomId}-x${roomQty}`
  const unit = unitId ?? onlyUnit(roomId)
  return unit === undefined ? undefined : unitRef(roomId, unit)
}

function guestOf({ firstName, lastName, email, phone, mobile, lang }: Beds24Booking): Guest {
  return present({
    name: [firstName, lastName].filter(Boolean).join(' ') || undefined,
    firstName,
    email,
    phone: mobile ?? phone,
    language: /^([a-z]{2})(?:[-_].*)?$/i.exec(lang ?? '')?.[1]?.toLowerCase(),
  })
}

/** Free text that guests type: "16:00" is a time, "around 4pm" is for people. */
function agreedTime(arrivalTime: string | undefined): string | undefined {
  const time = /^\d:\d{2}$/.test(arrivalTime ?? '') ? `0${arrivalTime}` : arrivalTime
  return time !== undefined && time !== '24:00' && isCivilTime(time) ? time : undefined
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(fields: T): Present<T> {
  // Object.fromEntries forgets the keys; only undefined values were taken away.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
