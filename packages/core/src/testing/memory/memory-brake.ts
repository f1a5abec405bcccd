import { isStanding, listName, lossAfter, type LossGroup, type LossState, weighLoss } from '../../domain/brake.ts'
import { plus } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import { decidedEffects } from '../../engine/brake-words.ts'
import type { Effects, HeldLosses, LossAnswer, LossClaim, LossDecision } from '../../ports/stores.ts'
import { devicesOf } from './memory-stay.ts'
import type { MemoryState, StoredLoss } from './memory-state.ts'

/** Asks the brake and writes down what it says. */
export function claimLoss(state: MemoryState, claim: LossClaim): LossAnswer {
  const { bookingId, bookingVersion, codeIds, whole, now } = claim
  const own = state.losses.get(bookingId)
  const connectionId = state.bookings.get(bookingId)?.booking.connectionId ?? ''
  const connection = state.connections.get(connectionId)?.name ?? ''
  if (codeIds.length === 0) {
    if (own?.state === 'held' || own?.state === 'refused') state.losses.delete(bookingId)
    return { verdict: 'clear', connectionId, waiting: waitingOf(state, connectionId).length, connection }
  }
  const propertyIds = propertiesOf(state, codeIds).filter((id) => id !== claim.toPropertyId)
  const asked = { bookingVersion, ...(own ? { own } : {}), now }
  const isPulled = waitingOf(state, connectionId).some(([id]) => id !== bookingId)
  const verdict = weighLoss({ ...asked, isPulled, groups: groupsOf(state, claim, connectionId, propertyIds) })
  const facts = { connectionId, propertyIds, codes: codeIds.length, whole }
  state.losses.set(bookingId, { ...own, ...facts, ...lossAfter(asked, verdict) })
  return { verdict, connectionId, waiting: waitingOf(state, connectionId).length, connection }
}

function groupsOf(
  state: MemoryState,
  { bookingId, whole, now }: LossClaim,
  connectionId: string,
  propertyIds: readonly string[],
): LossGroup[] {
  const since = plus(now, -limits.brake.per)
  const counted = [...state.losses].filter(
    ([id, loss]) => id !== bookingId && loss.state === 'counted' && loss.at > since,
  )
  const gone = new Set(counted.map(([id]) => id))
  const standing = [...state.codes.values()].filter(
    (code) => code.goneAt === undefined && isStanding(code, now) && !gone.has(code.bookingId),
  )
  const stays = (codes: typeof standing) => new Set(codes.map((code) => code.bookingId)).size
  const ofConnection = {
    standing: stays(
      standing.filter((code) => state.bookings.get(code.bookingId)?.booking.connectionId === connectionId),
    ),
    lost: counted.filter(([, loss]) => loss.whole && loss.connectionId === connectionId).length,
  }
  const ofProperties = propertyIds.map((propertyId) => {
    const devices = devicesIn(state, propertyId)
    return {
      standing: stays(standing.filter(({ deviceId }) => devices.has(deviceId))),
      lost: counted.filter(([, loss]) => loss.propertyIds.includes(propertyId)).length,
    }
  })
  return [...(whole ? [ofConnection] : []), ...ofProperties]
}

/** Properties behind whose doors these codes are; a device that no longer leads anywhere is in none. */
function propertiesOf(state: MemoryState, codeIds: readonly string[]): string[] {
  const devices = new Set(codeIds.flatMap((id) => state.codes.get(id)?.deviceId ?? []))
  return [...state.properties.keys()].filter((id) => [...devicesIn(state, id)].some((device) => devices.has(device)))
}

function devicesIn(state: MemoryState, propertyId: string): Set<string> {
  const units = [...state.units.values()].filter((unit) => unit.propertyId === propertyId)
  return new Set(units.flatMap(({ path }) => devicesOf(path.flatMap((id) => state.doors.get(id) ?? []))))
}

function waitingOf(state: MemoryState, connectionId: string): [string, StoredLoss][] {
  return [...state.losses].filter(([, loss]) => loss.connectionId === connectionId && loss.state === 'held')
}

export function heldLosses(state: MemoryState): HeldLosses[] {
  return [...state.connections.values()].flatMap(({ id, name }): HeldLosses[] => {
    const waiting = waitingOf(state, id)
    const stays = waiting.flatMap(([bookingId, { bookingVersion, codes }]) => {
      const booking = state.bookings.get(bookingId)?.booking
      if (!booking) return []
      const { ref, arrival, departure } = booking
      const days = { ...(arrival === undefined ? {} : { arrival }), ...(departure === undefined ? {} : { departure }) }
      return [{ bookingId, bookingVersion, ref, ...days, codes }]
    })
    const since = waiting.map(([, { at }]) => at).sort()[0]
    return since === undefined ? [] : [{ list: listName(id, stays), connection: { id, name }, since, stays }]
  })
}

/** What a person's word about one list does besides. `undefined`: there is no such list. */
export function decideLosses(
  state: MemoryState,
  { list, approve, now }: LossDecision,
): { readonly stays: number; readonly effects?: Effects } | undefined {
  const word: LossState['state'] = approve ? 'approved' : 'refused'
  const found = heldLosses(state).find((one) => one.list === list)
  if (!found) {
    const before = [...state.losses.values()].filter((loss) => loss.list === list && loss.state === word)
    return before.length === 0 ? undefined : { stays: before.length }
  }
  for (const { bookingId } of found.stays) {
    const loss = state.losses.get(bookingId)
    if (loss) state.losses.set(bookingId, { ...loss, state: word, at: now, list })
  }
  return { stays: found.stays.length, effects: decidedEffects(found, approve, now) }
}
