import { limits } from '../../domain/limits.ts'
import { outcomes } from './outcomes.ts'
import { hour, isWrong, minute, type Rhythm, type Scene } from './plot.ts'

interface Trouble {
  readonly from: number
  readonly until: number
  /** How long after it a hub that backed off may still wait. */
  readonly wait: number
}

/** When which part of the world was in trouble. What a hub owes counts from the calm after it. */
export class Health {
  readonly #troubles = new Map<string, Trouble[]>()
  readonly #rhythm: Rhythm

  constructor(rhythm: Rhythm) {
    this.#rhythm = rhythm
  }

  add(part: string, from: number, until: number, wait = backOff(until - from, 5.5 * minute)): void {
    const troubles = this.#troubles.get(part) ?? []
    troubles.push({ from, until, wait })
    this.#troubles.set(part, troubles)
  }

  addScene(scene: Scene): void {
    const { sweepNear } = this.#rhythm
    if (scene.do === 'weather') {
      const { says, effect } = outcomes[scene.as]
      const late = effect === 'late' ? 6 * hour : effect === 'silent' ? Number.MAX_SAFE_INTEGER : 0
      const slow = says === 'auth' || says === 'unreadable' || says === 'value'
      const length = scene.until - scene.at
      const wait =
        says === 'rate-limited' ? 17 * minute : backOff(length, slow ? 2 * sweepNear + 5 * minute : 5.5 * minute)
      this.add(scene.where, scene.at, scene.until + late, wait)
    } else if (scene.do === 'offline' || scene.do === 'slow-sync')
      this.add(`door-${scene.door}`, scene.at, scene.until, backOff(scene.until - scene.at, 35 * minute))
    else if (scene.do === 'hand') this.add(`door-${scene.door}`, scene.at, scene.at, 1.1 * sweepNear + 17 * minute)
    else if (scene.do === 'clock' && isWrong(scene))
      this.add('hub', scene.at, scene.until + limits.clockSettles, 3 * minute)
    else if (scene.do === 'set-back') this.add('hub', scene.at, scene.until + limits.readsFirst, 10 * minute)
    else if (scene.do === 'twin' && scene.counts)
      this.add('hub', scene.until, scene.until + limits.readsFirst, 10 * minute)
    else if (scene.do === 'store') this.add('hub', scene.at, scene.until)
    else if (scene.do === 'deaf') this.add('webhooks', scene.at, scene.until, 0)
  }

  /** From when on all these parts have been calm, waits included; after `now` when one of them is not yet. */
  calmFrom(now: number, ...parts: readonly string[]): number {
    let calm = Number.NEGATIVE_INFINITY
    for (const part of parts)
      for (const { from, until, wait } of this.#troubles.get(part) ?? [])
        if (from <= now) calm = Math.max(calm, until + wait)
    return calm
  }

  isCalm(now: number, ...parts: readonly string[]): boolean {
    return this.calmFrom(now, ...parts) <= now
  }
}

/** A wait that doubles is at most about twice as long as what it waited for. */
function backOff(length: number, most: number): number {
  return Math.min(2 * length + minute, most)
}
