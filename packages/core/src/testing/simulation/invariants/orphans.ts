import type { Judge } from '../judge.ts'
import { minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { admits, type Entry, type SimulatedKeypad } from '../world/keypad.ts'
import { doorsOf, leadsThrough, type Stay, windowOf } from '../world/stays.ts'

const revoke = 5 * minute
const doubt = 15 * minute
const slack = 2 * minute
const silence = 20 * minute
/** A moved guest's old door waits for the new one, which is asked about this often. */
const moveAgain = 6 * minute

/** A1: no code of ours opens a door for a stay that is over, cancelled or elsewhere, unless a person knows. */
export function orphanJudge(truth: Truth): Judge {
  const { plot } = truth
  /** When a moved guest's new way was first seen ready. */
  const readySince = new Map<Stay, number>()
  /** When a list of a device last left out what it holds. */
  const shortAt = new Map<string, number>()

  function judge(keypad: SimulatedKeypad): void {
    for (const entry of keypad.held.values())
      if (entry.mark !== undefined && admits(entry, truth.now)) judgeEntry(keypad, entry)
  }

  function judgeEntry(keypad: SimulatedKeypad, entry: Entry): void {
    const owner = truth.owners.get(entry.mark ?? '')
    if (!owner) return truth.check('A1', false, () => `${keypad.id} opens for a code that nobody asked for.`)
    const { stay } = owner
    const { facts } = stay.now
    const { from, until } = windowOf(facts, plot.house)
    const step = keypad.plot.windowStep
    const inTime = truth.now >= from - step && truth.now < until + step
    if (leadsThrough(facts, keypad.door, plot.house) && inTime) return truth.check('A1', true, () => '')
    if (facts.state === 'confirmed' && inTime && !isReadyElsewhere(stay)) return // make before break
    const ended = endOf(stay, keypad.door)
    const knowable =
      Math.max(ended, stay.now.visibleAt, truth.health.calmFrom(truth.now, 'source', 'hub')) + truth.noticed
    const known = Math.min(stay.knownAt(stay.now) ?? knowable, knowable)
    // Called off so late that it was over before anybody heard: its device ends it as far as it can tell the time.
    if (known >= until && truth.now < until + step) return truth.check('A1', true, () => '')
    const moved =
      facts.state === 'confirmed'
        ? Math.max(readySince.get(stay) ?? 0, unheardOf(stay), provableFrom(stay)) + moveAgain
        : 0
    if (truth.isBraked(stay)) return truth.check('A1', true, () => '')
    const start = Math.max(ended, known, moved, truth.braked.get(stay)?.at ?? 0, truth.unbraked.get(stay) ?? 0)
    const reach = truth.health.calmFrom(truth.now, 'hub', keypad.where, `door-${keypad.door}`)
    const revoked = Math.max(start, reach) + revoke + slack
    const onScreen = Math.max(start, truth.health.calmFrom(truth.now, 'hub')) + doubt + slack
    // A person is asked whether a moved guest knows the new way; the old one stays until they do (make before break).
    const isAsked = facts.state === 'confirmed' && inTime && truth.isRaised(stay, 'message', 'arrival')
    const isRaised = truth.isRaised(stay, 'door-doubt') || hasDoorAlert(keypad) || isAsked
    if (isRaised) truth.happened('an entry outlived its stay and was raised')
    // A vendor that never says more than yes, and whose host trusts that, cannot be seen through.
    if (
      keypad.plot.readBack === 'cloud' &&
      truth.health.calmFrom(truth.now, keypad.where, `door-${keypad.door}`) > start
    )
      return
    const wrongByHand = truth.now < keypad.touchedAt + truth.seen
    // Made by its vendor hours after it was asked to, and behind a look that had seen the door without it.
    const isUnseen = entry.lateAt !== undefined && truth.now < truth.foundBy(keypad, entry.lateAt)
    // A list without it was taken for the proof that it is gone; the next one that tells the truth says otherwise.
    const short = shortAt.get(keypad.id) ?? 0
    const isHidden = short > ended && truth.now < truth.foundBy(keypad, short)
    truth.check(
      'A1',
      isRaised || wrongByHand || isUnseen || isHidden || (truth.now <= onScreen && truth.now <= revoked),
      () => {
        const what = facts.state === 'confirmed' ? 'is elsewhere or over' : `is ${facts.state}`
        return `${keypad.id} still opens for ${stay.ref}, which ${what}; nobody has been told.`
      },
    )
  }

  function isReadyElsewhere(stay: Stay): boolean {
    if (!truth.getsIn(stay, truth.now)) {
      readySince.delete(stay)
      return false
    }
    if (!readySince.has(stay)) readySince.set(stay, truth.now)
    return true
  }

  /** A send of which nobody knows whether it went out is looked up for so long before a person is asked (M1). */
  function unheardOf(stay: Stay): number {
    const since = truth.sends.openSince(truth.ids.get(stay.ref) ?? '')
    return since === undefined ? 0 : since + silence
  }

  /** The new way has to be read before it is believed, and its vendors may not answer. */
  function provableFrom({ now: { facts } }: Stay): number {
    const parts = doorsOf(facts, plot.house).flatMap((door) => [`door-${door}`, truth.keypads[door]?.where ?? ''])
    return truth.health.calmFrom(truth.now, ...parts)
  }

  /** When the newest state that still led through this door was no longer so, or its window ended. */
  function endOf(stay: Stay, door: number): number {
    const last = stay.versions.findLastIndex(({ facts }) => leadsThrough(facts, door, plot.house))
    const version = stay.versions[last]
    if (!version) return stay.versions[0]?.at ?? 0
    const next = stay.versions[last + 1]
    const { until } = windowOf(version.facts, plot.house)
    return next ? Math.min(next.at, until) : until
  }

  function hasDoorAlert(keypad: SimulatedKeypad): boolean {
    return truth.alerts.has(`door-doubt device:${truth.deviceIds.get(keypad.id)}`)
  }

  function all(): void {
    for (const keypad of truth.keypads) if (keypad) judge(keypad)
  }
  return {
    doorChanged: judge,
    callEnded: ({ operation, outcome, about }) => {
      const isShort = outcome === 'empty' || outcome === 'partial' || outcome === 'stale'
      if (operation === 'readCodes' && isShort) shortAt.set(about, truth.now)
    },
    tick: all,
    ended: all,
  }
}
