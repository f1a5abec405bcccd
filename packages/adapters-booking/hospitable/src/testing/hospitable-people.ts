import { messageJson, propertyJson, reservationJson, secondsOf } from './hospitable-answers.ts'
import {
  fakeId,
  type HospitableGuest,
  type HospitableProperty,
  type HospitableReservation,
  type HospitableState,
} from './hospitable-state.ts'
import type { Happening } from './hospitable-webhooks.ts'

/** `announce: false`: it happens, and no webhook ever says so. */
export interface Telling {
  readonly announce?: boolean
}

export interface NewBooking extends Telling {
  /** `2026-07-10`. */
  readonly arrival: string
  readonly departure: string
  readonly unitRef: string
  readonly guest?: HospitableGuest | null
  /** `16:00`; the property's times when absent. */
  readonly checkIn?: string
  readonly checkOut?: string
  /** `airbnb`; a direct booking when absent. */
  readonly platform?: string
  readonly stayType?: string
}

/** What people do in Hospitable: guests who book and write, and the host. Refs are reservation ids. */
export interface HospitablePeople {
  /** Returns the new booking's ref. */
  book(booking: NewBooking): string
  /** The host closes a property in the calendar. It is no reservation, has no id and rings no webhook. */
  block(block: { readonly unitRef: string; readonly from: string; readonly to: string }): void
  changeDates(ref: string, dates: { readonly arrival?: string; readonly departure?: string }, telling?: Telling): void
  changeTimes(ref: string, times: { readonly checkIn?: string; readonly checkOut?: string }, telling?: Telling): void
  changeGuest(ref: string, guest: HospitableGuest | null, telling?: Telling): void
  move(ref: string, unitRef: string, telling?: Telling): void
  /** `checkpoint`, `request`, `not accepted` and the like. */
  setStatus(ref: string, category: string, subCategory?: string | null, telling?: Telling): void
  cancel(ref: string, telling?: Telling): void
  /** Deletes it: from now on it answers 404. Hospitable has no webhook for this. */
  erase(ref: string): void
  guestWrites(ref: string, text: string, telling?: Telling): void
  /** Typed by the host in Hospitable. */
  hostWrites(ref: string, text: string, telling?: Telling): void
  /** One property becomes part of another: its reservations carry the other's id from then on. */
  merge(unitRef: string, into: string): void
  /** The host renames a property. */
  rename(unitRef: string, name: string): void
  /** The dashboard's Test button: the latest reservation, as it is. */
  pressTest(): void
  /** "Send historic webhooks": every accepted reservation. */
  sendHistoric(): void
  /** The host takes the account away: the token dies and one last webhook says so. */
  disconnect(): void
}

/** Plays Hospitable's people on a state. `send` puts a webhook on its way. */
export function peopleOf(state: HospitableState, now: () => number, send: (happening: Happening) => void) {
  const json = (row: HospitableReservation) => reservationJson(row, state, ['guest', 'properties'])
  const tell = (row: HospitableReservation, triggers: readonly string[], changed: readonly string[]) =>
    send({ action: 'reservation.changed', data: json(row), triggers, changed })
  const write = (ref: string, from: 'guest' | 'host', text: string, { announce = true }: Telling = {}) => {
    reservationIn(state, ref)
    const id = ++state.counters.message
    const row = { id, reservationId: ref, from, text, at: now(), sentReferenceId: null }
    state.messages.push(row)
    if (announce) send({ action: 'message.created', data: messageJson(row, state) })
  }

  const people: HospitablePeople = {
    book: ({ arrival, departure, unitRef, announce = true, ...more }) => {
      const place = propertyIn(state, unitRef)
      const { platform = 'direct', guest = null, stayType = 'guest_stay' } = more
      const number = ++state.counters.reservation
      const changed_at = secondsOf(now())
      const row: HospitableReservation = {
        id: fakeId('reservation', number),
        platform,
        platformId: `HM${number}`,
        category: 'accepted',
        subCategory: null,
        history: [{ category: 'accepted', sub_category: null, changed_at }],
        arrival,
        departure,
        checkIn: more.checkIn ?? place.checkin,
        checkOut: more.checkOut ?? place.checkout,
        propertyId: place.id,
        stayType,
        guest,
        bookedAt: now(),
      }
      state.reservations.push(row)
      if (announce) send({ action: 'reservation.created', data: json(row) })
      return row.id
    },
    block: ({ unitRef, from, to }) => void state.blocks.push({ propertyId: propertyIn(state, unitRef).id, from, to }),
    changeDates: (ref, dates, { announce = true } = {}) => {
      const row = Object.assign(reservationIn(state, ref), dates)
      if (announce) tell(row, ['dates_changed'], ['arrival_date', 'departure_date', 'check_in', 'check_out'])
    },
    changeTimes: (ref, times, { announce = true } = {}) => {
      const row = Object.assign(reservationIn(state, ref), times)
      if (announce) tell(row, ['checkin_changed', 'checkout_changed'], ['check_in', 'check_out'])
    },
    changeGuest: (ref, guest, { announce = true } = {}) => {
      const row = Object.assign(reservationIn(state, ref), { guest })
      if (announce) tell(row, ['guests_changed'], ['guests'])
    },
    move: (ref, unitRef, { announce = true } = {}) => {
      const row = Object.assign(reservationIn(state, ref), { propertyId: propertyIn(state, unitRef).id })
      if (announce) tell(row, ['listing_changed'], ['properties'])
    },
    setStatus: (ref, category, subCategory = null, { announce = true } = {}) => {
      const row = Object.assign(reservationIn(state, ref), { category, subCategory })
      row.history.push({ category, sub_category: subCategory, changed_at: secondsOf(now()) })
      if (announce) tell(row, ['status_changed'], ['reservation_status'])
    },
    cancel: (ref, telling) => people.setStatus(ref, 'cancelled', null, telling),
    erase: (ref) => {
      const { id } = reservationIn(state, ref)
      state.reservations = state.reservations.filter((row) => row.id !== id)
    },
    guestWrites: (ref, text, telling) => write(ref, 'guest', text, telling),
    hostWrites: (ref, text, telling) => write(ref, 'host', text, telling),
    merge: (unitRef, into) => {
      const [previous, next] = [propertyIn(state, unitRef), propertyIn(state, into)]
      for (const row of state.reservations) if (row.propertyId === previous.id) row.propertyId = next.id
      state.properties = state.properties.filter((row) => row !== previous)
      send({ action: 'property.merged', data: { previous_id: previous.id, new_id: next.id } })
      send({ action: 'property.changed', data: propertyJson(next, state), triggers: ['listings'] })
    },
    rename: (unitRef, name) => {
      const place = Object.assign(propertyIn(state, unitRef), { name })
      send({ action: 'property.changed', data: propertyJson(place, state), triggers: ['name'] })
    },
    pressTest: () => {
      const latest = state.reservations.at(-1)
      if (latest) send({ action: 'reservation.changed', data: json(latest), triggers: ['test'] })
    },
    sendHistoric: () => {
      for (const row of state.reservations)
        if (row.category === 'accepted')
          send({ action: 'reservation.created', data: json(row), triggers: ['historic_reservation'] })
    },
    disconnect: () => {
      state.account.accessToken = 'taken away'
      state.account.readOnlyToken = 'taken away'
      send({
        action: 'integration.disconnected',
        data: { user: state.account.id, disconnected_at: secondsOf(now()) },
      })
    },
  }
  return people
}

/** Throws for an id that is not there: whoever plays the story mistyped it. */
function reservationIn({ reservations }: HospitableState, ref: string): HospitableReservation {
  const found = reservations.find(({ id }) => id === ref)
  if (!found) throw new RangeError(`the fake Hospitable holds no reservation ${ref}`)
  return found
}

function propertyIn({ properties }: HospitableState, unitRef: string): HospitableProperty {
  const found = properties.find(({ id }) => id === unitRef)
  if (!found) throw new RangeError(`the fake Hospitable has no property ${unitRef}`)
  return found
}
