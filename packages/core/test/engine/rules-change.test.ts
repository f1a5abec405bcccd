import { describe, expect, it } from 'vitest'
import { bookingId, kinds, pinIn, textsOn, timeline } from './truth.ts'
import { makeWorld, minutes, type World } from './world.ts'

/** A guest of the loft, from 15:00 to 11:00 and half an hour; the house's zone is taken for Paris, which is UTC+2 then. */
async function arriving() {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
  await world.advance(minutes(10))
  return { world, ref, pin: pinIn(textsOn(world)) }
}

async function correct({ store, hub, advance }: World, id: string, zone: string) {
  for (const property of store.state.properties.values()) store.state.properties.set(property.id, { ...property, zone })
  hub.mark('booking', id) // as the house's own look at what an edit concerns
  await advance(minutes(10))
}

const held = (world: World) => world.lock.codesOn('loft-lock')

describe('a house whose zone was wrong', () => {
  it('has its codes follow the right one, with the PIN that the guest knows, and the guest is told again', async () => {
    const { world, ref, pin } = await arriving()
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T13:00:00.000Z', until: '2026-07-05T09:30:00.000Z' }])
    await correct(world, bookingId(world, ref), 'Atlantic/Azores') // UTC+0 in summer
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T15:00:00.000Z', until: '2026-07-05T11:30:00.000Z' }])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
  })

  it('keeps the codes that are out when the new zone is none, and the timeline says so', async () => {
    const { world, ref, pin } = await arriving()
    await correct(world, bookingId(world, ref), 'Europe/Atlantis')
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T13:00:00.000Z', until: '2026-07-05T09:30:00.000Z' }])
    expect(timeline(world, ref)).toContain('held')
  })
})
