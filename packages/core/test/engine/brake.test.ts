import { beforeEach, describe, expect, it } from 'vitest'
import type { Instant } from '../../src/domain/instant.ts'
import { inboxOf, kinds, openAlerts, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

const onCall = '+33639980077'

describe('a booking system that suddenly cancels much', () => {
  let world: World
  let refs: string[]
  beforeEach(async () => {
    world = await makeWorld()
    await world.house.setAlarmAddress(world.ids.sms, onCall)
    // Arrivals of the next three days, two in each flat, and guests who are in the house.
    refs = [1, 2, 3].flatMap((day) =>
      ['flat-1', 'flat-2'].map((unitRef) =>
        world.source.add({ arrival: `2026-07-0${day}`, departure: `2026-07-0${day + 1}`, unitRef }),
      ),
    )
    await world.advance(hours(1))
  })
  const held = () => pinsOn(world, 'street-lock').length
  const cancelAll = async () => {
    for (const ref of refs) world.source.cancel(ref)
    await world.advance(minutes(10))
  }
  const word = async (approve: boolean, list?: string) => {
    const known = await world.store.heldLosses()
    const now: Instant = world.clock.now()
    const said = await world.store.decideLosses({ list: list ?? known[0]?.list ?? '', approve, now })
    await world.advance(minutes(10))
    return said
  }

  it('does not empty the house: beyond three stays the codes stay, and a person is called', async () => {
    expect(held()).toBe(6)
    await cancelAll()
    expect(held()).toBe(3)
    expect(openAlerts(world)).toContain('brake')
    expect(world.sms.received(onCall).join()).toContain('brake')
    const kept = refs.filter((ref) => world.store.state.bookings && timeline(world, ref).at(-1) === 'held')
    expect(kept).toHaveLength(3)
    expect(kept.every((ref) => kinds(inboxOf(world, ref)).at(-1) === 'door-code')).toBe(true) // told nothing either
    expect(kinds(textsOn(world)).filter((kind) => kind === 'withdrawal')).toHaveLength(3)
    await world.advance(hours(5))
    expect(held()).toBe(3) // the hour is over, and nobody has said a word
  })

  it('goes on with exactly the list that a person approved', async () => {
    await cancelAll()
    const [shown] = await world.store.heldLosses()
    refs.push(world.source.add({ arrival: '2026-07-02', departure: '2026-07-04', unitRef: 'flat-1' }))
    await world.advance(minutes(10))
    world.source.cancel(refs.at(-1) ?? '')
    await world.advance(minutes(10))
    expect(await word(true, shown?.list)).toBeUndefined() // one more has come onto it
    expect(held()).toBe(4)
    expect(await word(true)).toBe(4)
    expect(held()).toBe(0)
    expect(openAlerts(world)).toEqual([])
    expect(kinds(textsOn(world)).filter((kind) => kind === 'withdrawal')).toHaveLength(7)
  })

  it('keeps what a person refused until its own end', async () => {
    await cancelAll()
    expect(await word(false)).toBe(3)
    expect(held()).toBe(3)
    expect(openAlerts(world)).toEqual([])
    await world.advance(days(5))
    expect(held()).toBe(0)
    expect(openAlerts(world)).toEqual([])
  })

  it('is believed again once it takes it back', async () => {
    await cancelAll()
    for (const ref of refs) world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(20))
    expect(held()).toBe(6)
    expect(await world.store.heldLosses()).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })

  it('is not believed either when it sends everybody to next year', async () => {
    for (const ref of refs) world.source.change(ref, { arrival: '2027-07-02', departure: '2027-07-04' })
    await world.advance(minutes(10))
    const ends = world.lock.codesOn('street-lock').map(({ until }) => until?.slice(0, 4))
    expect(ends.filter((year) => year === '2026')).toHaveLength(3)
    expect(openAlerts(world)).toContain('brake')
  })

  it('is believed about stays that are over, however many', async () => {
    await world.advance(days(5))
    expect(held()).toBe(0)
    expect(openAlerts(world)).toEqual([])
  })
})
