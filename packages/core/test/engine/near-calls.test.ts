import { expect, it } from 'vitest'
import type { Call } from '../../src/ports/call.ts'
import { calm } from './plot.ts'
import { hours, makeWorld, type World } from './world.ts'

/** Which calls of these kinds leave from now on, and whether they may overtake others at the vendor's budget. */
function callsOf({ hub }: World, ...sites: readonly string[]): Map<string, Set<boolean>> {
  const near = new Map(sites.map((site) => [site, new Set<boolean>()]))
  for (const [site, seen] of near)
    hub.bends.set(site, async (next, args) => {
      seen.add((args.at(-1) as Call).near ?? false) // every port takes its call last
      return await next(...args)
    })
  return near
}

const sites = ['lock.writeCode', 'sms.send'] as const

it('lets calls for a guest who arrives soon go before those for one who arrives in days', async () => {
  const world = await makeWorld()
  const far = callsOf(world, ...sites)
  const ref = world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' })
  await calm(world)
  expect(far).toEqual(new Map(sites.map((site) => [site, new Set([false])])))
  world.source.change(ref, { state: 'cancelled' })
  await calm(world)
  await world.advance(hours(2)) // of the five until check-in
  const soon = callsOf(world, ...sites)
  world.source.add({ arrival: '2026-07-01', departure: '2026-07-02' })
  await calm(world)
  expect(soon).toEqual(new Map(sites.map((site) => [site, new Set([true])])))
})
