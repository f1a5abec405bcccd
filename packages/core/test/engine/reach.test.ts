import { describe, expect, it } from 'vitest'
import { limits } from '../../src/domain/limits.ts'
import { kinds, openAlerts, pinIn, pinsOn, textsOn } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

const alertsAbout = ({ store }: World, deviceId: string) =>
  store.state.alerts.filter(({ subject, closedAt }) => subject === `device:${deviceId}` && closedAt === undefined)

/** Looks at this device in a time. */
async function looksAt(world: World, vendorId: string, milliseconds: number): Promise<number> {
  let looks = 0
  world.hub.bends.set('lock.readCodes', async (next, args) => {
    if (args[0] === vendorId) looks += 1
    return await next(...args)
  })
  await world.advance(milliseconds)
  world.hub.bends.delete('lock.readCodes')
  return looks
}

/** A stay of tomorrow whose guest has been told. */
async function stayOf(world: World): Promise<{ readonly id: string }> {
  world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
  await world.advance(hours(1))
  const [stored] = world.store.state.bookings.values()
  if (!stored) throw new Error('the booking has been imported by now')
  return stored.booking
}

describe('a device that cannot be reached', () => {
  it('is asked no more than a dozen times an hour with an arrival near, and its code is there soon after it is back', async () => {
    const world = await makeWorld()
    world.lock.setOnline('loft-lock', false)
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(30))
    expect(await looksAt(world, 'loft-lock', hours(1))).toBeLessThanOrEqual(13)
    world.lock.setOnline('loft-lock', true)
    await world.advance(minutes(6))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(alertsAbout(world, world.devices.loft)).toEqual([])
  })

  it('makes its arrivals doubtful, and they are sure again as soon as it answers', async () => {
    const world = await makeWorld()
    const { id } = await stayOf(world)
    const levels = () => world.store.state.events.filter(({ subject }) => subject === `booking:${id}`)
    world.lock.setOnline('loft-lock', false)
    await world.advance(hours(7.2))
    expect(levels().at(-1)?.type).toBe('readiness.worse')
    world.lock.setOnline('loft-lock', true)
    await world.advance(minutes(6))
    expect(levels().at(-1)?.type).toBe('readiness.better')
  })

  it('is asked seldom while nothing is open there', async () => {
    const world = await makeWorld()
    world.lock.setOnline('studio-lock', false)
    world.hub.mark('device', world.devices.studio)
    await world.advance(minutes(30))
    expect(await looksAt(world, 'studio-lock', hours(4))).toBeLessThanOrEqual(9)
  })

  it('gets louder as an arrival comes nearer', async () => {
    const world = await makeWorld()
    const loud = () => alertsAbout(world, world.devices.loft).map((alert) => alert.loud)
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-05', guest: {} }) // check-in in 53 hours
    await world.advance(minutes(10))
    world.lock.setOnline('loft-lock', false)
    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(9))
    expect(loud()).toEqual([])
    await world.advance(hours(1))
    expect(loud()).toEqual(['warn'])
    await world.advance(hours(29))
    expect(loud()).toEqual(['urgent'])
    await world.advance(hours(19))
    expect(loud()).toEqual(['page'])
    world.lock.setOnline('loft-lock', true)
    await world.advance(minutes(35))
    expect(loud()).toEqual([])
  })

  it('is looked at before its time when its vendor says that it is there, but not as often as a stranger likes', async () => {
    const world = await makeWorld()
    world.lock.setOnline('studio-lock', false)
    world.hub.mark('device', world.devices.studio)
    await world.advance(hours(2))
    let looks = 0
    world.hub.bends.set('lock.readCodes', async (next, args) => {
      looks += 1
      return await next(...args)
    })
    for (let second = 0; second < 120; second += 6) {
      world.hub.nudge(`${world.ids.lock}/studio-lock`)
      await world.advance(6000)
    }
    // Ended back-offs begin anew, so that each costs a few looks; twenty nudges are two of them.
    expect(looks).toBeLessThan(24)
    world.lock.setOnline('studio-lock', true)
    await world.advance(minutes(1))
    world.hub.nudge(`${world.ids.lock}/studio-lock`)
    await world.advance(1000)
    expect(world.store.state.devices.get(world.devices.studio)).toMatchObject({ failures: 0 })
  })

  it('does not delay the others', async () => {
    const world = await makeWorld()
    world.lock.setOnline('loft-lock', false)
    const first = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(hours(3))
    world.source.add({
      arrival: '2026-07-02',
      departure: '2026-07-05',
      unitRef: 'flat-2',
      guest: { phone: '+33639980012' },
    })
    await world.advance(minutes(1))
    expect(first).toBeDefined()
    expect(pinsOn(world, 'studio-lock')).toHaveLength(1)
    expect(kinds(textsOn(world, '+33639980012'))).toEqual(['door-code'])
  })
})

describe('a device with little room', () => {
  it('is full: what is over goes first, the nearest arrival comes first, a person hears, and nobody is evicted', async () => {
    const world = await makeWorld({ lock: { capacity: 2 } })
    world.lock.addForeignCode('loft-lock', { pin: '918273', label: 'cleaner' })
    const before = world.source.add({ arrival: '2026-07-01', departure: '2026-07-02' })
    await world.advance(minutes(5))
    const [first] = pinsOn(world, 'loft-lock')
    world.source.add({ arrival: '2026-07-04', departure: '2026-07-05', guest: { phone: '+33639980013' } })
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04', guest: { phone: '+33639980012' } })
    await world.advance(minutes(15))
    const full = () => world.store.state.alerts.filter(({ kind }) => kind === 'full')
    expect(before).toBeDefined()
    expect(pinsOn(world, 'loft-lock')).toEqual([first])
    expect(full()).toMatchObject([{ loud: 'warn', text: 'loft is full: a stay waits for room there.' }])
    await world.advance(days(1) + hours(2)) // the first stay is over
    const [second, ...more] = pinsOn(world, 'loft-lock')
    expect([more.length, second === first]).toEqual([0, false])
    expect(pinIn(textsOn(world, '+33639980012'))).toBe(second)
    expect(world.lock.codesOn('loft-lock')).toHaveLength(2)
    await world.advance(days(2) + hours(2))
    expect(pinsOn(world, 'loft-lock')).toEqual([pinIn(textsOn(world, '+33639980013'))])
    await world.advance(hours(1))
    expect(full().filter(({ closedAt }) => closedAt === undefined)).toEqual([])
  })

  it('takes codes only shortly before they begin, where its adapter says so', async () => {
    const world = await makeWorld()
    const pushAhead = hours(24)
    const lock = world.hub.parts.connections.get(world.ids.lock)
    if (lock) Object.assign(lock.capabilities, { pushAhead })
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' }) // check-in on the third at 13:00 UTC
    await world.advance(days(1) + hours(4) + minutes(55))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(openAlerts(world)).toEqual([])
  })
})

describe('a connection that is away', () => {
  it('does not delay the doors of another one', async () => {
    const world = await makeWorld({ gate: {} })
    world.wire.gate.failAll('dns')
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(1))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(pinsOn(world, 'street-lock', 'gate')).toEqual([])
  })

  it('and comes back: the first device that answers brings the others at once', async () => {
    const world = await makeWorld()
    for (const device of Object.values(world.devices)) world.hub.mark('device', device)
    await world.advance(minutes(1))
    world.wire.lock.failAll('dns')
    for (const device of Object.values(world.devices)) world.hub.mark('device', device)
    await world.advance(days(1))
    const failures = () => [...world.store.state.devices.values()].map((device) => device.failures)
    expect(Math.min(...failures())).toBeGreaterThan(limits.suspendAfter)
    world.wire.lock.heal()
    world.hub.mark('device', world.devices.street)
    await world.advance(1000)
    expect(failures()).toEqual([0, 0, 0])
    expect(openAlerts(world)).toEqual([])
  })
})
