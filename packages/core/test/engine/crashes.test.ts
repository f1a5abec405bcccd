import { describe, expect, it } from 'vitest'
import { bookingId, inboxOf, kinds, openAlerts, pinsOn, textsOn, watchDoubles } from './truth.ts'
import { days, makeWorld, minutes, type World } from './world.ts'

const quiet = ['door-code', 'change', 'change', 'withdrawal', 'door-code']

/** Booked, extended, moved, cancelled, restored, over; the truth is asked after each, whatever happened to the hub. */
async function story(world: World): Promise<void> {
  watchDoubles(world)
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
  const held = () => ['street-lock', 'loft-lock', 'studio-lock'].map((device) => pinsOn(world, device))
  const calm = async () => {
    await world.leap(0)
    await world.leap(minutes(1))
    await world.advance(minutes(2))
  }
  await calm()
  const [pin = ''] = pinsOn(world, 'loft-lock')
  expect(pin).toMatch(/^\d{6}$/)
  expect(held()).toEqual([[pin], [pin], []])
  world.source.change(ref, { departure: '2026-07-07' })
  await calm()
  expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin, until: '2026-07-07T09:30:00.000Z' }])
  world.source.move(ref, 'flat-2')
  await calm()
  expect(held()).toEqual([[pin], [], [pin]])
  world.source.cancel(ref)
  await calm()
  expect(held()).toEqual([[], [], []])
  world.source.change(ref, { state: 'confirmed' })
  await calm()
  expect(held()).toEqual([[pin], [], [pin]])
  await world.leap(days(7))
  await calm()
  expect(held()).toEqual([[], [], []])
  expect(kinds(textsOn(world))).toEqual(quiet)
  expect(kinds(inboxOf(world, ref))).toEqual(quiet)
  for (const message of [...textsOn(world), ...inboxOf(world, ref)])
    expect(Object.values(message.doors).every((enter) => enter === '-' || enter.endsWith(pin))).toBe(true)
  expect(openAlerts(world)).toEqual([])
  expect(bookingId(world, ref)).toBeDefined()
  expect(world.hub.bugs).toEqual([])
}

describe('a hub that dies', () => {
  it('goes on where it was, whichever call it dies before or after', { timeout: 60_000 }, async () => {
    const calm = await makeWorld()
    await story(calm)
    const sites = calm.hub.calls.length
    expect(sites).toBeGreaterThan(300)
    const failed: string[] = []
    const t = performance.now()
    for (let site = 0; site < sites; site++) {
      const world = await makeWorld()
      world.hub.crashAt = site
      try {
        await story(world)
        expect(world.hub.crashes).toBe(1)
      } catch (error) {
        failed.push(`${site} ${calm.hub.calls[site]}: ${error instanceof Error ? error.message.split('\n').slice(0,12).join(' | ') : 'no error'}`)
      }
    }
    console.log(sites, performance.now() - t, failed.length)
    expect(failed).toEqual([])
  })
})
