import { changesBetween, type ComparedField, stateOf } from '../../domain/code-transition.ts'
import type { Instant } from '../../domain/instant.ts'
import { decidedDrift } from '../../domain/drift.ts'
import { decidedDriftEffects } from '../../engine/drift-story.ts'
import type { DriftDecision, Effects } from '../../ports/stores.ts'
import { causeOf, type Look } from '../../ports/work-queue.ts'
import type { MemoryState, StoredCode } from './memory-state.ts'

/** Stores a code as it is now, and what has changed of it. */
export function storeCode(
  state: MemoryState,
  look: Look,
  after: StoredCode,
  now: Instant,
  {
    compared = [],
    outside = false,
  }: { readonly compared?: readonly ComparedField[] | undefined; readonly outside?: boolean | undefined } = {},
): void {
  const { id: codeId, bookingId, deviceId } = after
  const before = state.codes.get(codeId)
  state.codes.set(codeId, after)
  const changed = changesBetween(before, after)
  if (changed.length === 0) return
  const transitions = state.transitions.get(codeId) ?? []
  state.transitions.set(codeId, transitions)
  transitions.push({
    codeId,
    bookingId,
    deviceId,
    at: now,
    ...(before ? { was: stateOf(before) } : {}),
    became: stateOf(after),
    changed,
    cause: outside ? 'outside' : causeOf(look),
    bookingVersion: state.bookings.get(bookingId)?.booking.version ?? 0,
    compared,
  })
}

/** A person's word about a code that was changed on its device. What a look at the device found before, counts no more. */
export function decideDrift({ codes }: MemoryState, { codeId, decision, now }: DriftDecision): Effects | undefined {
  const code = codes.get(codeId)
  const drift = code && code.goneAt === undefined ? decidedDrift(code, decision) : undefined
  if (!code || !drift) return undefined
  const { restored: _restored, ...rest } = code
  codes.set(codeId, { ...rest, drift, revision: code.revision + 1 })
  return { now, ...decidedDriftEffects(code, decision) }
}
