import type { Plot, Scene } from './plot.ts'
import { simulate, type SimulationOptions } from './simulate.ts'

/**
 * A smaller plot that fails in the same way: scenes are left out, first many at once, as long as the same invariant
 * breaks. `most` bounds the runs that may be spent.
 */
export async function shrink(
  plot: Plot,
  id: string,
  { most = 200, ...kept }: Omit<SimulationOptions, 'seed' | 'plot' | 'profile'> & { readonly most?: number } = {},
): Promise<Plot> {
  // With a cause less nobody is called, and that would be wrong in another way; and a long run takes minutes each time.
  if (plot.pages || plot.profile === 'years' || plot.profile === 'week') return plot
  let best = plot
  let runs = 0
  const fails = async (smaller: Plot) => {
    runs += 1
    const { violations } = await simulate({ ...kept, seed: smaller.seed, plot: smaller })
    return violations.some((violation) => violation.id === id)
  }
  for (let size = Math.ceil(best.scenes.length / 2); size >= 1 && runs < most; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.scenes.length && runs < most; ) {
      const smaller = { ...best, scenes: without(best.scenes, from, size) }
      if (await fails(smaller)) best = smaller
      else from += size
    }
  }
  return await alone(best, fails)
}

/** Without these scenes, and without changes of a booking that is no longer made. */
function without(scenes: readonly Scene[], from: number, size: number): readonly Scene[] {
  const kept = scenes.filter((_, index) => index < from || index >= from + size)
  const booked = new Set(kept.flatMap((scene) => (scene.do === 'book' ? [scene.stay] : [])))
  return kept.filter((scene) => !('stay' in scene) || scene.do === 'book' || booked.has(scene.stay))
}

/** One hub is easier to follow than three. */
async function alone(plot: Plot, fails: (smaller: Plot) => Promise<boolean>): Promise<Plot> {
  const one = { ...plot, hubs: 1 }
  const usesOthers = plot.scenes.some((scene) => 'hub' in scene && scene.hub > 0)
  return plot.hubs > 1 && !usesOthers && (await fails(one)) ? one : plot
}
