import { describe, expect, it } from 'vitest'
import { millisecondsOf } from '../../src/domain/instant.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { MemoryLockOptions } from '../../src/testing/index.ts'
import { expectTold, heardOn, play } from './plot.ts'
import { bookingId, kinds, openAlerts, pinIn, pinsOn, textsOn, watchDoubles } from './truth.ts'
import { days, hours, makeWorld, minutes } from './world.ts'

const keypads: readonly (readonly [string, MemoryLockOptions])[] = [
  ['the list is the device', {}],
  ['codes cannot be changed, only made and removed', { canUpdate: false }],
  ['the vendor says what is synced, a little later', { readBack: 'synced', syncDelay: minutes(1) }],
  ['a cloud with a gateway that is heard of', { readBack: 'heartbeat', syncDelay: 20_000 }],
  ['a cloud whose list lags', { readBack: 'heartbeat', showsAfter: minutes(1), syncDelay: minutes(1) }],
  ['PINs and windows are hidden', { readsPin: false, readsWindow: false }],
  ['PINs are hidden, in steps of an hour, no updates', { readsPin: false, canUpdate: false, windowStep: hours(1) }],
]

describe.each(keypads)('a stay where %s', (_what, lock) => {
  it('has one PIN from the booking to the end, told as it should be', async () => {
    const world = await makeWorld({ lock })
    const until = lock.windowStep === hours(1) ? { until: '10:00' } : {}
    const played = await play(world, until)
    const told = ['door-code', 'change', 'change', 'withdrawal', 'door-code']
    expect(heardOn(world, played.ref)).toEqual({ sms: told, inbox: told })
    expectTold(world, played)
    expect(world.store.state.alerts).toEqual([])
  })

  it('rests once it is settled: a quiet day without a write', async () => {
    const world = await makeWorld({ lock })
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-06' })
    await world.advance(hours(1))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    const calls = world.hub.calls.length
    await world.advance(days(1))
    const since = world.hub.calls.slice(calls)
    expect(since.filter((site) => /^before \w+\.(?:writeCode|removeCode|send|messageGuest)$/.test(site))).toEqual([])
    expect(since.filter((site) => site === 'before lock.readCodes').length).toBeLessThan(120)
  })
})

describe('a cloud without a gateway', () => {
  it('never has its codes called confirmed, and they are let go when their time is over', async () => {
    const world = await makeWorld({ lock: { readBack: 'cloud' }, tellAt: 'accepted' })
    watchDoubles(world)
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(2))
    const id = bookingId(world, ref)
    const kindsOf = () => world.store.state.timeline.filter((line) => line.bookingId === id).map(({ kind }) => kind)
    expect(kindsOf()).toContain('code-accepted')
    expect(kindsOf()).not.toContain('code-confirmed')
    await world.advance(days(5))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect((await world.store.loadStay(id, world.clock.now()))?.codes).toEqual([])
    expect(world.store.state.alerts).toEqual([])
  })

  it('is not believed to hold a code that was deleted and for which it has no room any more: somebody is called', async () => {
    const world = await makeWorld({ lock: { readBack: 'cloud', capacity: 3 }, tellAt: 'accepted' })
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(1))
    const codes = () => [...world.store.state.codes.values()].filter(({ deviceId }) => deviceId === world.devices.loft)
    expect([codes().map(({ evidence }) => evidence), openAlerts(world)]).toEqual([['accepted'], []])
    for (const { vendorRef } of codes()) world.lock.deleteCode('loft-lock', vendorRef ?? '')
    for (const pin of ['483920', '117734', '920385']) world.lock.addForeignCode('loft-lock', { pin, label: 'by hand' })
    world.hub.nudge(world.devices.loft, 'device')
    await world.advance(minutes(15))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(codes().map(({ evidence }) => evidence)).toEqual(['sent'])
    expect(openAlerts(world)).toContain('arrival')
  })

  it('calls nobody for a removed code at a door that the guest has left, where its host takes its word', async () => {
    const world = await makeWorld({ lock: { readBack: 'cloud' }, tellAt: 'accepted' })
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(hours(1))
    world.source.move(ref, 'flat-2')
    await world.advance(hours(2))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })
})

describe('a list that is short for a moment', () => {
  it('is not believed: nothing is written twice, nothing is given up', async () => {
    const world = await makeWorld()
    watchDoubles(world)
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(minutes(10))
    const pin = pinIn(textsOn(world))
    world.hub.bends.set('lock.readCodes', async () => [])
    world.hub.mark('device', world.devices.loft)
    world.hub.mark('device', world.devices.street)
    await world.advance(minutes(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    world.source.cancel(ref)
    await world.advance(minutes(1))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')]).toEqual([[], []]) // removed by their ids
    world.hub.bends.clear()
    await world.advance(minutes(10))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')]).toEqual([[], []])
  })

  it.each([
    ['for some minutes more', 6, {}],
    ['for hours', 200, {}],
    ['for hours, and its device cannot change a code', 200, { canUpdate: false }],
  ])('%s: the guest keeps the PIN, and no door holds it twice', async (_for, long, lock) => {
    const world = await makeWorld({ lock })
    watchDoubles(world)
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(minutes(10))
    const pin = pinIn(textsOn(world))
    world.hub.bends.set('lock.readCodes', async (next, args) => (args[0] === 'loft-lock' ? [] : await next(...args)))
    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(long))
    world.hub.bends.clear()
    await world.advance(hours(1))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')]).toEqual([[pin], [pin]])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })
})

describe('a write that fails each time', () => {
  it('is not tried more than twelve times an hour once it has failed for a while', async () => {
    const world = await makeWorld()
    const tries: number[] = []
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      if (args[0] !== 'loft-lock') return await next(...args)
      tries.push(millisecondsOf(world.clock.now()))
      throw new AdapterError('unreachable', 'There is no such host.', { remedy: 'Wait.' })
    })
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(4))
    const lately = tries.filter((at) => at > (tries.at(-1) ?? 0) - hours(1))
    expect(lately.length).toBeGreaterThan(8)
    expect(lately.length).toBeLessThanOrEqual(13)
  })
})

describe('a line that breaks under every write', () => {
  it('is tried ever more slowly, and soon again for a guest who is near', async () => {
    const world = await makeWorld()
    let writes = 0
    let broken = true
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      if (args[0] === 'loft-lock') writes += 1
      if (broken && args[0] === 'loft-lock')
        throw new AdapterError('outcome-unknown', 'The line broke.', { remedy: 'Wait.' })
      return await next(...args)
    })
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
    await world.advance(hours(1))
    expect(writes).toBeGreaterThan(8)
    expect(writes).toBeLessThan(20)
    broken = false
    await world.advance(minutes(6))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })
})

describe('a move', () => {
  it('keeps the old door until the new one is proven, although the guest was told before', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(hours(6))
    const pin = pinIn(textsOn(world))
    world.lock.setOnline('studio-lock', false)
    world.source.move(ref, 'flat-2')
    await world.advance(hours(1))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change']) // in the house: told what is known, a person hears
    expect(openAlerts(world)).toEqual(expect.arrayContaining(['arrival', 'message']))
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    world.lock.setOnline('studio-lock', true)
    await world.advance(hours(1))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'studio-lock')]).toEqual([[], [pin]])
    expect(openAlerts(world)).toEqual([])
  })

  it('closes the old door as soon as the guest knows, whether or not a channel ever reports', async () => {
    const world = await makeWorld({ sms: { reportsDelivery: false, looksUp: false, readsReplies: false } })
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(1))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
  })

  it('gives the old door up when another guest’s window begins there', async () => {
    const world = await makeWorld()
    const first = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(hours(2))
    const pin = pinIn(textsOn(world))
    world.lock.setOnline('studio-lock', false)
    world.source.move(first, 'flat-2')
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04', guest: { phone: '+33639980012' } })
    await world.advance(hours(26))
    expect(pinsOn(world, 'loft-lock')).toContain(pin)
    await world.advance(hours(1) + minutes(10)) // ten past check-in
    expect(pinsOn(world, 'loft-lock')).toEqual([pinIn(textsOn(world, '+33639980012'))])
    expect(pinsOn(world, 'loft-lock')).not.toContain(pin)
  })
})

describe('a cancellation that is taken back before the doors could be reached', () => {
  it.each<MemoryLockOptions>([{}, { readBack: 'synced', syncDelay: minutes(1) }])(
    'leaves the stay its PIN (%o)',
    async (lock) => {
      const world = await makeWorld({ lock })
      watchDoubles(world)
      const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
      await world.advance(minutes(5))
      const pin = pinIn(textsOn(world))
      world.lock.setOnline('loft-lock', false)
      world.source.cancel(ref)
      await world.advance(minutes(5))
      world.source.change(ref, { state: 'confirmed' })
      await world.advance(minutes(5))
      world.lock.setOnline('loft-lock', true)
      await world.advance(hours(1))
      expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')]).toEqual([[pin], [pin]])
      expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal', 'door-code'])
      expect(pinIn(textsOn(world))).toBe(pin)
    },
  )

  it('leaves each door its own, where they have two', async () => {
    const world = await makeWorld({
      gate: { pin: { lengths: [4], digits: '0123456789' } },
      lock: { pin: { lengths: [6], digits: '0123456789' } },
    })
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const before = textsOn(world).at(-1)?.doors
    world.lock.setOnline('loft-lock', false)
    world.gate.setOnline('street-lock', false)
    world.source.cancel(ref)
    await world.advance(minutes(5))
    world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(5))
    world.lock.setOnline('loft-lock', true)
    world.gate.setOnline('street-lock', true)
    await world.advance(hours(1))
    expect(textsOn(world).at(-1)).toMatchObject({ kind: 'door-code', doors: before })
    expect(pinsOn(world, 'loft-lock')).toEqual([before?.['loft']])
  })
})

describe('a vendor that cannot say how a lock is', () => {
  it('takes its codes all the same', async () => {
    const world = await makeWorld()
    world.wire.lock.failAll('error-before', ({ url }) => url.endsWith('/state'))
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })
})

describe('a lock connection that cannot be opened', () => {
  it('does not keep the other vendor’s door from its code, nor a person from knowing', async () => {
    const world = await makeWorld({ gate: {} })
    world.hub.broken.add(world.ids.gate)
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(hours(2))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(openAlerts(world)).toEqual(expect.arrayContaining(['connection', 'arrival']))
    world.hub.broken.clear()
    await world.advance(hours(2))
    expect(pinsOn(world, 'street-lock', 'gate')).toEqual(pinsOn(world, 'loft-lock'))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })
})
