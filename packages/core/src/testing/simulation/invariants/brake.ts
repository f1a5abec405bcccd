import { limits } from '../../../domain/limits.ts'
import type { Judge } from '../judge.ts'
import { hour } from '../plot.ts'
import type { Truth } from '../truth.ts'
import type { StayChanges } from '../../../ports/stores.ts'
import type { SimulatedKeypad } from '../world/keypad.ts'
import type { Stay } from '../world/stays.ts'

/**
 * A10: within an hour no more stays lose their codes before their time than the brake lets through, unless a person has
 * approved it. Counted where it is decided, because a lock that was offline may lose the codes of many hours at once.
 */
export function brakeJudge(truth: Truth): Judge {
  const { stays: most, share } = limits.brake
  /** When it was decided that a code has to go. */
  const ended = new Map<string, number>()
  const lost = new Map<Stay, number>()

  function removeAsked(keypad: SimulatedKeypad, ref: string): void {
    const entry = keypad.cloud.get(ref)
    const stay = truth.owners.get(entry?.mark ?? '')?.stay
    // A device that knows whole hours only is asked to end it at the end of its stay all the same.
    const isOver = entry?.until !== null && (entry?.until ?? 0) - keypad.plot.windowStep < truth.now
    if (!entry || !stay || isOver) return
    if (stay.known()?.facts.state === 'confirmed' || truth.braked.get(stay)?.state === 'approved') return
    const decidedAt = ended.get(entry.mark ?? '')
    // It is put right: taken away, and made anew; or a double of it goes.
    const isTwice = [...keypad.cloud.values()].some((other) => other.mark === entry.mark && other.ref !== ref)
    if (decidedAt === undefined && (isTwice || !keypad.plot.canUpdate)) return
    const at = decidedAt ?? truth.now
    const before = lost.get(stay)
    if (before === undefined || at - before >= hour) lost.set(stay, at)
    const recent = [...lost].filter(([, one]) => at - hour < one && one <= at).map(([one]) => one)
    const upcoming = new Set([...recent, ...standing()])
    truth.check('A10', recent.length <= Math.max(most, share * upcoming.size), () => {
      return `${recent.length} stays lose their codes within an hour, and nobody has approved it.`
    })
  }

  function* standing(): Generator<Stay> {
    for (const keypad of truth.keypads)
      for (const { mark, until } of keypad?.cloud.values() ?? []) {
        const stay = truth.owners.get(mark ?? '')?.stay
        if (stay && until !== null && until > truth.now) yield stay
      }
  }

  return {
    removeAsked,
    stored: (name, args) => {
      if (name !== 'saveStay') return
      for (const { mark, want } of (args[1] as StayChanges).update ?? []) // as the port says
        if (want === 'absent' && !ended.has(mark)) ended.set(mark, truth.now)
    },
  }
}
