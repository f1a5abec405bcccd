import { changesBetween, type ComparedField, stateOf } from '../../domain/code-transition.ts'
import type { Instant } from '../../domain/instant.ts'
import { causeOf, type Look } from '../../ports/work-queue.ts'
import type { MemoryState, StoredCode } from './memory-state.ts'

/** Stores a code as it is now, and what has changed of it. */
export function storeCode(
  state: MemoryState,
  look: Look,
  after: StoredCode,
  now: Instant,
  compared: readonly ComparedField[] = [],
): void {
  const { id: codeId, bookingId, deviceId } = after
  const before = state.codes.get(codeId)
  state.codes.set(codeId, after)
  const changed = changesBetween(before, after)
  if (changed.length === 0) return
  state.transitions.push({
    codeId,
    bookingId,
    deviceId,
    at: now,
    ...(before ? { was: stateOf(before) } : {}),
    became: stateOf(after),
    changed,
    cause: causeOf(look),
    bookingVersion: state.bookings.get(bookingId)?.booking.version ?? 0,
    compared,
  })
}
