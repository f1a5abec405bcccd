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

/** The tenant beside the house's own. */
export const neighbourId = 'a neighbour'

/** Instead of the engine's look at a key. */
export interface OtherLook {
  /** Milliseconds. */
  readonly takes: number
  readonly throws: boolean
}

/** Which looks are none of the engine's: those at a poisoned key, which all throw, and a neighbour's, which take their time. */
export function otherLooks({ poison, neighbour }: Plot, store: TenantStore, { source, devices }: Furnished) {
  if (neighbour)
    return async ({ tenantId }: Claim): Promise<OtherLook | undefined> =>
      tenantId === neighbourId ? { takes: neighbour.takes, throws: false } : undefined
  if (!poison) return undefined
  const keyOf = async () =>
    poison.kind === 'device' ? devices.get(poison.door) : (await store.bookingByRef(source, poison.stay))?.id
  return async (claim: Claim): Promise<OtherLook | undefined> =>
    claim.kind === poison.kind && claim.key === (await keyOf()) ? { takes: poison.takes, throws: true } : undefined
}

/** Something that must not be felt by others: who they are is found by playing the same run without it. */
export interface Disturbance {
  readonly id: string
  readonly because: string
  /** The same run without it. */
  readonly sound: Plot
  readonly isTouched: (stay: Stay) => boolean
}

export function disturbanceOf(plot: Plot): Disturbance | undefined {
  const { poison, neighbour, ...sound } = plot
  if (poison)
    return {
      id: 'E7',
      because: 'another key at which every look fails',
      sound,
      isTouched: ({ ref, versions }) =>
        poison.kind === 'device'
          ? versions.some(({ facts }) => doorsOf(facts, plot.house).includes(poison.door))
          : poison.stay === ref,
    }
  if (neighbour) return { id: 'I3', because: "another tenant's flood", sound, isTouched: () => false }
  const scenes = plot.scenes.filter((scene) => scene.do !== 'forge')
  if (scenes.length === plot.scenes.length) return undefined
  return { id: 'D6', because: 'webhooks that somebody made up', sound: { ...plot, scenes }, isTouched: () => false }
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

/** E7, I3, D6: whatever happens to all others happens as soon as it does without the disturbance. */
export function undisturbedJudge(
  { truth }: World,
  { id, because, isTouched }: Disturbance,
  without: Moments,
  moments: Moments,
): Judge {
  return {
    ended: () => {
      for (const [what, at] of without) {
        const stay = truth.bookings.stays.get(what.split(' ')[0] ?? '')
        if (!stay || isTouched(stay) || at > truth.now - slack) continue
        // Whether something still comes about before it is called off is a matter of seconds.
        if (stay.versions.some((version) => version.at > at - slack && version.at <= at + slack && version.number > 1))
          continue
        const then = moments.get(what)
        truth.check(id, then !== undefined && then <= at + slack, () => {
          const late = then === undefined ? 'never' : `${Math.round((then - at) / 1000)} s later`
          return `${what}: ${late}, because of ${because}.`
        })
      }
    },
  }
}
