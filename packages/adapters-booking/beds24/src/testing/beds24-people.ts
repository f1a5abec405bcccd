import { isDay, rowIn } from './beds24-handlers.ts'
import { type Beds24Row, type Beds24State, nobody } from './beds24-state.ts'

export interface NewBooking {
  readonly roomId: number
  readonly unitId?: number | null
  readonly roomQty?: number
  readonly arrival: string
  readonly departure: string
  readonly status?: string
  readonly channel?: string
  readonly apiSource?: string
  readonly arrivalTime?: string
  readonly guest?: Partial<Beds24Row['guest']>
}

/** Beds24's hosts, guests and channels. */
export interface Beds24People {
  /** Returns the new booking's ref. */
  book(booking: NewBooking): string
  /** Somebody types one in by hand; `handMadeRing` says whether it rings. */
  typeIn(booking: NewBooking): string
  cancel(ref: string): void
  /** It stops existing: no status, no webhook. */
  erase(ref: string): void
  /** `710002-1`: room and unit. */
  move(ref: string, unitRef: string): void
  /** Takes its unit away, or gives it one; Beds24 does not promise a webhook for it. */
  assign(ref: string, unitId: number | null): void
  changeDates(ref: string, dates: { readonly arrival?: string; readonly departure?: string }): void
  setStatus(ref: string, status: string): void
  /** Beds24 forgets who it was, some time after the stay. */
  anonymise(ref: string): void
  guestWrites(ref: string, text: string): void
  /** A note that no guest may see. */
  noteWrites(ref: string, text: string): void
}

/** Plays Beds24's people on a state. `ring` puts a webhook on its way. */
export function peopleOf(
  state: Beds24State,
  now: () => number,
  ring: (bookingId: number, message: boolean) => void,
): Beds24People {
  const change = (ref: string, fields: Partial<Beds24Row>, rings = true) => {
    const row = Object.assign(rowIn(state, ref), fields, { modifiedAt: now() })
    if (rings) ring(row.id, false)
  }
  const write = (ref: string, source: 'guest' | 'internalNote', text: string) => {
    const { id: bookingId } = rowIn(state, ref)
    state.messages.push({ id: ++state.counters.message, bookingId, source, text, at: now() })
    if (source === 'guest') ring(bookingId, true)
  }
  const add = ({ unitId = null, roomQty = 1, guest = {}, ...more }: NewBooking, rings: boolean) => {
    const id = ++state.counters.booking
    state.bookings.push({
      id,
      masterId: null,
      roomId: more.roomId,
      unitId,
      roomQty,
      status: more.status ?? 'new',
      arrival: more.arrival,
      departure: more.departure,
      arrivalTime: more.arrivalTime ?? '',
      guest: { ...nobody, ...guest },
      channel: more.channel ?? 'booking',
      apiSource: more.apiSource ?? 'Booking.com',
      apiReference: `40000${id}`,
      bookedAt: now(),
      modifiedAt: now(),
      cancelledAt: null,
    })
    if (rings) ring(id, false)
    return String(id)
  }
  return {
    book: (booking) => add(booking, true),
    typeIn: (booking) => add({ channel: 'direct', apiSource: 'Direct', ...booking }, state.switches.handMadeRing),
    // A cancellation over the API leaves no time of it.
    cancel: (ref) => change(ref, { status: 'cancelled' }),
    erase: (ref) => {
      const { id } = rowIn(state, ref)
      state.bookings = state.bookings.filter((row) => row.id !== id)
    },
    move: (ref, unitRef) => {
      const [roomId = 0, unitId = 0] = unitRef.split('-').map(Number)
      change(ref, { roomId, unitId })
    },
    assign: (ref, unitId) => change(ref, { unitId }, false),
    changeDates: (ref, dates) => change(ref, dates, Object.values(dates).every(isDay)),
    setStatus: (ref, status) => change(ref, { status }),
    anonymise: (ref) => void Object.assign(rowIn(state, ref), { guest: nobody }),
    guestWrites: (ref, text) => write(ref, 'guest', text),
    noteWrites: (ref, text) => write(ref, 'internalNote', text),
  }
}
