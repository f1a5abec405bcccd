import { instantOf } from '../../../domain/instant.ts'
import type { MessageClaim } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { day, forgottenIn, hour, minute } from '../plot.ts'
import type { SentIntent } from '../sends.ts'
import type { Truth } from '../truth.ts'
import { heard } from '../words.ts'
import { phoneOf } from '../world/bookings.ts'
import type { Text } from '../world/phones.ts'
import { doorsOf, type Stay, type Version, windowOf } from '../world/stays.ts'

/** A16, M1–M4, M6, M8: what guests are told, by whom it is taken, and how often. */
export function messageJudge(truth: Truth): Judge {
  const { house } = truth.plot
  /** By message: how often it arrived, and whether some claim of it came after one in doubt, whose text may arrive last. */
  const sends = new Map<string, { readonly count: number; readonly isDoubted: boolean }>()
  const taken = new Map<
    string,
    { readonly at: number; readonly id: string; readonly stay: Stay; readonly text: string }[]
  >()

  /** What a message says has to be so at the moment it is claimed, by the newest state the hub has stored. */
  function judgeClaim({ message, text }: MessageClaim): void {
    const stay = truth.bookings.stays.get(truth.refs.get(message.bookingId) ?? '')
    const known = stay?.known()
    truth.check('M2', stay !== undefined && known !== undefined, () => 'A message is claimed for a stay nobody knows.')
    if (!stay || !known) return
    const { facts } = known
    const isInbox = message.channel === 'inbox'
    const isTheirs = isInbox
      ? message.to === stay.ref
      : facts.phone !== undefined && message.to === phoneOf(facts.phone)
    truth.check('M2', isTheirs, () => `${stay.ref}: a message is claimed for another address than the booking has.`)
    const { kind, unit, dates, doors } = heard(text)
    if (kind === 'withdrawal') return
    truth.check('M4', facts.state === 'confirmed', () => `${stay.ref} is told a code although it is ${facts.state}.`)
    if (facts.state !== 'confirmed') return
    const isWhole = unit === `Flat ${facts.unit}` && namesPath(facts, doors)
    truth.check('A16', isWhole, () => {
      return `${stay.ref} is not told the whole way: ${doors.map(({ name }) => name).join(', ')} for ${unit}.`
    })
    const { from, until } = windowOf(facts, house)
    truth.check('A16', dates === `${instantOf(from)} to ${instantOf(until)}`, () => {
      return `${stay.ref} is told ${dates}, and stays ${facts.arrival} to ${facts.departure}.`
    })
    if (isWhole) judgeProof(stay, known, doors)
  }

  /** M2: nothing leaves but what was claimed for this address in these words. */
  function judgeTaken(stay: Stay, channel: 'sms' | 'inbox', text: Text): void {
    const intent = truth.sends.intentOf(channel, text)
    truth.check('M2', intent?.text === text.text && intent.to === text.to, () => {
      return `${stay.ref}: a message leaves that was not claimed so.`
    })
    if (intent) judgeCount(stay, channel, text, intent)
  }

  function namesPath({ unit }: Version['facts'], doors: readonly { readonly name: string }[]): boolean {
    const path = (house.units[unit] ?? []).map((door) => house.doors[door]?.name)
    return path.length === doors.length && path.every((name, index) => name === doors[index]?.name)
  }

  /** M3: every door on the way holds what is told, or the arrival is near. */
  function judgeProof(
    stay: Stay,
    { facts }: Version,
    doors: readonly { readonly name: string; readonly enter: string }[],
  ) {
    const { from } = windowOf(facts, house)
    if (truth.now >= from - 4 * hour - minute) return
    for (const door of doorsOf(facts, house)) {
      const keypad = truth.keypads[door]
      const { name, prefix = '' } = house.doors[door] ?? { name: '' }
      if (!keypad || keypad.plot.readBack === 'cloud') continue
      // A door whose guest is days away is read once a day; what a person did there may be unseen until then.
      if (truth.now < keypad.touchedAt + 25 * hour) continue
      if (!truth.health.isCalm(truth.now, keypad.where, `door-${door}`)) continue
      const enter = doors.find((one) => one.name === name)?.enter.slice(prefix.length)
      const holds = [...keypad.held.values()].some((entry) => entry.pin === enter && entry.mark !== undefined)
      truth.check('M3', holds, () => `${stay.ref} is told a code that ${keypad.id} does not hold.`)
    }
  }

  function judgeCount(stay: Stay, channel: 'sms' | 'inbox', text: Text, intent: SentIntent): void {
    const sent = sends.get(intent.id)
    const count = (sent?.count ?? 0) + 1
    const isDoubted = sent?.isDoubted === true || intent.inDoubt > 0
    sends.set(intent.id, { count, isDoubted })
    const { kind } = heard(text.text)
    if (kind !== 'door-code') truth.happened(kind === 'change' ? 'a correction was sent' : 'a withdrawal was sent')
    if (count > 1) truth.happened('a message was sent again after a silence')
    truth.check('M1', count <= (isDoubted ? 2 : 1), () => `${stay.ref} is sent one message ${count} times.`)
    const before = taken.get(`${channel} ${text.to}`) ?? []
    const last = before.at(-1)
    // After a word in between, even one of which nobody knows whether it went out, the same words are news again.
    const isNews =
      last?.text !== text.text ||
      last.id === intent.id ||
      truth.sends.saidOtherSince(last.id, intent) ||
      (kind === 'withdrawal' &&
        isForgotten(last.at) &&
        stay.versions.some(({ at, facts }) => at > last.at && facts.state === 'confirmed'))
    truth.check('M1', isNews, () => `${stay.ref} is told the same thing twice in a row.`)
    const today = [
      ...before.filter(({ at }) => truth.now - at < day),
      { at: truth.now, id: intent.id, stay, text: text.text },
    ]
    taken.set(`${channel} ${text.to}`, today)
    // Who has booked two flats may hear of each; M1's resend is counted there.
    const messages = new Set(today.flatMap((one) => (one.stay === stay ? [one.id] : []))).size
    truth.check('M8', messages <= 6, () => `${stay.ref} is sent ${messages} messages in one day.`)
  }

  /** The store was set back behind it. Whose stay came back since has to hear again that it is off. */
  function isForgotten(at: number): boolean {
    return forgottenIn(truth.plot).some(({ from, until }) => from <= at && at < until)
  }

  /** M6: what is not known of a send is looked up, and given to a person when the silence is over. */
  function judgeEnds(): void {
    if (truth.plot.profile === 'dead-hub') return
    const isDown = !truth.health.isCalm(truth.now, 'sms')
    const open = truth.sends.openBefore(truth.now - hour).filter(({ channel }) => channel === 'inbox' || !isDown)
    truth.check(
      'M6',
      open.length === 0,
      () => `A send of hours ago is neither known nor a person's: ${open[0]?.channel}.`,
    )
  }

  return {
    taken: judgeTaken,
    ended: judgeEnds,
    stored: (name, args, answer) => {
      if (name === 'claimMessage' && answer === true) judgeClaim(args[1] as MessageClaim) // as the port says
    },
  }
}
