import type { Judge } from './judge.ts'
import { minute } from './plot.ts'
import type { Planned } from './schedule.ts'
import type { Truth } from './truth.ts'
import { admits, type Entry } from './world/keypad.ts'
import { leadsThrough, windowOf } from './world/stays.ts'

const every = 5 * minute

/**
 * Has all judges look at the doors while one of them opens for somebody whom it should not, every five minutes: what is
 * wrong then becomes a violation with time alone. A door that is right stays so until a window ends, a booking changes or
 * the door does, so nothing is asked before.
 */
export function ticking(truth: Truth, judges: readonly Judge[]): Judge {
  const { schedule, plot } = truth
  let planned: Planned | undefined

  function tick(): void {
    for (const judge of judges) judge.tick?.()
    planned = undefined
    arm()
  }

  function arm(): void {
    const at = Math.min(...dues())
    if (planned && planned.at <= at) return
    if (planned) schedule.callOff(planned)
    planned = at < plot.end ? schedule.at(at, tick) : undefined
  }

  function* dues(): Generator<number> {
    for (const keypad of truth.keypads)
      for (const entry of keypad?.held.values() ?? [])
        if (entry.mark !== undefined) yield dueAt(entry, keypad?.door ?? 0)
  }

  /** When this entry has to be judged next. */
  function dueAt(entry: Entry, door: number): number {
    const { now } = truth
    if (!admits(entry, now)) return entry.enabled && entry.from !== null && entry.from > now ? entry.from : plot.end
    const stay = truth.owners.get(entry.mark ?? '')?.stay
    if (!stay || !leadsThrough(stay.now.facts, door, plot.house)) return now + every
    const { from, until } = windowOf(stay.now.facts, plot.house)
    return from <= now && now < until ? until : now + every
  }

  return { staged: arm, doorChanged: arm }
}
