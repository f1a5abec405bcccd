import type { Operation } from '../outcomes.ts'
import type { Judge } from '../judge.ts'
import type { World } from '../world.ts'

/** A call of a run, named so that a fault can be laid on it alone. */
export interface CallMade {
  readonly where: string
  readonly operation: Operation
  readonly at: number
  /** Calls of the same kind at the same millisecond before it. */
  readonly skip: number
  /** For a reading: how old the answers are that differ from the true one, milliseconds. */
  readonly ages: readonly number[]
}

/** Everything that happened in a run up to its calm, and that could have gone otherwise. */
export interface Survey {
  /** By hub, how often it crossed its border to store or vendor. */
  readonly sites: number[]
  readonly calls: CallMade[]
  webhooks: number
  /** When a gateway brought its device something. */
  readonly rounds: { readonly door: number; readonly at: number }[]
  /** Events at ports that another one soon follows. */
  readonly followed: number[]
}

export const emptySurvey = (): Survey => ({ sites: [], calls: [], webhooks: 0, rounds: [], followed: [] })

/** Looks on and keeps what it sees. */
export function surveyor(world: World, survey: Survey): Judge {
  const { truth, schedule, plot, hubs } = world
  const { calmFrom } = plot
  /** When each device's cloud was about to hold something else. */
  const edits = new Map<string, number[]>()
  const edited = (id: string) => edits.set(id, [...(edits.get(id) ?? []), truth.now])
  schedule.followed = []
  schedule.at(calmFrom, () => {
    survey.sites.push(...hubs.map(({ sites }) => sites))
    survey.webhooks = world.webhooks.announced
    survey.followed.push(...(schedule.followed ?? []))
    schedule.followed = undefined
  })

  function agesOf(operation: Operation, about: string): readonly number[] {
    if (operation === 'readCodes') return agesSince(edits.get(about) ?? [], truth.now)
    if (operation !== 'listBookings' && operation !== 'readBooking') return []
    const stays = [...truth.bookings.stays.values()].filter(({ ref }) => operation === 'listBookings' || ref === about)
    return agesSince(
      stays.flatMap(({ versions }) => versions.map(({ visibleAt }) => visibleAt)),
      truth.now,
    )
  }

  return {
    callStarted: ({ where, operation, about }) => {
      const { now } = truth
      if (now >= calmFrom) return
      const skip = survey.calls.filter(
        (one) => one.at === now && one.where === where && one.operation === operation,
      ).length
      survey.calls.push({ where, operation, at: now, skip, ages: agesOf(operation, about) })
    },
    writeAsked: ({ id }) => edited(id),
    removeAsked: ({ id }) => edited(id),
    doorChanged: ({ door, plot: { readBack } }) => {
      if (readBack !== 'device' && truth.now < calmFrom) survey.rounds.push({ door, at: truth.now })
    },
  }
}

/** How old an answer is that shows the world just before each of these moments. */
function agesSince(moments: readonly number[], now: number): readonly number[] {
  // A call is under way for a moment when it is answered; half a second is more than that.
  return [...new Set(moments)].map((moment) => now - moment + 500)
}
