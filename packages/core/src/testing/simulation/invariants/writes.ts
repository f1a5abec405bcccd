import type { Judge } from '../judge.ts'
import { minute, pushAhead } from '../plot.ts'
import type { Truth } from '../truth.ts'
import type { EntryWords, SimulatedKeypad } from '../world/keypad.ts'
import { leadsThrough, type Stay, type Version, windowOf } from '../world/stays.ts'

/** A call takes a moment; what it was decided by may be that old when it arrives. */
const underWay = 2 * minute
/** So much older where every call of a look takes long, or a booking's own look waits because the database was away. */
const slow = 5.5 * minute

/** A2, A7, A8, A9: what a hub asks a device for. */
export function writeJudge(truth: Truth): Judge {
  const { house } = truth.plot
  /** When a booking was last read, and the bookings last listed, as they were a while ago. */
  const unread = new Map<string, number>()
  let unlisted = 0

  function writeAsked(keypad: SimulatedKeypad, words: EntryWords, ref: string | undefined): void {
    const before = ref === undefined ? undefined : keypad.cloud.get(ref)
    const owner = truth.owners.get(words.mark ?? '')
    const given = truth.adopted.get(`${keypad.id} ${ref}`)
    const isOurs = !before || before.mark === words.mark
    truth.check('A8', isOurs || (given !== undefined && given.stay === owner?.stay), () => {
      return `${keypad.id}: a stranger's code is overwritten.`
    })
    if (before && before.mark === undefined && given) {
      truth.check('A8', words.pin === given.pin, () => `${keypad.id}: a code made by hand loses its PIN.`)
      truth.happened('a code made by hand was taken over')
    }
    truth.check('A7', owner !== undefined, () => `${keypad.id}: a code is written that was made for nobody.`)
    if (!owner) return
    const { stay } = owner
    const known = stay.knownSince(decidedBy(keypad))
    const entitling = known.filter(({ facts }) => leadsThrough(facts, keypad.door, house))
    // A door that the guest has left keeps its code, and gets it back, until the new one is ready.
    const left = stay.commits.filter(({ version }) => leadsThrough(version.facts, keypad.door, house))
    const firm = known.some(({ facts }) => facts.state === 'confirmed')
    const isBraked = truth.isBraked(stay) || truth.now - (truth.unbraked.get(stay) ?? 0) < underWay
    truth.check('A7', entitling.length > 0 || (firm && left.length > 0) || isBraked, () => {
      return `${keypad.id}: a code is written for ${stay.ref}, which is ${stay.known()?.facts.state ?? 'unknown'} here.`
    })
    judgeWindow(keypad, words, stay, entitling)
  }

  function judgeWindow(keypad: SimulatedKeypad, words: EntryWords, stay: Stay, versions: readonly Version[]): void {
    if (versions.length === 0) return
    const fits = versions.some(({ facts }) => {
      const { from, until } = windowOf(facts, house)
      return words.from === from && words.until === until
    })
    truth.check('A2', fits, () => {
      const asked = [words.from, words.until].map((at) => (at === null ? 'no bound' : new Date(at).toISOString()))
      return `${keypad.id}: the code of ${stay.ref} is written for ${asked.join(' to ')}.`
    })
  }

  function removeAsked(keypad: SimulatedKeypad, ref: string): void {
    const entry = keypad.cloud.get(ref)
    if (!entry) return
    if (!keypad.isOnline) truth.happened('a code was removed while its device was offline')
    truth.check(
      'A8',
      entry.mark !== undefined || truth.adopted.has(`${keypad.id} ${ref}`),
      () => `${keypad.id}: a stranger's code is removed.`,
    )
    const stay = truth.owners.get(entry.mark ?? '')?.stay
    if (!stay || !keypad.plot.canUpdate) return
    // What somebody has deleted is listed until its device has heard of it.
    const listed = [...keypad.cloud.values(), ...keypad.held.values()]
    if (listed.some((other) => other.mark === entry.mark && other.ref !== ref)) return
    if (truth.newestMarks.get(`${stay.ref} ${truth.deviceIds.get(keypad.id)}`) !== entry.mark) return
    const known = stay.knownSince(decidedBy(keypad))
    const stands =
      known.length > 0 && known.every((version) => entitles(version, keypad.door) && !isRestedTillDue(stay, version))
    truth.check('A9', !stands || isDenied(stay, decidedBy(keypad)), () => {
      return `${keypad.id}: the code of ${stay.ref} is removed although the stay goes on there.`
    })
  }

  /** A wish that was the newest one at this instant, or since, may still be acted on. */
  function decidedBy({ where }: SimulatedKeypad): number {
    return truth.now - underWay - (truth.health.isCalm(truth.now, 'hub', where) ? 0 : slow)
  }

  function entitles({ facts }: Version, door: number): boolean {
    return leadsThrough(facts, door, house) && windowOf(facts, house).until > truth.now
  }

  /** It was off, and has come back long before its guest arrives: the code goes, and is made anew when it is time. */
  function isRestedTillDue(stay: Stay, { facts }: Version): boolean {
    return (
      stay.versions.some((version) => version.facts.state !== 'confirmed') &&
      windowOf(facts, house).from - pushAhead > truth.now
    )
  }

  /** Its vendor has said, twice and in two ways, that there is no such booking: that is all the proof there can be. */
  function isDenied({ ref }: Stay, since: number): boolean {
    return Math.min(unread.get(ref) ?? 0, unlisted) > since
  }

  return {
    writeAsked,
    removeAsked,
    callEnded: ({ operation, outcome, about }) => {
      if (operation === 'readBooking' && outcome === 'stale') unread.set(about, truth.now)
      if (operation === 'listBookings' && outcome === 'stale') unlisted = truth.now
    },
  }
}
