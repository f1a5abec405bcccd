import { changesBetween, type ComparedField, stateOf } from '../../domain/code-transition.ts'
import type { Instant } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
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

/** Whether somebody changes it again each time it is put right. */
export function isContested({ transitions }: MemoryState, { id, want, wantedSince }: StoredCode): boolean {
  const own = want === 'present' ? transitions.filter(({ codeId }) => codeId === id) : []
  const asked = own.findLast(({ cause }) => cause === 'person')?.at ?? ''
  const rewrites = own.filter(
    ({ was, became, compared, at }) =>
      (was?.evidence === 'confirmed' || was?.evidence === 'used') &&
      became.evidence === 'sent' &&
      became.want === 'present' &&
      compared.length === 0 && // written at once, and not only missed in a listing
      at >= wantedSince &&
      at > asked,
  )
  return rewrites.length >= limits.rewrites
}
