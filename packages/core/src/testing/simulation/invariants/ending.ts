import type { Judge } from '../judge.ts'
import { forgottenIn, hour, minute, pushAhead } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { type Entry, admits, type SimulatedKeypad } from '../world/keypad.ts'
import { leadsThrough, type Stay, textOf, windowOf } from '../world/stays.ts'

/** E10, E11, D4, H2, H3: what is so once nothing has failed for a while. */
export function endingJudge(truth: Truth): Judge {
  const { plot } = truth
  let lastWrite = Number.NEGATIVE_INFINITY

  function ended(): void {
    if (plot.profile === 'dead-hub') return
    for (const stay of truth.bookings.stays.values()) {
      const known = stay.known()
      truth.check('D4', known !== undefined && textOf(known.facts) === textOf(stay.now.facts), () => {
        return `The hub still works by an old state of ${stay.ref}.`
      })
    }
    for (const keypad of truth.keypads) if (keypad && isPlain(keypad)) judgeDoor(keypad)
    if (['sunny', 'forger', 'neighbour'].includes(plot.profile)) judgeSunny()
    if (plot.profile === 'quiet')
      truth.check(
        'E10',
        lastWrite < plot.calmFrom + 3 * hour || isBusy(),
        () => 'Nothing changes, and codes are still written.',
      )
    for (const [key, since] of truth.alerts) {
      if (!key.startsWith('arrival') && !key.startsWith('door-doubt')) continue
      if (plot.profile === 'core-calm') continue // its cause may burn on
      truth.check('H2', isOwed(key) || truth.now - since < 2 * hour, () => `An alert is still open: ${key}.`)
    }
  }

  /** H3: where nothing failed, a person is called only for what people themselves have done. */
  function judgeSunny(): void {
    const loud = [...truth.alerts.keys()].filter((key) => !key.endsWith(':address') && !isOwnDoing(key))
    truth.check('H3', loud.length === 0, () => `Nothing was wrong, and a person was called: ${loud.join(', ')}.`)
  }

  /** No phone, a device that is full, a booking at the last moment. */
  function isOwnDoing(key: string): boolean {
    const stay = truth.bookings.stays.get(truth.refs.get(key.split(':')[1] ?? '') ?? '')
    const isFull = truth.keypads.some((keypad) => keypad?.plot.capacity !== undefined)
    return isFull || stay?.now.facts.phone === undefined
  }

  /** E11: exactly the codes that are wanted. */
  function judgeDoor(keypad: SimulatedKeypad): void {
    for (const stay of truth.bookings.stays.values()) {
      const { facts } = stay.now
      const { from, until } = windowOf(facts, plot.house)
      const wanted =
        leadsThrough(facts, keypad.door, plot.house) &&
        until > truth.now + 5 * minute &&
        from - pushAhead < truth.now - 30 * minute
      const held = [...keypad.held.values()].filter((entry) => truth.owners.get(entry.mark ?? '')?.stay === stay)
      const step = keypad.plot.windowStep
      const right = held.filter(
        (entry) =>
          entry.enabled &&
          entry.from === Math.floor(from / step) * step &&
          entry.until === Math.ceil(until / step) * step,
      )
      // What somebody changed while the guest is in the house stays so as long as it lets the guest in (A15), and until it is
      // seen that it no longer does.
      const reached = truth.health.calmFrom(truth.now, 'hub', keypad.where, `door-${keypad.door}`)
      const isLeft =
        from <= truth.now &&
        Math.max(truth.foundBy(keypad), reached) >= from &&
        held.some((entry) => admits(entry, truth.now - 5 * minute))
      if (wanted)
        truth.check(
          'E11',
          right.length === 1 ||
            isLeft ||
            (right.length > 1 && hasStrays(keypad)) ||
            truth.isRaised(stay, 'arrival', 'pin', 'message'),
          () => {
            return `${keypad.id} ${held.length === 0 ? 'has no' : 'has another'} code for ${stay.ref} after hours of calm.`
          },
        )
      const elsewhere = facts.state !== 'confirmed' || until < truth.now - hour
      if (elsewhere)
        truth.check(
          'E11',
          held.length === 0 || hasStrays(keypad) || truth.isBraked(stay) || truth.isRaised(stay, 'door-doubt'),
          () => {
            return `${keypad.id} still has a code for ${stay.ref}, which is ${facts.state} or over.`
          },
        )
    }
  }

  /**
   * Codes that no stay could claim: of a time that the store has forgotten, taken for gone because a listing left them out, or
   * made by their vendor hours after it was asked to. A person knows of them.
   */
  function hasStrays({ id, held }: SimulatedKeypad): boolean {
    const isExplained =
      truth.misread.has(id) ||
      [...held.values()].some(({ lateAt }) => lateAt !== undefined) ||
      forgottenIn(plot).length > 0
    return isExplained && truth.alerts.has(`door-doubt device:${truth.deviceIds.get(id)}`)
  }

  /** Nothing lasting was done to it that no hub can see or mend. */
  function isPlain(keypad: SimulatedKeypad): boolean {
    return (
      keypad.plot.capacity === undefined &&
      truth.foundBy(keypad) < truth.now - hour &&
      [...keypad.held.values()].every((entry) => truth.foundBy(keypad, unseenAt(keypad, entry)) < truth.now - hour) &&
      truth.health.isCalm(truth.now, keypad.where, `door-${keypad.door}`)
    )
  }

  /** When it came to be there behind a look: made hours late, or a second time and shown a while after the first. */
  function unseenAt({ held }: SimulatedKeypad, { mark, lateAt = 0, showsFrom }: Entry): number {
    const isDouble = mark !== undefined && [...held.values()].filter((other) => other.mark === mark).length > 1
    return isDouble ? Math.max(lateAt, showsFrom) : lateAt
  }

  /** A stay of the last day begins, ends or is told. */
  function isBusy(): boolean {
    const edges = (stay: Stay) => Object.values(windowOf(stay.now.facts, plot.house)) as number[]
    return [...truth.bookings.stays.values()].some((stay) =>
      edges(stay).some((at) => at - pushAhead - hour < truth.now && at > plot.calmFrom),
    )
  }

  function isOwed(key: string): boolean {
    const stay = truth.bookings.stays.get(truth.refs.get(key.split(':')[1] ?? '') ?? '')
    if (!stay) return true
    return stay.now.facts.state === 'confirmed' && windowOf(stay.now.facts, plot.house).until > truth.now - hour
  }

  return {
    ended,
    writeAsked: () => {
      lastWrite = truth.now
    },
    removeAsked: () => {
      lastWrite = truth.now
    },
  }
}
