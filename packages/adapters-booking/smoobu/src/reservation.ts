import type { BookingState, CivilTime, Guest, SourceBooking } from '@stayward/core/adapter'
import * as z from 'zod'
import { civilDate, instantInBerlin } from './berlin-time.ts'
import { smoobuId } from './smoobu-api.ts'

const blockedChannel = '11'

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === undefined ? undefined : String(value).trim() || undefined))

/** Only what is read. What decides about access must be there; everything else may be missing, null or of another type. */
const reservationSchema = z.object({
  id: smoobuId,
  type: z.string().nullish().catch(undefined),
  // Null for a deleted flat. A missing or changed field must not read as "moved out of the flat".
  apartment: z.object({ id: smoobuId }).nullable(),
  'is-blocked-booking': z.unknown().optional(),
  channel: z
    .object({ id: smoobuId.optional().catch(undefined), name: text })
    .nullish()
    .catch(undefined),
  arrival: text,
  departure: text,
  'check-in': text,
  'check-out': text,
  'guest-name': text,
  firstname: text,
  lastname: text,
  email: text,
  phone: text,
  language: text,
  modifiedAt: text,
  'modified-at': text,
  modified_at: text,
  'created-at': text,
})
type Reservation = z.output<typeof reservationSchema>

/**
 * A reservation in our words. `undefined` when it cannot be understood: no integer id, no flat field, or no word on
 * whether it is cancelled. Dates and times that do not exist become absent.
 */
export function readReservation(row: unknown): SourceBooking | undefined {
  const parsed = reservationSchema.safeParse(row)
  if (!parsed.success) return undefined
  const reservation = parsed.data
  const state = stateOf(reservation)
  if (!state) return undefined
  const { modifiedAt = reservation['modified-at'] ?? reservation.modified_at ?? reservation['created-at'] } =
    reservation
  return {
    ref: reservation.id,
    state,
    guest: guestOf(reservation),
    ...present({
      unitRef: reservation.apartment?.id,
      arrival: civilDate(reservation.arrival ?? ''),
      departure: civilDate(reservation.departure ?? ''),
      checkIn: civilTime(reservation['check-in']),
      checkOut: civilTime(reservation['check-out']),
      channel: reservation.channel?.name,
      changedAt: instantInBerlin(modifiedAt ?? ''),
    }),
  }
}

/**
 * The order matters: a block keeps the type `reservation`. A type is not an event: a changed booking stays a
 * `modification of booking` for good, and a type we do not know is an active one.
 */
function stateOf({ type, channel, 'is-blocked-booking': blocked }: Reservation): BookingState | undefined {
  if (blocked === true || channel?.id === blockedChannel) return 'block'
  if (type === undefined || type === null) return undefined
  return type.toLowerCase().includes('cancel') ? 'cancelled' : 'confirmed'
}

function guestOf({ firstname, lastname, email, phone, language, 'guest-name': fullName }: Reservation): Guest {
  return present({
    name: fullName ?? ([firstname, lastname].filter(Boolean).join(' ') || undefined),
    firstName: firstname,
    language: /^([a-z]{2})(?:[-_].*)?$/i.exec(language ?? '')?.[1]?.toLowerCase(),
    phone,
    email,
  })
}

function civilTime(text: string | undefined): CivilTime | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text ?? '') ?? []
  if (hours === '' || Number(hours) > 23 || Number(minutes) > 59) return undefined
  return `${hours.padStart(2, '0')}:${minutes}`
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(fields: T): Present<T> {
  // Object.fromEntries forgets the keys; only undefined values were taken away.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
