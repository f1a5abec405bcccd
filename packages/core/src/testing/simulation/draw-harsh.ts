import { drawFaults } from './draw-faults.ts'
import { minute, type LockPlot, type Plot, type Scene } from './plot.ts'
import type { Random } from './random.ts'

/**
 * Makes it hard to know anything: locks that hide what they hold, have little room or change nothing in place, twice the
 * faults, and people at the locks' apps all the time.
 */
export function harshly(random: Random, plot: Plot): Plot {
  const house = { ...plot.house, locks: plot.house.locks.map((lock) => stingy(random, lock)) }
  const { start, calmFrom, hubs, profile } = plot
  const people = plot.scenes.filter((scene) => scene.do === 'book' || scene.do === 'change')
  const faults = drawFaults(random, { start, calmFrom, hubs, house, scenes: people, profile })
  // One wrong clock at a time: of two, nobody says which hub goes by which.
  const more = [...faults.filter((scene) => scene.do !== 'clock'), ...drawHands(random, { ...plot, house }, people)]
  return { ...plot, house, scenes: [...plot.scenes, ...more].sort((a, b) => a.at - b.at) }
}

function stingy(random: Random, lock: LockPlot): LockPlot {
  switch (random.of(['hides', 'hides', 'little room', 'cloud', 'as it is'] as const)) {
    case 'hides':
      return { ...lock, canUpdate: false, readsPin: random.chance(0.3), readsWindow: random.chance(0.5) }
    case 'little room':
      return { ...lock, canUpdate: random.chance(0.5), capacity: random.from(6, 8), refusesTaken: true }
    case 'cloud':
      return { ...lock, readBack: 'cloud', capacity: random.from(6, 8) }
    case 'as it is':
      return lock
  }
}

/** Mostly around what happens to stays anyway. */
function drawHands(random: Random, { house, start, calmFrom }: Plot, people: readonly Scene[]): Scene[] {
  const doors = [...house.doors.keys()].filter((door) => house.doors[door]?.lock !== undefined)
  if (doors.length === 0) return []
  return Array.from({ length: random.from(2, 6) }, () => {
    const isNear = random.chance(0.6) && people.length > 0
    const drawn = isNear
      ? random.of(people).at + random.from(-10, 10) * minute
      : start + Math.floor(random.share() * (calmFrom - start))
    const at = Math.min(Math.max(drawn, start), calmFrom - minute)
    const act = random.of(['delete', 'delete', 'disable', 'window', 'add', 'add'] as const)
    return { at, do: 'hand', door: random.of(doors), act }
  })
}
