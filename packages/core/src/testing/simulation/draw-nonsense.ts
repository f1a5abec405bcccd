import { day, hour, type HousePlot, minute, type Scene } from './plot.ts'
import type { Random } from './random.ts'
import { windowOf } from './world/stays.ts'

interface Booked {
  readonly house: HousePlot
  readonly people: readonly Scene[]
  readonly calmFrom: number
}

/**
 * A booking system that calls off everybody at once, true or not: what the brake is for. Later an operator decides about
 * the list, and often the bookings come back.
 */
export function drawNonsense(random: Random, { house, people, calmFrom }: Booked): Scene[] {
  if (!random.chance(0.25)) return []
  const stays = people.flatMap((scene) => (scene.do === 'book' && scene.facts.state === 'confirmed' ? [scene] : []))
  if (stays.length < 4) return []
  const first = random.of(stays)
  const at = first.at + hour + random.below(Math.max(1, calmFrom - first.at - 5 * hour))
  const due = stays.filter(({ at: booked, facts }) => {
    const { from, until } = windowOf(facts, house)
    return booked < at - 30 * minute && from - 3 * day < at - 30 * minute && at < until
  })
  if (due.length < 4 || at > calmFrom - 4 * hour) return []
  const back = random.chance(0.5) ? random.from(1, 3) * hour : undefined
  const change = (stay: string, when: number, state: 'cancelled' | 'confirmed'): Scene => {
    return { at: when, do: 'change', stay, facts: { state } }
  }
  return [
    ...due.map(({ stay }) => change(stay, at + random.below(5 * minute), 'cancelled')),
    ...(back === undefined ? [] : due.map(({ stay }) => change(stay, at + back + random.below(minute), 'confirmed'))),
    { at: at + random.from(15, 200) * minute, do: 'brake-word', until: calmFrom, approve: random.chance(0.5) },
  ]
}
