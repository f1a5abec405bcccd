import { minute, type Scene } from './plot.ts'
import type { World } from './world.ts'

/** How often the operator looks at the list. */
const again = 9 * minute

/** P17: an operator reads what the brake holds, sooner or later, and says yes or no to all of it. */
export function decideLosses(world: World, { until, approve }: Extract<Scene, { do: 'brake-word' }>): void {
  const { schedule, store, truth } = world
  const decide = async () => {
    for (const { list, stays } of await store.heldLosses()) {
      const decided = await store.decideLosses({ list, approve, now: schedule.instant() })
      if (decided === undefined) continue
      truth.happened(approve ? 'a list behind the brake was approved' : 'a list behind the brake was refused')
      for (const { bookingId } of stays) {
        const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
        if (stay) truth.braked.set(stay, { state: approve ? 'approved' : 'refused', at: schedule.now })
      }
      truth.alerts.delete(`brake connection:${world.ids.source}`)
    }
    if (schedule.now + again < until) schedule.at(schedule.now + again, () => schedule.begin(decide))
  }
  schedule.begin(decide)
}
