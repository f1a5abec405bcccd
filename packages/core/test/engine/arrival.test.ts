import { describe, expect, it } from 'vitest'
import { doorsOpen, kinds, openAlerts, pinsOn, textsOn } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

const alerts = ({ store }: World, kind = 'arrival') => store.state.alerts.filter((alert) => alert.kind === kind)
const openedAt = (world: World, kind = 'arrival') => alerts(world, kind).map(({ openedAt }) => openedAt)

describe('an owner who stays there', () => {
  it('is let in like any guest, is told nothing, and nobody is called for that', async () => {
    const world = await makeWorld()
    const guest = { name: 'Hanna Hostmann', phone: '+33639980009', isOwner: true } as const
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04', guest })
    await world.advance(days(1) + hours(6))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(textsOn(world, guest.phone)).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })
})

describe('an arrival at risk', () => {
  it('is known a day before while the door is offline, calls a person four hours before, and closes when it is back', async () => {
    const world = await makeWorld()
    world.lock.setOnline('loft-lock', false)
    world.source.add({ arrival: '2026-07-04', departure: '2026-07-06' }) // 13:00 UTC
    await world.advance(days(2) + hours(4))
    expect(openAlerts(world)).toEqual(['connection']) // the door itself
    await world.advance(hours(2))
    expect(openedAt(world)).toEqual(['2026-07-03T13:00:00.000Z'])
    expect(alerts(world)).toMatchObject([{ loud: 'warn' }])
    await world.advance(hours(20)) // 10:00 UTC on the day
    expect(alerts(world)).toMatchObject([{ loud: 'page' }])
    expect(kinds(textsOn(world))).toEqual(['door-code']) // with what is known, and a person hears that too
    expect(openAlerts(world)).toEqual(['connection', 'arrival', 'message'])
    world.lock.setOnline('loft-lock', true)
    await world.advance(hours(1))
    expect(openAlerts(world)).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    await world.advance(hours(3))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('of a booking made shortly before: the door gets its time, then a person is called', async () => {
    const world = await makeWorld({ lock: { readBack: 'heartbeat', syncDelay: minutes(1) } })
    await world.leap(hours(4) + minutes(40)) // 12:40 UTC
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(minutes(19))
    expect(alerts(world)).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code'])

    const dead = await makeWorld({ lock: { readBack: 'heartbeat' } })
    await dead.leap(hours(4) + minutes(40))
    dead.lock.setOnline('loft-lock', false)
    dead.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await dead.advance(minutes(19))
    expect(openedAt(dead)).toEqual(['2026-07-01T12:50:00.000Z'])
    expect(kinds(textsOn(dead))).toEqual(['door-code'])
  })

  it('is none when the host trusts the vendor’s yes, and the guest is told on it', async () => {
    const world = await makeWorld({ tellAt: 'accepted', lock: { readBack: 'cloud' } })
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(days(1) + hours(6))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(world.store.state.alerts).toEqual([])
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('is one where the cloud alone says yes and the host does not take that for enough', async () => {
    const world = await makeWorld({ lock: { readBack: 'cloud' } })
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(hours(4))
    expect(textsOn(world)).toEqual([])
    await world.advance(days(1))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual(['arrival', 'message'])
  })

  it('is one when the doors are ready and no channel can say so', async () => {
    const world = await makeWorld()
    world.wire.sms.failAll('dns')
    world.wire.source.failAll('dns', ({ url }) => url.endsWith('/message'))
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(2))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(alerts(world)).toMatchObject([{ openedAt: '2026-07-01T08:10:00.000Z', loud: 'page' }])
    world.wire.sms.heal()
    await world.advance(hours(1))
    expect(openAlerts(world)).toEqual([])
  })

  it('is one when nobody knows which flat it is, and none for a flat the hub does not run', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' })
    const { unitRef: _, ...unassigned } = world.source.state.bookings[ref] ?? { account: '', changedAt: 0 }
    world.source.state.bookings[ref] = { ref, state: 'confirmed', guest: {}, ...unassigned }
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-05', unitRef: 'flat-99' })
    await world.advance(days(1) + hours(20))
    expect(alerts(world)).toMatchObject([{ loud: 'page', text: expect.stringContaining('has no flat yet') as string }])
    world.source.change(ref, { unitRef: 'flat-1' })
    await world.advance(minutes(5))
    expect(openAlerts(world)).toEqual([])
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  it('is none for a change during the stay that goes well, slow as the door may be', async () => {
    const world = await makeWorld({ lock: { readBack: 'heartbeat', syncDelay: minutes(1) } })
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(8))
    world.source.change(ref, { departure: '2026-07-04' })
    await world.advance(minutes(9))
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(9))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change', 'change'])
    expect(doorsOpen(world, textsOn(world))).toBe(true)
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(world.store.state.alerts).toEqual([])
  })
})

describe('a door that does not take its code', () => {
  it('because it is full: a person hears, and it goes on when there is room', async () => {
    const world = await makeWorld({ lock: { capacity: 1 } })
    const foreign = world.lock.addForeignCode('loft-lock', { pin: '864208', label: 'cleaner' })
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(hours(6))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin: '864208' }])
    expect(openAlerts(world)).toEqual(['full', 'arrival'])
    world.lock.deleteCode('loft-lock', foreign)
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })

  it('because the account may not: a person hears at once', async () => {
    const world = await makeWorld()
    world.hub.bends.set('lock.writeCode', async () => ({ status: 'refused', reason: 'not-allowed' }))
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' })
    await world.advance(minutes(5))
    expect(openAlerts(world)).toEqual(['pin'])
    world.hub.bends.clear()
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(openAlerts(world)).toEqual([])
  })
})

describe('a code that should be gone', () => {
  it('and is not proven gone after a quarter of an hour is on a person’s screen until it is', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(10))
    world.lock.setOnline('loft-lock', false)
    world.source.cancel(ref)
    await world.advance(minutes(14))
    expect(openAlerts(world)).toEqual([])
    await world.advance(minutes(1))
    expect(openAlerts(world)).toEqual(['door-doubt'])
    expect(pinsOn(world, 'street-lock')).toEqual([])
    world.lock.setOnline('loft-lock', true)
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })

  it('is not forgotten where a stay was cut short and its door cannot be told', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(hours(8)) // in the house
    world.lock.setOnline('loft-lock', false)
    world.source.change(ref, { departure: '2026-07-02' }) // until 09:30 UTC; the lock still has the 5th
    await world.advance(days(1))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(openAlerts(world)).toEqual(['connection', 'door-doubt'])
    world.lock.setOnline('loft-lock', true)
    await world.advance(hours(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })

  it.each([
    ['called off', { state: 'cancelled' }],
    ['over, by a day that has passed', { arrival: '2026-06-30', departure: '2026-07-01' }],
  ] as const)(
    'is doubted for an hour longer than its dates, being %s: a device may know whole hours only',
    async (_case, change) => {
      const world = await makeWorld()
      const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-02' }) // until 09:30 UTC
      await world.advance(hours(8))
      world.lock.setOnline('loft-lock', false)
      world.source.change(ref, change)
      await world.advance(hours(18)) // 10:00 UTC
      expect(openAlerts(world)).toContain('door-doubt')
      await world.advance(minutes(31))
      expect(openAlerts(world)).not.toContain('door-doubt')
    },
  )

  it('and ended by itself at a door that is offline is nobody’s worry', async () => {
    const world = await makeWorld()
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-02' })
    await world.advance(hours(8))
    world.lock.setOnline('loft-lock', false)
    await world.advance(hours(18))
    expect(openAlerts(world)).not.toContain('door-doubt')
  })

  it('is not forgotten when the vendor shows it again long after it was given up', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(10))
    const late = { ...world.lock.state.devices['loft-lock']?.held.codes }
    world.source.cancel(ref)
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    Object.assign(world.lock.state.devices['loft-lock']?.held.codes ?? {}, late) // a write of before, only now on the door
    await world.advance(days(1))
    expect(openAlerts(world)).toEqual(['door-doubt'])
  })
})
