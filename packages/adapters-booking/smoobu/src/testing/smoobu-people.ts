import {
  cancelReservationPayload,
  deleteReservationPayload,
  newMessagePayload,
  newReservationPayload,
  onlineCheckInUpdatePayload,
  type SmoobuPayload,
  updateReservationPayload,
} from './payloads.ts'
import { reservationJson } from './smoobu-answers.ts'
import type { SmoobuGuest, SmoobuReservation, SmoobuState } from './smoobu-state.ts'

/** `announce: false`: it happens, and no webhook ever says so. */
export interface Telling {
  readonly announce?: boolean
}

export interface NewBooking extends Telling {
  /** `2026-07-10`. */
  readonly arrival: string
  readonly departure: string
  readonly unitRef: string
  readonly guest?: Partial<SmoobuGuest>
  /** `16:00`; usually nobody fills it. */
  readonly checkIn?: string
  readonly checkOut?: string
  /** `Airbnb`; a direct booking when absent. */
  readonly channel?: string
}

/** What people do in Smoobu: guests who book and write, and the host at the calendar. Refs are reservation numbers. */
export interface SmoobuPeople {
  /** Returns the new booking's ref. */
  book(booking: NewBooking): string
  /** The owner closes a flat. Returns the block's ref. */
  block(block: Pick<NewBooking, 'arrival' | 'departure' | 'unitRef' | 'announce'>): string
  changeDates(ref: string, dates: { readonly arrival?: string; readonly departure?: string }, telling?: Telling): void
  changeGuest(ref: string, guest: Partial<SmoobuGuest>, telling?: Telling): void
  move(ref: string, unitRef: string, telling?: Telling): void
  cancel(ref: string, telling?: Telling): void
  /** A cancelled booking is taken back in. */
  restore(ref: string, telling?: Telling): void
  /** Deletes it: from now on it answers 404. */
  erase(ref: string, telling?: Telling): void
  /** The guest fills in the arrival time online. */
  checkInOnline(ref: string, checkIn: string, telling?: Telling): void
  guestWrites(ref: string, text: string, telling?: Telling): void
  /** Typed by the host in Smoobu: no webhook, and the reservation does not count as modified. */
  hostWrites(ref: string, text: string): void
}

/** Plays Smoobu's people on a state. `send` puts a webhook on its way. */
export function peopleOf(state: SmoobuState, now: () => number, send: (payload: SmoobuPayload) => void): SmoobuPeople {
  const user = state.account.id
  const json = (reservation: SmoobuReservation) => reservationJson(reservation, state.apartments)
  const change = (ref: string, edit: (reservation: SmoobuReservation) => void, { announce = true }: Telling = {}) => {
    const reservation = reservationIn(state, ref)
    edit(reservation)
    reservation.modifiedAt = now()
    if (announce) send(updateReservationPayload(reservation.id, user, json(reservation)))
  }
  const modify = (ref: string, edit: (reservation: SmoobuReservation) => void, telling?: Telling) =>
    change(ref, (reservation) => edit(Object.assign(reservation, { type: 'modification of booking' })), telling)
  const add = (booking: NewBooking, blocked: boolean): string => {
    state.counters.reservation++
    const { guest = {}, channel } = booking
    const reservation: SmoobuReservation = {
      id: state.counters.reservation,
      referenceId: channel === undefined ? null : `HM${state.counters.reservation}`,
      type: 'reservation',
      blocked,
      arrival: booking.arrival,
      departure: booking.departure,
      checkIn: booking.checkIn ?? null,
      checkOut: booking.checkOut ?? null,
      apartmentId: apartmentIn(state, booking.unitRef),
      channel: blocked ? { id: 11, name: 'Blocked channel' } : channelOf(channel),
      guest: { name: '', firstName: '', lastName: '', email: '', phone: '', language: null, ...guest },
      createdAt: now(),
      modifiedAt: now(),
    }
    state.reservations.push(reservation)
    if (booking.announce !== false) send(newReservationPayload(reservation.id, user, json(reservation)))
    return String(reservation.id)
  }
  const write = (ref: string, from: 'guest' | 'host', text: string): number => {
    state.counters.message++
    const message = {
      id: state.counters.message,
      reservationId: reservationIn(state, ref).id,
      from,
      subject: '',
      text,
      at: now(),
    }
    state.messages.push(message)
    return message.id
  }

  return {
    book: (booking) => add(booking, false),
    block: (block) => add(block, true),
    changeDates: (ref, dates, telling) => modify(ref, (reservation) => Object.assign(reservation, dates), telling),
    changeGuest: (ref, guest, telling) =>
      modify(ref, (reservation) => Object.assign(reservation.guest, guest), telling),
    move: (ref, unitRef, telling) => {
      const apartmentId = apartmentIn(state, unitRef)
      modify(ref, (reservation) => Object.assign(reservation, { apartmentId }), telling)
    },
    cancel: (ref, { announce = true } = {}) => {
      change(ref, (reservation) => Object.assign(reservation, { type: 'cancellation' }), { announce: false })
      const reservation = reservationIn(state, ref)
      if (announce) send(cancelReservationPayload(reservation.id, user, json(reservation)))
    },
    restore: (ref, telling) =>
      change(ref, (reservation) => Object.assign(reservation, { type: 'reservation' }), telling),
    erase: (ref, { announce = true } = {}) => {
      const { id } = reservationIn(state, ref)
      state.reservations = state.reservations.filter((reservation) => reservation.id !== id)
      state.erased.push(id)
      if (announce) send(deleteReservationPayload(id, user))
    },
    checkInOnline: (ref, checkIn, { announce = true } = {}) => {
      change(ref, (reservation) => Object.assign(reservation, { checkIn }), { announce: false })
      if (announce) send(onlineCheckInUpdatePayload(Number(ref), user))
    },
    guestWrites: (ref, text, { announce = true } = {}) => {
      const id = write(ref, 'guest', text)
      if (announce) send(newMessagePayload(id, Number(ref), user))
    },
    hostWrites: (ref, text) => void write(ref, 'host', text),
  }
}

/** Throws for a number that is not there: whoever plays the story mistyped it. */
export function reservationIn({ reservations }: SmoobuState, ref: string): SmoobuReservation {
  const found = reservations.find(({ id }) => String(id) === ref)
  if (!found) throw new RangeError(`the fake Smoobu holds no reservation ${ref}`)
  return found
}

function apartmentIn({ apartments }: SmoobuState, unitRef: string): number {
  const found = apartments.find(({ id }) => String(id) === unitRef)
  if (!found) throw new RangeError(`the fake Smoobu has no apartment ${unitRef}`)
  return found.id
}

/** Numbers of channels differ between accounts, but for a few (docs/vendors/smoobu.md, reservations). */
function channelOf(name: string | undefined): SmoobuReservation['channel'] {
  return name === undefined ? { id: 13, name: 'Direct booking' } : { id: 465_600 + name.length, name }
}
