import { limits } from '../../../domain/limits.ts'
import type { AccessWindow } from '../../../domain/grant.ts'
import type { DeviceChanges } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { forgottenIn, minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { admits, type Entry, type EntryWords, type SimulatedKeypad } from '../world/keypad.ts'
import { leadsThrough, type Stay, windowOf } from '../world/stays.ts'

/** A wish may be that old when it arrives. */
const underWay = 2 * minute

/** A15: while a guest is in the house, nothing touches a code that lets them in, but news of their own booking or a person's word. */
export function inHouseJudge(truth: Truth): Judge {
  const { house } = truth.plot
  /** When the code of a mark was last seen as it was wanted; what was written since is not. */
  const proven = new Map<string, number>()
  /** When a door of the way last refused the stay's PIN: all of them get another one. */
  const refusedAt = new Map<Stay, number>()
  /** Until when a hub may work by an answer that left something out. */
  const misled = new Map<string, number>()

  function touched(keypad: SimulatedKeypad, entry: Entry | undefined, words: EntryWords | undefined): void {
    const { mark } = entry ?? {}
    const stay = truth.owners.get(mark ?? '')?.stay
    if (!entry || !stay || mark === undefined) return
    const since = proven.get(`${keypad.id} ${mark}`)
    const isIn = [stay.now, stay.known()].every((version) => {
      if (!version || !leadsThrough(version.facts, keypad.door, house)) return false
      const { from, until } = windowOf(version.facts, house)
      return from + underWay <= truth.now && truth.now < until - underWay
    })
    if (!isIn || since === undefined || !letsIn(keypad, entry)) return
    const isMisled = (misled.get(keypad.id) ?? 0) > truth.now
    const isTwice = [...keypad.cloud.values()].some((other) => other.mark === mark && other.ref !== entry.ref)
    const isDouble = words === undefined && isTwice
    // Somebody has given it a later end than the stay has.
    const outlives =
      entry.until === null || (words?.until != null && words.until < entry.until - keypad.plot.windowStep)
    // … or an earlier one, which is put right in time.
    const { until } = windowOf(stay.now.facts, house)
    const endsSoon = entry.until !== null && entry.until < Math.min(until, truth.now + limits.beforeItEnds + minute)
    truth.check('A15', isCaused(stay, since) || isMisled || isDouble || outlives || endsSoon, () => {
      return `${keypad.id}: the code of ${stay.ref}, who is in the house, is ${words ? 'written' : 'removed'}, and nobody asked for it.`
    })
  }

  const letsIn = (keypad: SimulatedKeypad, entry: Entry) =>
    keypad.held.get(entry.ref) === entry && admits(entry, truth.now)

  /** The hub has heard news of the booking since, or a person has said something. */
  function isCaused(stay: Stay, since: number): boolean {
    const news = Math.max(stay.commits.at(-1)?.at ?? 0, refusedAt.get(stay) ?? 0) > since - underWay
    const isTheirs = [...truth.adopted.values()].some((one) => one.stay === stay)
    return news || isTheirs || forgottenIn(truth.plot).some(({ until }) => until < truth.now)
  }

  /** A look that was begun before the news proves what was wished then. */
  function isKnown(mark: string, { from, until }: AccessWindow): boolean {
    const known = truth.owners.get(mark)?.stay.known()
    if (!known) return false
    const wished = windowOf(known.facts, house)
    return wished.from === Date.parse(from) && wished.until === Date.parse(until)
  }

  return {
    writeAsked: (keypad, words, ref) => {
      touched(keypad, ref === undefined ? undefined : keypad.cloud.get(ref), words)
      proven.delete(`${keypad.id} ${words.mark}`)
    },
    removeAsked: (keypad, ref) => touched(keypad, keypad.cloud.get(ref), undefined),
    callEnded: ({ operation, outcome, about }) => {
      const failed = outcome !== 'ok' && outcome !== 'ok-late'
      if (operation === 'readCodes' && failed) misled.set(about, truth.now + 10 * minute)
      // A write that was begun by such an answer is brought to its end: where the PIN is hidden, only a write proves it.
      const [where = '', mark = ''] = about.split(' ')
      if (operation === 'writeCode' && failed && (misled.get(where) ?? 0) > truth.now)
        misled.set(where, truth.now + 10 * minute)
      const stay = operation === 'writeCode' ? truth.owners.get(mark)?.stay : undefined
      if (!stay) return
      if (outcome.startsWith('refused')) refusedAt.set(stay, truth.now)
      // What was begun before they came is brought to its end.
      if (truth.now < windowOf(stay.now.facts, house).from) proven.delete(about)
    },
    stored: (name, args) => {
      if (name !== 'saveDevice') return
      const { deviceId, update = [], refusedPins = [] } = args[1] as DeviceChanges // as the port says
      for (const { bookingId } of refusedPins) {
        const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
        if (stay) refusedAt.set(stay, truth.now)
      }
      const keypad = truth.keypads.find((one) => one && truth.deviceIds.get(one.id) === deviceId)
      if (!keypad) return
      for (const { mark, want, evidence, window } of update)
        if (want === 'present' && evidence === 'confirmed' && isKnown(mark, window))
          proven.set(`${keypad.id} ${mark}`, truth.now)
    },
  }
}
