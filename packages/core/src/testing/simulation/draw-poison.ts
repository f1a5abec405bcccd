import type { PoisonPlot, Plot } from './plot.ts'
import type { Random } from './random.ts'

/** One key of an otherwise sunny house, a stay's or a door's, at which every look ends with a bug. */
export function poisoned(random: Random, plot: Plot): Plot {
  const stays = plot.scenes.flatMap((scene) => (scene.do === 'book' ? [scene.stay] : []))
  const inner = [...plot.house.doors.keys()].filter((door) => door > 0 && plot.house.doors[door]?.lock !== undefined)
  const takes = random.of([0, 0, 5000, 25_000])
  const poison: PoisonPlot =
    inner.length > 0 && random.chance(0.4)
      ? { kind: 'device', door: random.of(inner), takes }
      : { kind: random.of(['booking', 'messages'] as const), stay: random.of(stays), takes }
  return { ...plot, poison }
}
