import { hour, minute, type Plot, type Scene } from './plot.ts'
import type { Random } from './random.ts'

/** S8: everything else is well. The copy is turned off again, or a person says that it is the one that counts. */
export function drawTwins(random: Random, { start, calmFrom }: Pick<Plot, 'start' | 'calmFrom'>): Scene[] {
  const at = start + hour + random.below(calmFrom - start - 2 * hour)
  const most = Math.min(24 * hour, at - start)
  const back = Math.floor(10_000 * (most / 10_000) ** random.share())
  const until = Math.min(calmFrom, at + random.from(1, 720) * minute)
  return [{ at, do: 'twin', until, back, counts: random.chance(0.5) }]
}
