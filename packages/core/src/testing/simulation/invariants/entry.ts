import type { Judge } from '../judge.ts'
import { dailyLook, minute } from '../plot.ts'
import { Random } from '../random.ts'
import type { Truth } from '../truth.ts'
import { doorsOf, type Stay, type Version, windowOf } from '../world/stays.ts'

/**
 * A4, A6: at check-in, and whenever the guest tries, what the guest was told opens every door, or a person has been
 * called in time.
 */
export function entryJudge(truth: Truth): Judge {
  const { plot, schedule } = truth
  const random = new Random(plot.seed, 'guests')

  function staged(stay: Stay, version: Version): void {
    if (version.facts.state !== 'confirmed') return
    const before = stay.versions.at(-2)
    if (before?.facts.state === 'cancelled') truth.happened('a cancelled stay was restored')
    const { from, until } = windowOf(version.facts, plot.house)
    const tries = [from, from + random.below(until - from), from + random.below(until - from), until - minute]
    for (const at of tries) if (at > truth.now) schedule.at(at, () => judge(stay, version, at, 0))
  }

  function judge(stay: Stay, version: Version, tried: number, put: number): void {
    const { facts } = stay.now
    // Changed since: the newer state has its own tries.
    if (facts.state !== 'confirmed' || !sameStay(stay.now, version)) return
    const { from, until } = windowOf(facts, plot.house)
    if (tried < from || tried >= until) return
    const due = dueAt(stay, tried, from)
    if (due > schedule.now) {
      // Later than at the try only what a person was told counts, or that it has come right meanwhile.
      if (due < until && put < 8) schedule.at(due, () => judge(stay, version, tried, put + 1))
      return
    }
    if (schedule.now >= until || schedule.now >= plot.end) return
    if (doorsOf(facts, plot.house).some((door) => isBlind(door) || truth.isOverwritten(stay, door))) return
    // Taken by a channel that never says what arrives: nobody can know that it did not (G1 without a state).
    if (truth.underWay.get(stay.ref)?.reports === false) return
    const inside = truth.getsIn(stay, schedule.now)
    const raised = truth.isRaised(stay, 'arrival', 'message', 'pin', 'booking') || isDoorsMatter(stay)
    if (!inside && raised) truth.happened('guest locked out with an alert open')
    truth.check('A4', inside || raised, () => {
      const told = truth.lastTold(stay)
      const why =
        told === undefined ? 'was told nothing' : `was told ${told.doors.map(({ enter }) => enter).join(', ')}`
      return `The guest of ${stay.ref} ${why}, does not get in, and nobody has been called.`
    })
  }

  /**
   * What breaks at a door that no hub can reach is not to be known; that it is out of reach is. What somebody has changed of the
   * code of a guest in the house is left as it is, and a person knows (A15). Both excuse each door that stays shut for itself,
   * and none to which the guest comes with another PIN than the hub has last asked that door for.
   */
  function isDoorsMatter(stay: Stay): boolean {
    const shut = doorsOf(stay.now.facts, plot.house).filter((door) => !truth.opensFor(stay, door, schedule.now))
    return shut.every((door) => {
      const asked = truth.asked.get(`${truth.keypads[door]?.id} ${stay.ref}`)
      return asked !== undefined && asked === truth.toldFor(stay, door) && truth.isDoorRaised(door)
    })
  }

  /** From when on the hub owes this guest a way in, or a person a call. */
  function dueAt(stay: Stay, tried: number, from: number): number {
    const known = stay.knownAt(newestOf(stay))
    const knowable =
      Math.max(newestOf(stay).visibleAt, truth.health.calmFrom(truth.now, 'source', 'hub')) + truth.noticed
    const learned = (known === undefined ? knowable : Math.min(known, knowable)) + 11 * minute
    const doors = doorsOf(stay.now.facts, plot.house).map((door) => `door-${door}`)
    const hands = truth.health.calmFrom(tried, ...doors)
    // An alert needs the hub alone; what breaks at a door has to be seen first.
    const broken = tried <= from ? 0 : hands
    const touched = doorsOf(stay.now.facts, plot.house).map((door) => {
      const keypad = truth.keypads[door]
      if (!keypad) return 0
      // A lock in trouble is read once that is over.
      const isTouched = truth.now - keypad.touchedAt < dailyLook
      const read = isTouched ? truth.health.calmFrom(truth.now, keypad.where, `door-${door}`) + 6 * minute : 0
      return Math.max(truth.foundBy(keypad), read)
    })
    // What a channel took has five minutes to arrive before somebody is called for it.
    const arriving = (truth.underWay.get(stay.ref)?.at ?? 0) + 6 * minute
    // A hub that looks at this very moment, as it does at check-in, has to be done with it.
    const looked = tried + minute
    return Math.max(looked, learned, arriving, truth.health.calmFrom(truth.now, 'hub') + 3 * minute, broken, ...touched)
  }

  /** The state that made doors, dates or PIN what they are. */
  function newestOf(stay: Stay): Version {
    const { facts } = stay.now
    return (
      stay.versions.find((version) => version.number <= stay.now.number && isRestFrom(stay, version, facts)) ?? stay.now
    )
  }

  function isRestFrom(stay: Stay, version: Version, facts: Version['facts']): boolean {
    return stay.versions.filter(({ number }) => number >= version.number).every((later) => same(later.facts, facts))
  }

  /** A door whose vendor never says more than yes, and whose host trusts that. */
  function isBlind(door: number): boolean {
    const keypad = truth.keypads[door]
    return keypad?.plot.readBack === 'cloud' && !truth.health.isCalm(truth.now, keypad.where, `door-${door}`)
  }

  return { staged }
}

const same = (a: Version['facts'], b: Version['facts']) =>
  a.state === b.state &&
  a.unit === b.unit &&
  a.arrival === b.arrival &&
  a.departure === b.departure &&
  a.phone === b.phone

const sameStay = (a: Version, b: Version) => same(a.facts, b.facts)
