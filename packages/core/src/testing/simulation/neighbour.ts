import type { Mark } from '../../ports/work-queue.ts'
import { neighbourId } from './disturbed.ts'
import { minute, type NeighbourPlot } from './plot.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** More work at any time than all hubs can do in hours, all of it as urgent as it can be. */
export const drawNeighbour = (random: Random): NeighbourPlot => ({
  keys: random.of([60, 90]),
  takes: random.of([60_000, 120_000, 300_000]),
})

/** Marks all of its keys again and again, from the first moment to the last. */
export function flood({ schedule, queue, plot }: World, { keys }: NeighbourPlot): void {
  const again = () => {
    schedule.begin(async () => {
      const priority = schedule.instant()
      const marks = Array.from({ length: keys }, (_, key): Mark => {
        return { kind: 'device', key: `device ${key}`, why: 'edit', priority }
      })
      await queue.mark(neighbourId, marks, [], schedule.instant())
    })
    if (schedule.now < plot.end) schedule.at(schedule.now + 10 * minute, again)
  }
  again()
}
