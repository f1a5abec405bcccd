import { hour, minute, type Plot, type Scene } from './plot.ts'
import type { Random } from './random.ts'

type Lasting = Extract<Scene, { readonly until: number }>

/**
 * Makes half a calm of it: the hubs, the booking system, one door and its vendor get well, and what burns elsewhere goes on
 * burning to the end. What can be done for the core has to be done all the same.
 */
export function keepBurning(random: Random, plot: Plot): Plot {
  const { house, end, calmFrom, start } = plot
  const doors = [...house.doors.keys()].filter((door) => house.doors[door]?.lock !== undefined)
  const core = doors.length > 0 ? random.of(doors) : undefined
  const others = doors.filter((door) => door !== core)
  const locks = house.locks.flatMap((_, lock) => (lock === house.doors[core ?? -1]?.lock ? [] : [`lock-${lock}`]))
  const places = [...locks, ...(house.channels === 'sms' || random.chance(0.5) ? [] : ['sms'])]
  const until = end + hour
  const isOutside = (scene: Scene): scene is Lasting => {
    if (scene.do === 'weather') return places.includes(scene.where)
    return (scene.do === 'offline' || scene.do === 'slow-sync') && others.includes(scene.door)
  }
  const at = () => start + random.below(calmFrom - start - minute)
  const as = random.of(['timeout-before', 'error-before', 'dns', 'unauthorized', 'html'] as const)
  const fires = [
    ...places.map((where): Scene => ({ at: at(), do: 'weather', until, fault: 'N1', where, as, share: 1 })),
    ...others.map((door): Scene => ({ at: at(), do: 'offline', until, door, fault: 'V1' })),
  ].filter((_, index) => index === 0 || random.chance(0.5))
  const scenes = plot.scenes.map((scene) => (isOutside(scene) ? { ...scene, until } : scene))
  return { ...plot, scenes: [...scenes, ...fires].sort((a, b) => a.at - b.at) }
}
