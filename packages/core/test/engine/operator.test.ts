import { beforeEach, describe, expect, it } from 'vitest'
import { openAlerts } from './truth.ts'
import { hours, makeWorld, minutes, type World } from './world.ts'

const onCall = '+33639980077'

describe('the operator', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
    await world.house.setAlarmAddress(world.ids.sms, onCall)
  })

  /** An arrival in five hours at a door that cannot be reached: a person is called in one. */
  const risk = (unitRef = 'flat-1') => {
    world.lock.setOnline(unitRef === 'flat-1' ? 'loft-lock' : 'studio-lock', false)
    return world.source.add({ arrival: '2026-07-01', departure: '2026-07-03', unitRef, guest: {} })
  }
  const alarms = () => world.sms.received(onCall)

  it('is alarmed of what is loud, each thing once, with what to do', async () => {
    risk()
    await world.advance(minutes(55))
    expect(alarms()).toEqual([])
    await world.advance(minutes(30))
    expect(alarms().length).toBeGreaterThanOrEqual(1)
    expect(alarms()[0]).toContain('Stayward')
    expect(alarms()[0]).toContain('loft')
    const before = alarms().length
    await world.advance(hours(3))
    expect(alarms()).toHaveLength(before)
    expect(openAlerts(world)).toContain('arrival')
  })

  it('is alarmed again when the same happens again after it was over', async () => {
    risk()
    await world.advance(hours(2))
    const before = alarms().length
    world.lock.setOnline('loft-lock', true)
    await world.advance(hours(1))
    expect(openAlerts(world)).not.toContain('arrival')
    risk('flat-2')
    await world.advance(hours(1))
    expect(alarms().length).toBeGreaterThan(before)
  })

  it('gets the alarm once the channel works again', async () => {
    risk()
    world.wire.sms.failAll('dns')
    await world.advance(hours(2))
    expect(alarms()).toEqual([])
    world.wire.sms.heal()
    await world.advance(hours(1))
    expect(alarms().length).toBeGreaterThanOrEqual(1)
  })

  it('is not alarmed twice for a send whose end nobody knows', async () => {
    risk()
    await world.advance(minutes(55))
    world.wire.sms.failNext('timeout-after', ({ url }) => url.endsWith('/send'))
    await world.advance(hours(1))
    expect(new Set(alarms()).size).toBe(alarms().length)
  })

  it('whose own address is refused is still owed the alarm', async () => {
    world.sms.refuse(onCall, 'bad-address')
    risk()
    await world.advance(hours(1) + minutes(30))
    world.sms.refuse(onCall, undefined)
    await world.advance(hours(2))
    expect(alarms().length).toBeGreaterThanOrEqual(1)
  })

  it('without an address leaves the alerts where they are seen', async () => {
    const silent = await makeWorld()
    silent.lock.setOnline('loft-lock', false)
    silent.source.add({ arrival: '2026-07-01', departure: '2026-07-03', guest: {} })
    await silent.advance(hours(2))
    expect(openAlerts(silent)).toContain('arrival')
  })
})

describe('the probe of a connection', () => {
  it('says when credentials stop working, and when they work again', async () => {
    const world = await makeWorld()
    world.hub.mark('probe', world.ids.lock)
    await world.advance(minutes(1))
    expect(world.store.state.connections.get(world.ids.lock)?.lastTest).toMatchObject({ ok: true })
    world.wire.lock.failAll('unauthorized')
    await world.advance(hours(1) + minutes(10))
    expect(openAlerts(world)).toEqual(['connection'])
    expect(world.store.state.connections.get(world.ids.lock)).toMatchObject({ lastTest: { ok: false } })
    world.wire.lock.heal()
    await world.advance(hours(1) + minutes(10))
    expect(openAlerts(world)).toEqual([])
  })

  it('says when the credentials open another account, and does not take that one for ours', async () => {
    const world = await makeWorld()
    world.hub.bends.set('source.readAccount', async () => ({ id: 'account-2' }))
    world.hub.mark('probe', world.ids.source)
    await world.advance(minutes(1))
    expect(openAlerts(world)).toEqual(['connection'])
    expect(world.store.state.connections.get(world.ids.source)).toMatchObject({
      account: 'account-1',
      lastTest: { ok: false },
    })
  })

  it('is called once for another account: polls of it that go well settle nothing', async () => {
    const world = await makeWorld()
    world.poll()
    world.hub.bends.set('source.readAccount', async () => ({ id: 'account-2' }))
    world.hub.mark('probe', world.ids.source)
    await world.advance(hours(3))
    expect(world.store.state.alerts).toMatchObject([{ kind: 'connection', loud: 'page' }])
    expect(openAlerts(world)).toEqual(['connection'])
    world.hub.bends.clear()
    world.hub.mark('probe', world.ids.source)
    await world.advance(minutes(1))
    expect(openAlerts(world)).toEqual([])
  })

  it('is told of what has to be put right at a vendor whose credentials work, until it is', async () => {
    const world = await makeWorld()
    world.poll()
    const unfit = 'Webhooks carry card data. Set Additional Data to none.'
    world.hub.bends.set('source.readAccount', async () => ({ id: 'account-1', unfit }))
    world.hub.mark('probe', world.ids.source)
    await world.advance(minutes(30)) // polls that go well do not hide it
    const open = () => world.store.state.alerts.filter(({ closedAt }) => closedAt === undefined)
    expect(open()).toMatchObject([{ kind: 'connection', text: unfit, loud: 'warn' }])
    expect(world.store.state.connections.get(world.ids.source)?.lastTest).toMatchObject({ ok: false, note: unfit })
    world.hub.bends.clear()
    world.hub.mark('probe', world.ids.source)
    await world.run()
    expect(open()).toEqual([])
    expect(world.store.state.connections.get(world.ids.source)?.lastTest).toMatchObject({ ok: true })
  })

  it('passes on what the vendor warns of', async () => {
    const world = await makeWorld()
    world.hub.bends.set('sms.readAccount', async () => ({ id: 'account-1', warning: 'Only 12 credits left.' }))
    world.hub.mark('probe', world.ids.sms)
    await world.advance(minutes(1))
    expect(world.store.state.alerts).toMatchObject([{ text: 'Only 12 credits left.', loud: 'warn' }])
  })

  it('names a connection that cannot be opened', async () => {
    const world = await makeWorld()
    world.hub.broken.add(world.ids.lock)
    world.hub.mark('probe', world.ids.lock)
    await world.advance(minutes(1))
    expect(openAlerts(world)).toEqual(['connection'])
  })
})

describe('trouble with one door', () => {
  it('is one alert, not one more with every try', async () => {
    const world = await makeWorld()
    await world.house.setAlarmAddress(world.ids.sms, onCall)
    world.wire.lock.failAll('forbidden', ({ url }) => url.endsWith('/put')) // reads go well, writes do not
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-05', guest: {} })
    await world.advance(hours(12))
    const doors = world.store.state.alerts.filter(({ kind }) => kind === 'connection')
    expect(doors).toHaveLength(2) // the street's and the loft's
    expect(world.sms.received(onCall).length).toBeLessThanOrEqual(2)
  })
})
