import { drawPlot, type HousePlot, type Plot, Random, type Scene } from '@stayward/core/testing'
import { chosen, lockKinds, lockPlot } from './chosen.ts'
import { httpClasses } from './meeting.ts'

/** What a seed decides where vendors are real: the default profile's people and faults, as far as fakes and HTTP have them. */
export function drawVendorPlot(seed: number): Plot {
  const plot = drawPlot(seed, 'default')
  const blocks = new Set(
    plot.scenes.flatMap((scene) => (scene.do === 'book' && scene.facts.state !== 'confirmed' ? [scene.stay] : [])),
  )
  const { house, moved } = furnished(seed, plot.house)
  const scenes = plot.scenes
    .filter((scene) => isPlayed(scene, blocks, chosen(seed).source))
    .map(reachable)
    .map((scene) => atLocks(scene, moved))
  return { ...plot, house, scenes }
}

/** Draws vendors for the locks. A 2N device is a connection of its own: `moved` says which locks one has become. */
function furnished(seed: number, house: HousePlot) {
  const random = new Random(seed, 'lock vendors')
  const kinds = house.locks.map(() => random.of(lockKinds))
  const moved = new Map<number, number[]>()
  const locks: HousePlot['locks'][number][] = []
  const add = (from: number) => {
    moved.set(from, [...(moved.get(from) ?? []), locks.length])
    return locks.push(lockPlot(kinds[from] ?? 'device')) - 1
  }
  const doors = house.doors.map((door) => {
    if (door.lock === undefined) return door
    const [made] = moved.get(door.lock) ?? []
    return { ...door, lock: made === undefined || kinds[door.lock] === 'device' ? add(door.lock) : made }
  })
  const source = { ...house.source, lag: 0, readsMessages: true }
  return { house: { ...house, source, sms: { looksUp: true, reports: true }, locks, doors }, moved }
}

function isPlayed(scene: Scene, blocks: ReadonlySet<string>, source: string): boolean {
  switch (scene.do) {
    case 'weather':
      return httpClasses.has(scene.as)
    // A block of the calendar is no booking that could become one, and at Hospitable it has no name.
    case 'book':
      return source !== 'hospitable' || !blocks.has(scene.stay)
    case 'change':
      return !blocks.has(scene.stay)
    case 'adopt':
    case 'unmap':
    case 'slow-sync':
      return false
    default:
      return true
  }
}

/** Blocks have no guest, and some numbers have a fate of their own at the fakes. */
function reachable(scene: Scene): Scene {
  if (scene.do === 'book' && scene.facts.state !== 'confirmed') {
    const { unit, arrival, departure } = scene.facts
    return { ...scene, facts: { state: 'block', unit, arrival, departure, name: '' } }
  }
  if ((scene.do !== 'book' && scene.do !== 'change') || !/^[089]/.test(scene.facts.phone ?? '')) return scene
  const phone = `7${scene.facts.phone?.slice(1)}`
  return scene.do === 'book'
    ? { ...scene, facts: { ...scene.facts, phone } }
    : { ...scene, facts: { ...scene.facts, phone } }
}

function atLocks(scene: Scene, moved: ReadonlyMap<number, readonly number[]>): Scene {
  if (scene.do !== 'weather' || !scene.where.startsWith('lock-')) return scene
  const [lock = 0] = moved.get(Number(scene.where.slice('lock-'.length))) ?? []
  return { ...scene, where: `lock-${lock}` }
}
