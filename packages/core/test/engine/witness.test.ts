import { beforeEach, describe, expect, it } from 'vitest'
import { bookingId, inboxOf, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

describe('a booking system that is only a witness', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
    world.poll()
  })

  /** As the house does it: the switch, and a look at every booking. */
  const setWitness = async (isWitness: boolean) => {
    await world.house.setWitness(world.ids.source, isWitness)
    for (const [id, { booking }] of world.store.state.bookings)
      if (booking.connectionId === world.ids.source) world.hub.mark('booking', id)
    await world.run()
  }
  /** What was written, sent or alarmed since. */
  const effects = () => {
    const from = world.hub.calls.length
    return () =>
      world.hub.calls.slice(from).filter((call) => /writeCode|removeCode|send$|messageGuest|writeBack/.test(call))
  }
  const storedOf = (ref: string) => world.store.state.bookings.get(bookingId(world, ref))?.booking
  const tomorrow = { arrival: '2026-07-02', departure: '2026-07-04' }

  it('is kept in sync and causes nothing: no code, no message, no alarm, no arrival', async () => {
    await setWitness(true)
    const done = effects()
    const ref = world.source.add(tomorrow)
    const cancelled = world.source.add(tomorrow)
    const unassigned = world.source.add({ ...tomorrow, unitRef: 'nobody knows' })
    await world.advance(hours(3))
    world.source.change(ref, { departure: '2026-07-05' })
    world.source.cancel(cancelled)
    await world.advance(days(5))
    expect(done()).toEqual([])
    expect([storedOf(ref)?.departure, storedOf(cancelled)?.state]).toEqual(['2026-07-05', 'cancelled'])
    expect(storedOf(unassigned)?.state).toBe('confirmed')
    expect(timeline(world, ref)).toContain('held')
    expect([world.store.state.alerts, world.store.state.events]).toEqual([[], []])
    expect([...world.store.state.bookings.values()].flatMap(({ readiness }) => readiness ?? [])).toEqual([])
  })

  it('keeps a code that was out until the end it had, whatever the old system says by then', async () => {
    const refs = [tomorrow, tomorrow, tomorrow].map((stay) => world.source.add(stay))
    await world.advance(hours(1))
    const held = pinsOn(world, 'street-lock')
    expect(held).toHaveLength(3)
    await setWitness(true)
    const done = effects()
    const [extended = '', cancelled = '', erased = ''] = refs
    world.source.change(extended, { departure: '2026-07-09' })
    world.source.cancel(cancelled)
    world.hub.bends.set('source.readAccount', async () => ({ id: 'account-2' })) // so nobody can be sure that it is gone
    world.source.erase(erased)
    await world.advance(days(2))
    expect(done()).toEqual([])
    expect(pinsOn(world, 'street-lock')).toEqual(held)
    expect(openAlerts(world)).toEqual([])
    expect(timeline(world, erased)).not.toContain('source-doubt')
    await world.advance(days(2))
    expect(pinsOn(world, 'street-lock')).toEqual([])
    expect(new Set(kinds(textsOn(world)))).toEqual(new Set(['door-code']))
  })

  it('sends nothing to a door that had not left yet, unless its guest was told', async () => {
    world.wire.lock.failAll('error-before', ({ method }) => method !== 'GET')
    const ref = world.source.add(tomorrow)
    await world.advance(minutes(3))
    expect(world.store.state.codes.size).toBeGreaterThan(0)
    for (const [id, { writtenAt: _left, ...code }] of world.store.state.codes)
      world.store.state.codes.set(id, { ...code, evidence: 'planned' })
    await setWitness(true)
    world.wire.lock.heal()
    await world.advance(days(1))
    expect(pinsOn(world, 'street-lock')).toEqual([])
    expect([inboxOf(world, ref), textsOn(world), openAlerts(world)]).toEqual([[], [], []])
    expect(timeline(world, ref)).toContain('code-ending')
  })

  it('closes what was open about its bookings', async () => {
    world.source.add({ ...tomorrow, unitRef: 'flat-1', arrival: '2026-07-01', departure: '2026-07-03' })
    world.wire.lock.failAll('error-before')
    await world.advance(hours(5))
    expect(openAlerts(world)).toContain('arrival')
    world.wire.lock.heal()
    await setWitness(true)
    await world.advance(minutes(30))
    expect(openAlerts(world)).toEqual([])
  })

  it('counts again when it is no longer one', async () => {
    const [moved = '', cancelled = ''] = [tomorrow, tomorrow].map((stay) => world.source.add(stay))
    await world.advance(hours(1))
    await setWitness(true)
    world.source.move(moved, 'flat-2')
    world.source.cancel(cancelled)
    const fresh = world.source.add({ arrival: '2026-07-03', departure: '2026-07-05', unitRef: 'flat-2' })
    await world.advance(hours(1))
    expect(pinsOn(world, 'studio-lock')).toEqual([])
    await setWitness(false)
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(pinsOn(world, 'studio-lock')).toHaveLength(2)
    expect(kinds(inboxOf(world, cancelled))).toEqual(['door-code', 'withdrawal'])
    expect(pinsOn(world, 'studio-lock')).toContain(pinIn(inboxOf(world, fresh), 'studio'))
  })
})
