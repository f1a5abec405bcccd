import type { Judge } from '../judge.ts'
import type { World } from '../world.ts'
import { admits } from '../world/keypad.ts'
import type { Stay } from '../world/stays.ts'
import type { Expectation, Scenario } from './scenario.ts'

/**
 * The scenario's own end. In a variation only what holds at the end of the run is asked, and a person who has been called
 * may be what is left of it.
 */
export function expectations({ truth, schedule, plot }: World, { expects }: Scenario, isVariation: boolean): Judge {
  const later = expects.filter(({ at }) => at < plot.end)
  if (!isVariation) for (const one of later) schedule.at(one.at, () => judge(one))

  function judge({ stay: ref, is }: Expectation): void {
    const stay = truth.bookings.stays.get(ref)
    const holds = stay !== undefined && (holdsFor(stay, is) || (isVariation && isCalledFor(stay)))
    truth.check('END', holds, () => `${ref} is not ${is}.`)
  }

  function holdsFor(stay: Stay, is: Expectation['is']): boolean {
    const entries = truth.keypads.flatMap((keypad) => [...(keypad?.held.values() ?? [])])
    const own = entries.filter(({ mark }) => truth.owners.get(mark ?? '')?.stay === stay)
    switch (is) {
      case 'in':
        return truth.getsIn(stay, truth.now)
      case 'out':
        return !own.some((entry) => admits(entry, truth.now))
      case 'gone':
        return own.length === 0
      case 'raised':
        return truth.isRaised(stay, 'arrival', 'message', 'pin', 'booking')
      case 'told again':
        return (truth.told.get(stay.ref) ?? []).length > 1
    }
  }

  function isCalledFor(stay: Stay): boolean {
    const isAtDoor = [...truth.alerts.keys()].some((key) => key.startsWith('door-doubt device:'))
    return isAtDoor || truth.isRaised(stay, 'arrival', 'message', 'pin', 'booking', 'door-doubt')
  }

  return {
    ended: () => {
      for (const one of expects) if (one.at >= plot.end) judge(one)
    },
  }
}
