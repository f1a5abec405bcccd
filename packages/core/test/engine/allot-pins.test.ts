import { describe, expect, it, vi } from 'vitest'
import { pinsOn, timeline } from './truth.ts'
import { makeWorld, minutes } from './world.ts'

async function pinOfStay(seed: number): Promise<string | undefined> {
  const world = await makeWorld({ seed })
  world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  await world.advance(minutes(2))
  expect(pinsOn(world, 'street-lock')).toEqual(pinsOn(world, 'loft-lock'))
  return pinsOn(world, 'loft-lock')[0]
}

describe('the PIN of a stay', () => {
  it('comes from the entropy port alone', async () => {
    const random = vi.spyOn(Math, 'random')
    const first = await pinOfStay(1)
    expect(await pinOfStay(1)).toBe(first)
    expect(await pinOfStay(2)).not.toBe(first)
    expect(random).not.toHaveBeenCalled()
    random.mockRestore()
  })

  it('is never one that is known to be taken on some door of the path', async () => {
    // So few PINs that a blind draw meets a taken one every few stays.
    const world = await makeWorld({ lock: { pin: { lengths: [3], digits: '0123' } } })
    const refs = Array.from({ length: 24 }, (_, index) =>
      world.source.add({ arrival: '2026-07-01', departure: '2026-07-05', unitRef: index % 2 ? 'flat-1' : 'flat-2' }),
    )
    await world.advance(minutes(10))
    for (const ref of refs) expect(timeline(world, ref)).not.toContain('refused-pin-taken')
    const pins = pinsOn(world, 'street-lock')
    expect(pins).toHaveLength(refs.length)
    expect(new Set(pins).size).toBe(refs.length)
    expect([...pinsOn(world, 'loft-lock'), ...pinsOn(world, 'studio-lock')].sort()).toEqual(pins.sort())
  })
})
