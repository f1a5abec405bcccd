import type { Judge } from '../judge.ts'
import { day, hour, minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { heard } from '../words.ts'
import { phoneOf } from '../world/bookings.ts'
import type { Text } from '../world/phones.ts'
import { doorsOf, type Stay, type Version, windowOf } from '../world/stays.ts'

const underWay = 2 * minute

/** A16, M1–M4, M8: what guests are told, by whom it is taken, and how often. */
export function messageJudge(truth: Truth): Judge {
  const { house } = truth.plot
  const sends = new Map<string, number>()
  const ambiguous = new Map<string, number>()
  const taken = new Map<string, { readonly at: number; readonly text: string }[]>()

  function judge(stay: Stay, channel: 'sms' | 'inbox', text: Text): void {
    const { kind, unit, doors } = heard(text.text)
    const known = stay.knownSince(truth.now - underWay)
    judgeCount(stay, channel, text)
    const addressed = known.some(({ facts }) =>
      channel === 'inbox' ? text.to === stay.ref : facts.phone !== undefined && text.to === phoneOf(facts.phone),
    )
    truth.check('M2', addressed, () => `${stay.ref}: a message goes to somebody else.`)
    if (kind === 'withdrawal') return
    const firm = known.filter(({ facts }) => facts.state === 'confirmed')
    truth.check('M4', firm.length > 0, () => `${stay.ref} is told a code although it is ${stay.known()?.facts.state}.`)
    const matching = firm.filter(({ facts }) => unit === `Flat ${facts.unit}` && namesPath(facts, doors))
    truth.check('A16', firm.length === 0 || matching.length > 0, () => {
      return `${stay.ref} is not told the whole way: ${doors.map(({ name }) => name).join(', ')} for ${unit}.`
    })
    for (const version of matching.slice(-1)) judgeProof(stay, version, doors)
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

  function judgeCount(stay: Stay, channel: 'sms' | 'inbox', text: Text): void {
    const intent = channel === 'sms' ? text.key : `${stay.ref} ${text.text}`
    const count = (sends.get(intent) ?? 0) + 1
    if (channel === 'sms') {
      sends.set(intent, count)
      const most = 1 + Math.min(1, ambiguous.get(`send ${text.key}`) ?? 0)
      truth.check('M1', count <= most, () => `${stay.ref} is sent one message ${count} times.`)
    }
    const before = taken.get(`${channel} ${text.to}`) ?? []
    const last = before.at(-1)
    const unsure = [...ambiguous].some(
      ([about, times]) => times > 0 && (about.startsWith('send') || about.includes(stay.ref)),
    )
    truth.check('M1', last?.text !== text.text || count > 1 || unsure, () => {
      return `${stay.ref} is told the same thing twice in a row.`
    })
    const today = [...before.filter(({ at }) => truth.now - at < day), { at: truth.now, text: text.text }]
    taken.set(`${channel} ${text.to}`, today)
    truth.check(
      'M8',
      today.length <= (unsure ? 7 : 6),
      () => `${stay.ref} is sent ${today.length} messages in one day.`,
    )
  }

  return {
    taken: judge,
    callEnded: ({ operation, about, ambiguous: isAmbiguous }) => {
      if (!isAmbiguous || (operation !== 'send' && operation !== 'messageGuest')) return
      const key = `${operation} ${about}`
      ambiguous.set(key, (ambiguous.get(key) ?? 0) + 1)
    },
  }
}
