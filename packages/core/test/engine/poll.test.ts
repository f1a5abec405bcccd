import { beforeEach, describe, expect, it } from 'vitest'
import type { BookingPage } from '../../src/ports/booking-source.ts'
import { bookingId, inboxOf, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline, watchDoubles } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

describe('the poll of a booking system', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
    watchDoubles(world)
    world.poll()
  })

  const arriving = (refs = 1) =>
    Array.from({ length: refs }, (_, index) =>
      world.source.add({ arrival: `2026-07-0${2 + index}`, departure: `2026-07-0${3 + index}` }),
    )
  /** What the source answers is bent for so long; then it is straight again. */
  const lists = (page: (honest: BookingPage) => BookingPage) =>
    world.hub.bends.set('source.listBookings', async (next, args) => page((await next(...args)) as BookingPage)) // the port's own answer

  it('finds what no webhook announced: bookings, changes, moves, cancellations', async () => {
    world.listening = false
    const [ref = ''] = arriving()
    await world.advance(minutes(12))
    const pin = pinIn(textsOn(world))
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    world.source.change(ref, { departure: '2026-07-04' })
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(12))
    expect(world.lock.codesOn('studio-lock')).toMatchObject([{ pin, until: '2026-07-04T09:30:00.000Z' }])
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    world.source.cancel(ref)
    await world.advance(minutes(12))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'studio-lock')]).toEqual([[], []])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change', 'withdrawal'])
  })

  it('reads every page of a list', async () => {
    world = await makeWorld({ source: { pageSize: 2 } })
    world.listening = false
    world.poll()
    const refs = arriving(7)
    await world.advance(minutes(1))
    for (const ref of refs) expect(() => bookingId(world, ref)).not.toThrow()
  })

  it('believes no old snapshot: of a list not at all, of one booking only when it says so twice', async () => {
    const [ref = ''] = arriving()
    let old: BookingPage | undefined
    lists((honest) => (old ??= honest))
    await world.advance(minutes(12))
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(12))
    const held = pinsOn(world, 'studio-lock')
    expect(held).toHaveLength(1)
    let reads = 0
    world.hub.bends.set('source.readBooking', async (next, args) =>
      (reads += 1) === 1 ? old?.bookings[0] : next(...args),
    )
    await world.advance(hours(26)) // past a sweep that shows the flat of before
    expect(pinsOn(world, 'studio-lock')).toEqual(held)
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(reads).toBeGreaterThan(1)
  })

  it('asks for a little more than since the last time, because clocks differ', async () => {
    world.listening = false
    await world.advance(minutes(1))
    const [ref = ''] = arriving()
    const stay = world.source.state.bookings[ref]
    if (!stay) throw new Error('no booking')
    world.source.state.bookings[ref] = { ...stay, changedAt: stay.changedAt - minutes(4) } // the vendor's clock is behind
    await world.advance(minutes(12))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  it('does not take a list that fails, or one that is not complete, for cancellations', async () => {
    arriving(2)
    await world.advance(minutes(12))
    const held = pinsOn(world, 'loft-lock')
    expect(held).toHaveLength(2)
    lists((honest) => ({ bookings: [], complete: false, ...(honest.next === undefined ? {} : { next: honest.next }) }))
    await world.advance(hours(7)) // past a sweep
    expect(openAlerts(world)).toContain('connection')
    world.hub.bends.clear()
    world.wire.source.failAll('error-before', ({ url }) => url.endsWith('/bookings'))
    await world.advance(hours(7))
    world.wire.source.heal()
    expect(pinsOn(world, 'loft-lock')).toEqual(held)
    await world.advance(hours(2))
    expect(kinds(textsOn(world)).filter((kind) => kind === 'withdrawal')).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })

  it('asks again for what an incomplete list left out', async () => {
    await world.advance(minutes(1))
    world.listening = false
    lists(({ bookings }) => ({ bookings: bookings.slice(1), complete: false }))
    arriving()
    await world.advance(minutes(40))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    world.hub.bends.clear()
    await world.advance(minutes(12))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  it('reads by its id what a complete sweep no longer shows, and believes that', async () => {
    const [kept = '', cancelled = ''] = arriving(2)
    await world.advance(minutes(12))
    world.listening = false
    world.source.cancel(cancelled)
    lists(({ bookings }) => ({ bookings: bookings.filter(({ ref }) => ref === ''), complete: true })) // empty, and sure of it
    await world.advance(hours(7))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(inboxOf(world, kept))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, cancelled))).toEqual(['door-code', 'withdrawal'])
  })
})

describe('a booking that its source no longer knows', () => {
  let world: World
  let ref: string
  beforeEach(async () => {
    world = await makeWorld()
    ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  const outcome = () => world.store.state.fetches.get(`${world.ids.source}/${ref}`)?.outcome
  const keeps = async () => {
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(outcome()).toBe('doubtful')
    expect(timeline(world, ref)).toContain('source-doubt')
    expect(openAlerts(world)).toEqual(['booking'])
  }

  it('counts as cancelled with all of the proof: account, complete list, not in it', async () => {
    world.source.erase(ref)
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
    expect(outcome()).toBe('changed')
  })

  it('stays when the account is another one', async () => {
    world.hub.bends.set('source.readAccount', async () => ({ id: 'account-2' }))
    world.source.erase(ref)
    await keeps()
  })

  it('stays when the list is not complete', async () => {
    world.hub.bends.set('source.listBookings', async () => ({ bookings: [], complete: false }))
    world.source.erase(ref)
    await keeps()
  })

  it('stays when the list still holds it, and the alert closes when it can be read again', async () => {
    world.hub.bends.set('source.readBooking', async () => undefined)
    world.hub.nudge(`${world.ids.source}/${ref}`)
    await keeps()
    world.hub.bends.clear()
    world.hub.nudge(`${world.ids.source}/${ref}`)
    await world.advance(minutes(1))
    expect(openAlerts(world)).toEqual([])
  })

  it('stays when the account was never known', async () => {
    const { state } = world.store
    for (const [id, { account: _, ...rest }] of state.connections) state.connections.set(id, rest)
    world.source.erase(ref)
    await keeps()
  })

  it('stays as long as the list cannot be read, and goes once it can', async () => {
    world.wire.source.failAll('timeout-before', ({ url }) => url.endsWith('/bookings'))
    world.source.erase(ref)
    await world.advance(minutes(30))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(outcome()).toBe('failed')
    world.wire.source.heal()
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
  })

  it('says what came of an invented one', async () => {
    world.hub.nudge(`${world.ids.source}/invented-1`)
    await world.advance(minutes(1))
    expect(world.store.state.fetches.get(`${world.ids.source}/invented-1`)).toMatchObject({ outcome: 'not-found' })
  })
})

describe('a flat whose link is removed by mistake', () => {
  it('keeps its codes, says why, and goes on when the link is back', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const held = pinsOn(world, 'loft-lock')
    const { units } = world.store.state
    const loft = units.get(world.units.loft)
    if (!loft) throw new Error('no loft')
    units.set(loft.id, { ...loft, sources: [] })
    world.hub.mark('booking', bookingId(world, ref))
    await world.advance(hours(2))
    expect(pinsOn(world, 'loft-lock')).toEqual(held)
    expect(timeline(world, ref)).toContain('held')
    units.set(loft.id, loft)
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin: held[0], until: '2026-07-06T09:30:00.000Z' }])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    await world.leap(days(6))
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
  })
})
