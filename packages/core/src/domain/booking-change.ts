import type { SourceBooking } from './booking.ts'

/** What a source says of a booking and what follows from it alone. `changedAt` is a hint and no fact. */
export type BookingFacts = Omit<SourceBooking, 'changedAt'> & { readonly e164?: string }

/** The facts as one text: equal when and only when nothing about the stay has changed. */
export function factsText(facts: BookingFacts): string {
  const { ref, state, unitRef, arrival, departure, checkIn, checkOut, guest, channel, e164 } = facts
  // Added only where it holds, so that the text of every other booking stays what it was.
  const owner = guest.isOwner ? ['owner'] : []
  const person = [guest.name, guest.firstName, guest.language, guest.phone, guest.email, e164, ...owner]
  return JSON.stringify([ref, state, unitRef, arrival, departure, checkIn, checkOut, channel, ...person])
}

/**
 * Whether this may be out of an old snapshot, as a replica shows it: its source says that it changed last before what is
 * known did. Only a reason to ask for the booking by its id.
 */
export function looksOld(found: Pick<SourceBooking, 'changedAt'>, known: Pick<SourceBooking, 'changedAt'>): boolean {
  return found.changedAt !== undefined && known.changedAt !== undefined && found.changedAt < known.changedAt
}

/** Whether its source says that it was changed after what is known of it. */
export function isChangedSince<Found extends Pick<SourceBooking, 'changedAt'>>(
  known: Pick<SourceBooking, 'changedAt'>,
  found: Found,
): found is Found & Required<Pick<SourceBooking, 'changedAt'>> {
  return found.changedAt !== undefined && (known.changedAt === undefined || found.changedAt > known.changedAt)
}

export interface BookingLine {
  readonly kind: 'booking-new' | 'booking-changed' | 'booking-cancelled'
  readonly text: string
}

/**
 * What a timeline says when a source's facts are new or others than before. Days and flats by name; of the guest only
 * that something changed, never what. `flatOf` names the flat behind a source's own id.
 */
export function bookingLine(
  before: BookingFacts | undefined,
  after: BookingFacts,
  flatOf: (unitRef: string | undefined) => string,
): BookingLine {
  const stay = `${after.arrival ?? 'no arrival day'} to ${after.departure ?? 'no departure day'}, ${flatOf(after.unitRef)}`
  if (!before) return { kind: 'booking-new', text: `${openings[after.state]}: ${stay}.` }
  if (after.state === 'cancelled' && before.state !== 'cancelled')
    return { kind: 'booking-cancelled', text: `Cancelled in the booking system: ${stay}.` }
  const changes = [
    ...(before.state === after.state ? [] : [`it is now ${states[after.state]}`]),
    ...moved('arrival', before.arrival, after.arrival),
    ...moved('departure', before.departure, after.departure),
    ...moved('flat', flatOf(before.unitRef), flatOf(after.unitRef)),
    ...moved('agreed check-in', before.checkIn, after.checkIn),
    ...moved('agreed check-out', before.checkOut, after.checkOut),
    ...guestChanges(before, after),
  ]
  const what = changes.length === 0 ? 'details that matter to no door' : changes.join('; ')
  return { kind: 'booking-changed', text: `Changed in the booking system: ${what}.` }
}

const openings = {
  confirmed: 'New booking',
  cancelled: 'New to us and already cancelled',
  request: 'New request, not confirmed yet',
  block: 'New owner block',
}

const states = {
  confirmed: 'confirmed',
  cancelled: 'cancelled',
  request: 'a request that is not confirmed',
  block: 'an owner block',
}

function moved(what: string, before: string | undefined, after: string | undefined): string[] {
  return before === after ? [] : [`${what} ${before ?? 'not set'} → ${after ?? 'not set'}`]
}

function guestChanges(before: BookingFacts, after: BookingFacts): string[] {
  const a = before.guest
  const b = after.guest
  const parts = [
    ...(a.name === b.name && a.firstName === b.firstName ? [] : ['name']),
    ...(a.language === b.language ? [] : ['language']),
    ...(a.phone === b.phone && before.e164 === after.e164 ? [] : ['phone']),
    ...(a.email === b.email ? [] : ['mail address']),
  ]
  return parts.length === 0 ? [] : [`the guest's ${parts.join(', ')}`]
}
