import type { Booking } from '../../domain/booking.ts'
import { bookingLine, factsText, isChangedSince, looksOld } from '../../domain/booking-change.ts'
import { type Instant, parseInstant } from '../../domain/instant.ts'
import { type FoundBookings, LeaseLost, type TimelineEntry } from '../../ports/stores.ts'
import type { Look, Mark } from '../../ports/work-queue.ts'
import { type MemoryState, type StoredBooking, unitOf } from './memory-state.ts'

export interface BookingsStored {
  readonly created: number
  readonly changed: number
  readonly marks: readonly Mark[]
  readonly timeline: readonly TimelineEntry[]
}

/**
 * Takes over what a source says. What a newer look has saved, or a list shows older than it is known, is
 * not overwritten but read again by its id.
 */
export function storeBookings(
  state: MemoryState,
  { fence }: Look,
  found: FoundBookings,
  now: Instant,
  newId: () => string,
): BookingsStored {
  const { connectionId, cause } = found
  if (!state.connections.has(connectionId)) throw new LeaseLost(`Connection ${connectionId} is no longer there.`)
  const marks: Mark[] = []
  const timeline: TimelineEntry[] = []
  let created = 0
  let changed = 0
  const byRef = new Map([...state.bookings.values()].map((stored) => [nameOf(stored.booking), stored]))
  for (const facts of new Map(found.bookings.map((booking) => [booking.ref, booking])).values()) {
    const known = byRef.get(nameOf({ connectionId, ref: facts.ref }))
    if (known && factsText(known.booking) === factsText(facts)) {
      if (!found.setBack || !isChangedSince(known.booking, facts)) continue
      state.bookings.set(known.booking.id, { ...known, booking: { ...known.booking, changedAt: facts.changedAt } })
      marks.push({ kind: 'messages', key: known.booking.id, why: 'step' })
      continue
    }
    const isOldList = cause !== 'webhook' && known !== undefined && looksOld(facts, known.booking)
    if (known && (known.sourceFence > fence || isOldList)) {
      marks.push({ kind: 'fetch', key: `${connectionId}/${facts.ref}`, why: 'step' })
      continue
    }
    const { id, version, knownSince } = known?.booking ?? { id: newId(), version: 0, knownSince: now }
    const booking = { ...facts, id, connectionId, version: version + 1, knownSince }
    const after: StoredBooking = { ...known, booking, sourceFence: fence, changedAt: now }
    state.bookings.set(id, after)
    const flatOf = (unitRef: string | undefined) =>
      flatName(state, { ...booking, ...(unitRef ? { unitRef } : {}) }, unitRef)
    timeline.push({ bookingId: id, ...bookingLine(known?.booking, facts, flatOf), cause })
    marks.push({ kind: 'booking', key: id, why: 'step', ...nearness(facts.arrival) })
    if (known) changed += 1
    else created += 1
  }
  return { created, changed, marks, timeline }
}

export function nearness(arrival: string | undefined): { readonly priority?: Instant } {
  const priority = arrival === undefined ? undefined : parseInstant(`${arrival}T00:00:00Z`)
  return priority === undefined ? {} : { priority }
}

function flatName(state: MemoryState, booking: Omit<Booking, 'unitId'>, unitRef: string | undefined): string {
  if (unitRef === undefined) return 'no flat assigned'
  return unitOf(state, booking)?.name ?? `flat ${unitRef} (not linked)`
}

const nameOf = ({ connectionId, ref }: Pick<Booking, 'connectionId' | 'ref'>) => `${connectionId} ${ref}`
