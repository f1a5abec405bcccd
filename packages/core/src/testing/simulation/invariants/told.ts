import { instantOf } from '../../../domain/instant.ts'
import type { Judge } from '../judge.ts'
import { hour, minute } from '../plot.ts'
import type { Telling, Truth } from '../truth.ts'
import { phoneOf } from '../world/bookings.ts'
import { doorsOf, type Stay, windowOf } from '../world/stays.ts'

/** M5: once all is calm, what a guest was last sent is what the doors hold and the booking says, or a person knows of it. */
export function toldJudge(truth: Truth): Judge {
  const { house, profile } = truth.plot

  function judge(stay: Stay): void {
    const { facts } = stay.now
    const { from, until } = windowOf(facts, house)
    const isOwed = facts.state === 'confirmed' && until > truth.now + 5 * minute && from - 4 * hour < truth.now
    const telling = isOwed ? newest(stay) : undefined
    if (!telling || truth.underWay.has(stay.ref)) return
    const isRight =
      telling.kind !== 'withdrawal' &&
      telling.unit === `Flat ${facts.unit}` &&
      telling.dates === `${instantOf(from)} to ${instantOf(until)}` &&
      doorsOf(facts, house).every((door) => isHeld(stay, door, telling))
    truth.check('M5', isRight || truth.isRaised(stay, 'arrival', 'message', 'pin', 'booking'), () => {
      return `${stay.ref} was last told ${telling.kind}, ${telling.unit}, ${telling.dates}, which is not so, and nobody knows.`
    })
  }

  /** By the order in which they were sent: what arrives late is old news. */
  function newest({ ref, now: { facts } }: Stay): Telling | undefined {
    const { phone } = facts
    const mine = (truth.told.get(ref) ?? []).filter(
      ({ channel, to }) => channel === 'inbox' || (phone !== undefined && to === phoneOf(phone)),
    )
    return mine.reduce<Telling | undefined>((last, one) => (last && last.sentAt > one.sentAt ? last : one), undefined)
  }

  /** A door in trouble, or one that somebody has just touched, cannot be held to it. */
  function isHeld(stay: Stay, door: number, { doors }: Telling): boolean {
    const keypad = truth.keypads[door]
    if (!keypad || keypad.plot.readBack === 'cloud' || truth.foundBy(keypad) > truth.now - hour) return true
    if (!truth.health.isCalm(truth.now, keypad.where, `door-${door}`) || truth.isOverwritten(stay, door)) return true
    const { name, prefix = '' } = house.doors[door] ?? { name: '' }
    const enter = doors.find((one) => one.name === name)?.enter.slice(prefix.length)
    return [...keypad.held.values()].some(
      ({ mark, pin }) => pin === enter && truth.owners.get(mark ?? '')?.stay === stay,
    )
  }

  return {
    ended: () => {
      if (profile !== 'dead-hub') for (const stay of truth.bookings.stays.values()) judge(stay)
    },
  }
}
