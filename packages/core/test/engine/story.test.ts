import { beforeEach, describe, expect, it } from 'vitest'
import { doorsOpen, inboxOf, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline, watchDoubles } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

describe('a stay, from the booking to its end', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
    watchDoubles(world)
  })

  it('begins ten days ahead: nothing on a door before it is time, then everything, told once per channel', async () => {
    const ref = world.source.add({ arrival: '2026-07-11', departure: '2026-07-14' })
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(textsOn(world)).toEqual([])
    expect(timeline(world, ref)).toContain('too-early')
    await world.leap(days(7) + hours(4))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    await world.leap(hours(2)) // 72 h before 15:00 in Paris
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toEqual(pinsOn(world, 'street-lock'))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(doorsOpen(world, textsOn(world))).toBe(false) // not before check-in
    await world.leap(days(3))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
    expect(openAlerts(world)).toEqual([])
  })

  it('is extended, moved, cancelled, restored and over, with one PIN all through', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'loft-lock')]).toEqual([[pin], [pin]])

    world.source.change(ref, { departure: '2026-07-07' })
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(world.lock.codesOn('loft-lock')).toEqual([
      { pin, from: '2026-07-02T13:00:00.000Z', until: '2026-07-07T09:30:00.000Z' },
    ])

    world.source.move(ref, 'flat-2')
    await world.advance(minutes(1))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change', 'change'])
    expect(textsOn(world).at(-1)).toMatchObject({ unit: 'Studio', doors: { street: `12${pin}`, studio: pin } })
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'loft-lock'), pinsOn(world, 'studio-lock')]).toEqual([
      [pin],
      [],
      [pin],
    ])

    world.source.cancel(ref)
    await world.advance(minutes(5))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'loft-lock'), pinsOn(world, 'studio-lock')]).toEqual([
      [],
      [],
      [],
    ])
    expect(kinds(textsOn(world)).at(-1)).toBe('withdrawal')
    expect(kinds(inboxOf(world, ref)).at(-1)).toBe('withdrawal')

    world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(5))
    expect(textsOn(world).at(-1)).toMatchObject({ kind: 'door-code', doors: { studio: pin } })
    expect(pinsOn(world, 'studio-lock')).toEqual([pin])

    const said = textsOn(world).length
    await world.leap(days(7))
    await world.advance(minutes(5))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'studio-lock')]).toEqual([[], []])
    expect(textsOn(world)).toHaveLength(said)
    expect(kinds(inboxOf(world, ref))).toEqual(kinds(textsOn(world)))
    expect(openAlerts(world)).toEqual([])
  })
})
