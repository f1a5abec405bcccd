import type { Judge } from '../judge.ts'
import { minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { windowOf } from '../world/stays.ts'

/**
 * A4 without its second half: who was booked days ahead has the code on the door and has been told before the lights went
 * out, so a blackout keeps nobody outside. That somebody has been called does not help a guest.
 */
export function blackoutJudge(truth: Truth): Judge {
  const { plot, schedule } = truth
  if (plot.profile !== 'blackout') return {}
  return {
    staged: (stay, { facts }) => {
      const { from } = windowOf(facts, plot.house)
      for (const at of [from, from + 90 * minute])
        schedule.at(at, () =>
          truth.check('A4', truth.getsIn(stay, truth.now), () => {
            return `${stay.ref} was known for days, and a blackout of two keeps the guest outside.`
          }),
        )
    },
  }
}
