import type { Judge } from '../judge.ts'
import { minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { admits, type Entry, type SimulatedKeypad } from '../world/keypad.ts'
import { doorsOf, leadsThrough, type Stay, type Version, windowOf } from '../world/stays.ts'

/** A wish may be that old when it arrives: what it was decided by has been true then. */
const underWay = 2 * minute
/** A round of its gateway until the old one is dropped, and the looks around it. */
const anew = 4 * minute

/** A13: a guest who is moved during the stay keeps the old door until the new ones hold what was told. */
export function moveJudge(truth: Truth): Judge {
  const { house } = truth.plot

  function removeAsked(keypad: SimulatedKeypad, ref: string): void {
    const entry = keypad.cloud.get(ref)
    const stay = truth.owners.get(entry?.mark ?? '')?.stay
    if (!entry || !stay || !admits(entry, truth.now)) return
    const { facts } = stay.now
    const { from, until } = windowOf(facts, house)
    const isIn = facts.state === 'confirmed' && from <= truth.now && truth.now < until
    // Only of a door that was left, and by what the hub has known for a while.
    if (!isIn || leadsThrough(facts, keypad.door, house) || doorsOf(facts, house).length === 0) return
    // What it has not heard of yet is no move: there, this code is changed, not given up.
    const newest = stay.known()
    if (newest !== stay.now && newest && leadsThrough(newest.facts, keypad.door, house)) return
    const known = stay.knownSince(truth.now - underWay)
    // A state of a moment ago that led through this very door is no reason to close it either.
    const excuses = (version: Version) =>
      version !== stay.now &&
      !(leadsThrough(version.facts, keypad.door, house) && windowOf(version.facts, house).until > truth.now)
    if (known.length === 0 || known.some(excuses) || !truth.told.has(stay.ref)) return
    if (hasAnotherGuest(keypad, stay)) return
    // A lock that cannot change a code in place is given it anew with other dates, and is without it for a moment.
    if (!keypad.plot.canUpdate && hasOldDates(entry, keypad, stay))
      return void truth.schedule.at(truth.now + anew, () => judgeAnew(keypad, stay))
    truth.happened('a moved guest lost the old door')
    truth.check('A13', isReady(stay), () => {
      return `${stay.ref} is moved, loses ${keypad.id}, and the new way does not open with anything that was told.`
    })
  }

  /** Not those of the newest state that the hub had and that led through this door. */
  function hasOldDates(entry: Entry, { door, plot: { windowStep: step } }: SimulatedKeypad, stay: Stay): boolean {
    const newest = stay.commits.findLast(({ version }) => leadsThrough(version.facts, door, house))
    if (!newest) return false
    const { from, until } = windowOf(newest.version.facts, house)
    return entry.from !== Math.floor(from / step) * step || entry.until !== Math.ceil(until / step) * step
  }

  /** What was taken away to be given anew is there again, unless it is not needed any more. */
  function judgeAnew(keypad: SimulatedKeypad, stay: Stay): void {
    const { facts } = stay.now
    const { from, until } = windowOf(facts, house)
    if (facts.state !== 'confirmed' || truth.now < from || truth.now >= until || hasAnotherGuest(keypad, stay)) return
    if (!truth.health.isCalm(truth.now, 'hub', keypad.where, `door-${keypad.door}`)) return
    const isBack = [...keypad.cloud.values()].some(({ mark }) => truth.owners.get(mark ?? '')?.stay === stay)
    truth.check('A13', isBack || isReady(stay), () => {
      return `${stay.ref} is moved, ${keypad.id} is to be given its code anew and is not, and the new way does not open.`
    })
  }

  /** The new doors hold the stay's code, and a text that tells them was taken; where they cannot be seen, nobody can know. */
  function isReady(stay: Stay): boolean {
    const doors = doorsOf(stay.now.facts, house)
    if (truth.getsIn(stay, truth.now) || truth.underWay.has(stay.ref)) return true
    return doors.some((door) => {
      const keypad = truth.keypads[door]
      if (!keypad) return true
      const isBlind = keypad.plot.readBack === 'cloud' || truth.now < truth.foundBy(keypad)
      return isBlind || !truth.health.isCalm(truth.now, keypad.where, `door-${door}`)
    })
  }

  /** Rule 6: another guest's window has begun behind the old door. */
  function hasAnotherGuest({ door }: SimulatedKeypad, stay: Stay): boolean {
    return [...truth.bookings.stays.values()].some((other) => {
      if (other === stay) return false
      // Whom the brake keeps in may be there still, for all a hub knows.
      if (truth.isBraked(other) && other.versions.some((version) => isThere(version, door))) return true
      // As it is, or as a hub has known it a moment ago.
      return [other.now, ...other.knownSince(truth.now - underWay)].some((version) => isThere(version, door))
    })
  }

  function isThere({ facts }: Version, door: number): boolean {
    if (!leadsThrough(facts, door, house)) return false
    const { from, until } = windowOf(facts, house)
    return from <= truth.now && truth.now < until
  }

  return { removeAsked }
}
