import type { TenantStore } from '../../ports/stores.ts'
import type { Claim } from '../../ports/work-queue.ts'
import type { Furnished } from './furnish.ts'
import type { Judge } from './judge.ts'
import { minute, type Plot } from './plot.ts'
import type { World } from './world.ts'
import { doorsOf, type Stay } from './world/stays.ts'

/** What every look at a poisoned key ends with. */
export class Poisoned extends Error {
  override name = 'Poisoned'
}

/** How long a look at this key takes before it throws; `undefined` for all keys but the poisoned one. */
export function poisonOf({ poison }: Plot, store: TenantStore, { source, devices }: Furnished) {
  if (!poison) return undefined
  const keyOf = async () =>
    poison.kind === 'device' ? devices.get(poison.door) : (await store.bookingByRef(source, poison.stay))?.id
  return async (claim: Claim) =>
    claim.kind === poison.kind && claim.key === (await keyOf()) ? poison.takes : undefined
}

/** When what first happened to whom: `S1 told`, `S1 device-0`. */
export type Moments = Map<string, number>

/** Randomness falls otherwise in the two runs: a round of a gateway, a listing that shows a code later. */
const slack = 5 * minute

/** Notes when guests were first told, and when their codes first came to be at each door. */
export function momentsOf({ truth }: World, moments: Moments): Judge {
  const first = (what: string) => {
    if (!moments.has(what)) moments.set(what, truth.now)
  }
  return {
    arrived: (stay) => first(`${stay.ref} told`),
    doorChanged: (keypad) => {
      for (const { mark } of keypad.held.values()) {
        const stay = truth.owners.get(mark ?? '')?.stay
        if (stay) first(`${stay.ref} ${keypad.id}`)
      }
    },
  }
}

/** E7: whatever happens to all others happens as soon as it does without the poisoned key. */
export function poisonJudge({ truth }: World, without: Moments, moments: Moments): Judge {
  const { poison, house } = truth.plot

  function isTouched({ ref, versions }: Stay): boolean {
    if (poison?.kind !== 'device') return poison?.stay === ref
    return versions.some(({ facts }) => doorsOf(facts, house).includes(poison.door))
  }

  return {
    ended: () => {
      for (const [what, at] of without) {
        const stay = truth.bookings.stays.get(what.split(' ')[0] ?? '')
        if (!stay || isTouched(stay) || at > truth.now - slack) continue
        const then = moments.get(what)
        truth.check('E7', then !== undefined && then <= at + slack, () => {
          const late = then === undefined ? 'never' : `${Math.round((then - at) / 1000)} s later`
          return `${what}: ${late}, because of another key at which every look fails.`
        })
      }
    },
  }
}
