import type { BookingState, Guest, SourceBooking } from '@stayward/core/adapter'
import * as z from 'zod'
import { hospitableId } from './hospitable-api.ts'
import { agreedTime, dayIn } from './local-times.ts'

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === undefined ? undefined : String(value).trim() || undefined))

const guestSchema = z.object({
  first_name: text,
  last_name: text,
  email: text,
  phone_numbers: z.array(text).nullish().catch(undefined),
  language: text,
})

/** Only what is read. What decides about access must be there; everything else may be missing, null or of another type. */
const reservationSchema = z.object({
  id: hospitableId,
  // `status` beside it is deprecated and disagrees with it (docs/vendors/hospitable.md, status).
  reservation_status: z.object({
    current: z.object({ category: z.string() }),
    history: z
      .array(z.object({ category: z.string() }))
      .nullish()
      .catch(undefined),
  }),
  // Both are there only because they were asked for: a name that Hospitable did not know would be ignored in silence.
  guest: guestSchema.nullable(),
  properties: z.array(z.object({ id: hospitableId })),
  platform: text,
  stay_type: text,
  arrival_date: text,
  departure_date: text,
  check_in: text,
  check_out: text,
})
type Reservation = z.output<typeof reservationSchema>

/**
 * A reservation in our words. `undefined` when it cannot be understood: no id, no flat or guest field, or no word on
 * whether it stands. Dates and times that do not exist become absent.
 */
export function readReservation(row: unknown): SourceBooking | undefined {
  const parsed = reservationSchema.safeParse(row)
  if (!parsed.success) return undefined
  const reservation = parsed.data
  const state = stateOf(reservation.reservation_status)
  if (!state) return undefined
  const arrival = dayIn(reservation.arrival_date ?? '')
  const departure = dayIn(reservation.departure_date ?? '')
  const [property, ...others] = reservation.properties
  return {
    ref: reservation.id,
    state,
    guest: guestOf(reservation),
    ...present({
      // In two properties at once is in none that we could open.
      unitRef: others.length === 0 ? property?.id : undefined,
      arrival,
      departure,
      checkIn: agreedTime(reservation.check_in ?? '', arrival),
      checkOut: agreedTime(reservation.check_out ?? '', departure),
      channel: channelOf(reservation),
    }),
  }
}

/** Whether the owner stays there: `owner_stay` as documented, `owner` as seen. */
function isOwnerStay({ stay_type }: Pick<Reservation, 'stay_type'>): boolean {
  return stay_type?.toLowerCase().startsWith('owner') ?? false
}

/**
 * Only two words are final. With any other the reservation is a request, unless it was accepted before: then nobody can
 * say whether the guest is still coming, and an unclear word must neither give a code nor take one away.
 */
function stateOf({ current, history }: Reservation['reservation_status']): BookingState | undefined {
  const category = word(current.category)
  if (category === 'accepted') return 'confirmed'
  if (category === 'cancelled' || category === 'not accepted') return 'cancelled'
  const before = (history ?? []).map((entry) => word(entry.category))
  if (before.includes('accepted')) return undefined
  return category === 'request' || before.length > 0 ? 'request' : undefined
}

/** Letter case and underscores differ between Hospitable's own pages. */
const word = (category: string) => category.trim().toLowerCase().replaceAll('_', ' ')

function guestOf(reservation: Reservation): Guest {
  const { first_name, last_name, phone_numbers, email, language } = reservation.guest ?? {}
  const person = {
    name: [first_name, last_name].filter(Boolean).join(' ') || undefined,
    firstName: first_name,
    language: /^([a-z]{2})(?:[-_].*)?$/i.exec(language ?? '')?.[1]?.toLowerCase(),
  }
  // An owner needs a code and no message for guests.
  if (isOwnerStay(reservation)) return present({ ...person, isOwner: true as const })
  return present({ ...person, phone: phone_numbers?.find((phone) => phone !== undefined), email })
}

/** As people know them; nobody has ever heard of "homeaway". */
const channels = new Map([
  ['airbnb', 'Airbnb'],
  ['homeaway', 'Vrbo'],
  ['vrbo', 'Vrbo'],
  ['booking', 'Booking.com'],
  ['agoda', 'Agoda'],
  ['direct', 'Direct booking'],
  ['manual', 'Manual booking'],
])

function channelOf(reservation: Reservation): string | undefined {
  if (isOwnerStay(reservation)) return 'Owner stay'
  const { platform } = reservation
  return platform === undefined ? undefined : (channels.get(platform.toLowerCase()) ?? platform)
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(fields: T): Present<T> {
  // Object.fromEntries forgets the keys; only undefined values were taken away.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
