import type { Judge } from '../judge.ts'
import { day, minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import type { EntryWords, SimulatedKeypad } from '../world/keypad.ts'
import { leadsThrough, type Stay, type Version, windowOf } from '../world/stays.ts'

/** A call takes a moment; what it was decided by may be that old when it arrives. */
const underWay = 2 * minute
const coolDown = 90 * day

/** A2, A5, A7, A8, A9, A12: what a hub asks a device for. */
export function writeJudge(truth: Truth): Judge {
  const { house } = truth.plot
  /** The newest PIN that a stay's code had on a device, by both. */
  const pins = new Map<string, string>()
  const users = new Map<string, { readonly stay: Stay; readonly until: number }[]>()

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
    const known = stay.knownSince(truth.now - underWay)
    const entitling = known.filter(({ facts }) => leadsThrough(facts, keypad.door, house))
    // A door that the guest has left keeps its code, and gets it back, until the new one is ready.
    const left = stay.commits.filter(({ version }) => leadsThrough(version.facts, keypad.door, house))
    const firm = known.some(({ facts }) => facts.state === 'confirmed')
    truth.check('A7', entitling.length > 0 || (firm && left.length > 0), () => {
      return `${keypad.id}: a code is written for ${stay.ref}, which is ${stay.known()?.facts.state ?? 'unknown'} here.`
    })
    judgeWindow(keypad, words, stay, entitling)
    judgePin(keypad, words, stay)
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

  function judgePin(keypad: SimulatedKeypad, { pin }: EntryWords, stay: Stay): void {
    const place = `${keypad.id} ${pin}`
    const { until } = windowOf(stay.known()?.facts ?? stay.now.facts, house)
    const uses = (users.get(place) ?? []).filter((use) => use.stay !== stay)
    truth.check(
      'A5',
      uses.every((use) => truth.now - use.until >= coolDown),
      () => {
        return `${keypad.id}: ${stay.ref} gets the PIN of ${uses[0]?.stay.ref}.`
      },
    )
    users.set(place, [...uses, { stay, until }])
    const strange = [...keypad.held.values()].some(
      ({ mark, ref, ...entry }) =>
        mark === undefined && entry.pin === pin && truth.adopted.get(`${keypad.id} ${ref}`)?.stay !== stay,
    )
    truth.check('A5', !strange || keypad.plot.refusesTaken || !keypad.plot.readsPin, () => {
      return `${keypad.id}: ${stay.ref} gets the PIN of a standing code.`
    })
    const last = pins.get(`${keypad.id} ${stay.ref}`)
    const given = [...truth.adopted].some(
      ([key, one]) => key.startsWith(`${keypad.id} `) && one.stay === stay && one.pin === last,
    )
    truth.check('A12', !given || last === pin || refused.has(stay), () => {
      return `${keypad.id}: ${stay.ref} loses the PIN of the code that was made by hand.`
    })
    truth.check('A12', last === undefined || last === pin || mayChange(stay, keypad), () => {
      return `${keypad.id}: ${stay.ref} gets another PIN although nothing was wrong with the first.`
    })
    if (last !== undefined && last !== pin)
      truth.happened(
        truth.told.has(stay.ref)
          ? 'a PIN was replaced after the guest was told'
          : 'a PIN was replaced before anybody was told',
      )
    pins.set(`${keypad.id} ${stay.ref}`, pin)
  }

  /** Some device of the way has refused one, or cannot take it. */
  const refused = new Set<Stay>()
  /** Until when a hub may work by an old list of this device, on which a PIN is still in use. */
  const misled = new Map<string, number>()
  function mayChange(stay: Stay, { id }: SimulatedKeypad): boolean {
    const lengths = new Set(truth.keypads.flatMap((keypad) => (keypad ? [keypad.plot.pinLength] : [])))
    return (
      // What was found on doors could be meant for two stays, so this one got another code.
      truth.plot.scenes.some((scene) => scene.do === 'set-back' && scene.at < truth.now) ||
      refused.has(stay) ||
      (misled.get(id) ?? 0) > truth.now ||
      [...truth.adopted.values()].some((one) => one.stay === stay) ||
      lengths.size > 1 ||
      stay.commits.some(({ version }) => version.facts.state !== 'confirmed')
    )
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
    if (!stay || !keypad.plot.canUpdate || refused.has(stay)) return
    const doubles = [...keypad.cloud.values()].filter((other) => other.mark === entry.mark)
    if (doubles.length > 1) return
    if (truth.newestMarks.get(`${stay.ref} ${truth.deviceIds.get(keypad.id)}`) !== entry.mark) return
    const known = stay.knownSince(truth.now - underWay)
    const stands = known.length > 0 && known.every((version) => entitles(version, keypad.door))
    truth.check('A9', !stands, () => {
      return `${keypad.id}: the code of ${stay.ref} is removed although the stay goes on there.`
    })
  }

  function entitles({ facts }: Version, door: number): boolean {
    return leadsThrough(facts, door, house) && windowOf(facts, house).until > truth.now
  }

  return {
    writeAsked,
    removeAsked,
    callEnded: ({ operation, outcome, about }) => {
      if (operation === 'readCodes' && outcome === 'stale') misled.set(about, Number.POSITIVE_INFINITY)
      else if (operation === 'readCodes' && outcome === 'ok' && (misled.get(about) ?? 0) > truth.now)
        misled.set(about, Math.min(misled.get(about) ?? 0, truth.now + underWay))
      if (operation !== 'writeCode') return
      const stay = truth.owners.get(about.split(' ').at(-1) ?? '')?.stay
      if (stay && outcome.startsWith('refused')) refused.add(stay)
    },
    stored: (name, args) => {
      // A device that refuses by itself is read from what it was asked: the hub notes the refused PIN.
      if (name !== 'saveDevice') return
      const { refusedPins = [] } = args[1] as { refusedPins?: readonly { bookingId: string }[] } // DeviceChanges
      for (const { bookingId } of refusedPins) {
        const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
        if (stay) refused.add(stay)
      }
    },
  }
}
