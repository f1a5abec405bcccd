import { millisecondsOf } from '../../domain/instant.ts'
import type { Claim } from '../../ports/work-queue.ts'
import type { Side, World } from './world.ts'

/** Hands due keys to hubs with room; resolves to when there is something to do again. */
export function claiming(world: World): () => Promise<number | undefined> {
  const { settle } = world.vendors
  const hands = new Map<Side, () => Promise<number | undefined>>()
  const claim = async () => {
    let next: number | undefined
    for (const side of world.sides) {
      const hand = hands.get(side) ?? handing(world, side)
      hands.set(side, hand)
      const due = await hand()
      if (due !== undefined && (next === undefined || due < next)) next = due
    }
    return next
  }
  if (!settle) return claim
  return async () => {
    await settle()
    const due = await claim()
    await settle()
    return due
  }
}

function handing({ schedule, plot }: World, { queue, hubs }: Side): () => Promise<number | undefined> {
  let turn = 0
  return async () => {
    const up = hubs.filter(({ room }) => room > 0)
    const ready = up.length > 0 ? await queue.tick(schedule.instant()) : 0
    if (ready > 0) {
      let taken = 0
      for (let index = 0; index < up.length && taken < ready; index += 1) {
        const hub = up[(turn + index) % up.length]
        const claims: readonly Claim[] = hub
          ? await queue.claim(hub.room, plot.neighbour ? hub.full : [], schedule.instant())
          : []
        for (const claim of claims) hub?.take(claim)
        taken += claims.length
      }
      turn += 1
      if (taken > 0) return schedule.now
    }
    if (up.length === 0) return undefined
    const due = await queue.nextDue()
    return due === undefined ? undefined : millisecondsOf(due)
  }
}
