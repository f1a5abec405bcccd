import type { DeviceChanges } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { day, forgottenIn, minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import type { EntryWords, SimulatedKeypad } from '../world/keypad.ts'
import { doorsOf, type Stay, windowOf } from '../world/stays.ts'

/** A call takes a moment; what it was decided by may be that old when it arrives. */
const underWay = 2 * minute
const coolDown = 90 * day

/** A code of a stay with some PIN: when it was first asked for, and the end of the stay. */
interface Use {
  readonly stay: Stay
  readonly mark: string
  readonly at: number
  readonly until: number
}

/** A5, A12: whose a PIN is, and that it stays. */
export function pinJudge(truth: Truth): Judge {
  const { house } = truth.plot
  /** The newest PIN that a stay's code had on a device, by both. */
  const pins = new Map<string, string>()
  /** Who had a PIN on a device, by both, and under which marks. */
  const users = new Map<string, Use[]>()
  /** PINs that some device has said no to, or that were in use there. */
  const refused = new Map<Stay, Set<string>>()
  /** Until when a hub may work by an old list of a device, on which a PIN is still in use. */
  const misled = new Map<string, number>()

  function writeAsked(keypad: SimulatedKeypad, words: EntryWords, ref: string | undefined): void {
    const { pin, mark = '' } = words
    const stay = truth.owners.get(mark)?.stay
    if (!stay) return
    const reason = keypad.refusalOf(words, ref)
    if (reason === 'pin-taken' || reason === 'pin-not-allowed') refuse(stay, pin)
    judgeUse(keypad, stay, pin, reason === 'pin-taken')
    // The call of a process that was frozen in it arrives when the stay has another code there by now.
    const isLate = newestMark(keypad, stay) !== mark
    if (!isLate) judgeChange(keypad, stay, pin)
    const { until } = windowOf(stay.known()?.facts ?? stay.now.facts, house)
    const place = `${keypad.id} ${pin}`
    const uses = users.get(place) ?? []
    const at = uses.find((use) => use.mark === mark)?.at ?? truth.now
    users.set(place, [...uses.filter((use) => use.mark !== mark), { stay, mark, at, until }])
    if (!isLate) pins.set(`${keypad.id} ${stay.ref}`, pin)
  }

  /** Whose stay was called off has no window any more. */
  function endOf({ stay, until }: Use): number {
    const isOff = stay.now.facts.state === 'cancelled'
    return isOff ? Math.min(until, stay.knownAt(stay.now) ?? until) : until
  }

  const newestMark = ({ id }: SimulatedKeypad, { ref }: Stay) =>
    truth.newestMarks.get(`${ref} ${truth.deviceIds.get(id)}`)

  /** A5: nobody else's, and nobody's of late. Two stays may have drawn it at the same moment, if the device takes it once. */
  function judgeUse(keypad: SimulatedKeypad, stay: Stay, pin: string, isRefused: boolean): void {
    const others = (users.get(`${keypad.id} ${pin}`) ?? []).filter(
      (use) => use.stay !== stay && !wasGivenUp(keypad, use, pin),
    )
    const { from } = windowOf(stay.known()?.facts ?? stay.now.facts, house)
    const isAtOnce = (use: Use) => isRefused && truth.now - use.at < underWay
    truth.check(
      'A5',
      others.every((use) => from - endOf(use) >= coolDown || isAtOnce(use)),
      () => `${keypad.id}: ${stay.ref} gets the PIN of ${others[0]?.stay.ref}.`,
    )
    const { refusesTaken, readsPin } = keypad.plot
    truth.check('A5', !isStrangers(keypad, stay, pin) || refusesTaken || !readsPin, () => {
      return `${keypad.id}: ${stay.ref} gets the PIN of a standing code.`
    })
  }

  /** It was refused somewhere else, and the stay has another one since: nobody was ever told this. */
  function wasGivenUp({ id }: SimulatedKeypad, { stay }: Use, pin: string): boolean {
    const has = pins.get(`${id} ${stay.ref}`)
    const tellings = truth.told.get(stay.ref) ?? []
    return (
      has !== undefined && has !== pin && !tellings.some(({ doors }) => doors.some(({ enter }) => enter.endsWith(pin)))
    )
  }

  function isStrangers({ id, held }: SimulatedKeypad, stay: Stay, pin: string): boolean {
    return [...held.values()].some(
      (entry) =>
        entry.mark === undefined && entry.pin === pin && truth.adopted.get(`${id} ${entry.ref}`)?.stay !== stay,
    )
  }

  function judgeChange(keypad: SimulatedKeypad, stay: Stay, pin: string): void {
    const last = pins.get(`${keypad.id} ${stay.ref}`)
    if (last === undefined || last === pin) return truth.check('A12', true, () => '')
    const isGiven = [...truth.adopted].some(
      ([key, one]) => key.startsWith(`${keypad.id} `) && one.stay === stay && one.pin === last,
    )
    // Who was moved to other doors was told what opens those, and has no code here until they come back.
    const wasElsewhere = stay.versions.some(({ facts }) => !doorsOf(facts, house).includes(keypad.door))
    truth.check('A12', !isGiven || wasElsewhere || refused.get(stay)?.has(last) === true, () => {
      return `${keypad.id}: ${stay.ref} loses the PIN of the code that was made by hand.`
    })
    truth.check('A12', mayChange(stay, last), () => {
      return `${keypad.id}: ${stay.ref} gets another PIN although nothing was wrong with the first.`
    })
    truth.happened(
      truth.told.has(stay.ref)
        ? 'a PIN was replaced after the guest was told'
        : 'a PIN was replaced before anybody was told',
    )
  }

  function mayChange(stay: Stay, last: string): boolean {
    const doors = doorsEver(stay)
    const lengths = new Set(doors.map(({ plot }) => plot.pinLength))
    return (
      // What was found on doors could be meant for two stays, so this one got another code.
      forgottenIn(truth.plot).some(({ until }) => until < truth.now) ||
      refused.get(stay)?.has(last) === true ||
      // A door of the way does not take it: somebody else has it there, or had it of late.
      doors.some((door) => isInTheWay(door, stay, last)) ||
      [...truth.adopted.values()].some((one) => one.stay === stay) ||
      lengths.size > 1
    )
  }

  function doorsEver({ versions }: Stay): readonly SimulatedKeypad[] {
    const doors = new Set(versions.flatMap(({ facts }) => doorsOf(facts, house)))
    return [...doors].flatMap((door) => truth.keypads[door] ?? [])
  }

  function isInTheWay(keypad: SimulatedKeypad, stay: Stay, pin: string): boolean {
    const uses = users.get(`${keypad.id} ${pin}`) ?? []
    if (uses.some((use) => use.stay !== stay) || isStrangers(keypad, stay, pin)) return true
    // Made by its vendor hours after it was asked to, under a mark that the stay has no longer.
    const newest = newestMark(keypad, stay)
    if (
      [...keypad.cloud.values()].some((entry) => entry.pin === pin && entry.mark !== undefined && entry.mark !== newest)
    )
      return true
    // The list of a while ago shows it under an earlier mark of the same stay.
    return uses.some(({ mark }) => mark !== newest) && (misled.get(keypad.id) ?? 0) > truth.now
  }

  function refuse(stay: Stay, pin: string): void {
    refused.set(stay, (refused.get(stay) ?? new Set()).add(pin))
  }

  /** A PIN that the hub found in use on a list: true while it is, or while the list is an old one. */
  function stored(name: string, args: readonly unknown[]): void {
    if (name !== 'saveDevice') return
    const { deviceId, refusedPins = [] } = args[1] as DeviceChanges // as the port says
    const keypad = truth.keypads.find((one) => one !== undefined && truth.deviceIds.get(one.id) === deviceId)
    for (const { bookingId, pin } of refusedPins) {
      const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
      if (keypad && stay && isInTheWay(keypad, stay, pin)) refuse(stay, pin)
    }
  }

  return {
    writeAsked,
    stored,
    callEnded: ({ operation, outcome, about }) => {
      if (operation === 'readCodes' && outcome === 'stale') misled.set(about, Number.POSITIVE_INFINITY)
      else if (operation === 'readCodes' && outcome === 'ok' && (misled.get(about) ?? 0) > truth.now)
        misled.set(about, Math.min(misled.get(about) ?? 0, truth.now + underWay))
      if (operation !== 'writeCode') return
      const [id = '', mark = ''] = about.split(' ')
      const stay = truth.owners.get(mark)?.stay
      const pin = pins.get(`${id} ${stay?.ref}`)
      if (stay && pin !== undefined && (outcome === 'refused-conflict' || outcome === 'refused-format'))
        refuse(stay, pin)
    },
  }
}
