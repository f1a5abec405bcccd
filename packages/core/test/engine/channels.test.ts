import { describe, expect, it } from 'vitest'
import { inboxOf, kinds, openAlerts, phone, textsOn, timeline } from './truth.ts'
import { hours, makeWorld, minutes, type World, type WorldOptions } from './world.ts'

/** A stay from this day on that the hub has not heard of yet. */
async function untold(arrival: string, options: WorldOptions = {}): Promise<[World, string]> {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival, departure: '2026-07-05' })
  return [world, ref]
}

describe('a channel in trouble', () => {
  it('does not keep the other from speaking', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.wire.sms.failAll('dns')
    await world.advance(minutes(3))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    world.wire.sms.heal()
    await world.advance(minutes(10))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })

  it('does not keep what is new from being told by the other, however long it has been in trouble', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.wire.source.failAll('unauthorized', ({ url }) => url.endsWith('/message'))
    await world.advance(hours(5))
    const before = textsOn(world).length
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(2))
    expect(kinds(textsOn(world).slice(before))).toEqual(['change'])
  })

  it('that cannot even be opened speaks when it can', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.hub.broken.add(world.ids.sms)
    await world.advance(minutes(10))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual(['connection'])
    expect(timeline(world, ref)).toContain('trouble-auth')
    world.hub.broken.clear()
    await world.advance(hours(1))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })

  it('that refuses the address: a person is called, and a correction is told', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05', guest: { phone: '+33639980002' } })
    await world.advance(minutes(5))
    expect(openAlerts(world)).toEqual(['message'])
    expect(timeline(world, ref)).toContain('not-told')
    world.source.change(ref, { guest: { phone } })
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })

  it('whose report says failed: a person is called', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.sms.setFate(phone, 'fails')
    await world.advance(minutes(5))
    expect(textsOn(world)).toEqual([])
    expect(openAlerts(world)).toEqual(['message'])
    expect(timeline(world, ref)).toContain('delivery-failed')
  })

  it('whose report never comes: a person is called before the guest arrives, until it does', async () => {
    const [world] = await untold('2026-07-01') // 13:00 UTC
    await world.house.setPolicy({ channels: [{ kind: 'notifier', connectionId: world.ids.sms }] })
    world.sms.setFate(phone, 'silent')
    await world.advance(minutes(10))
    expect(openAlerts(world)).toEqual(['arrival'])
    world.sms.setDelivery(phone, 'delivered')
    await world.advance(minutes(30))
    expect(openAlerts(world)).toEqual([])
  })

  it('whose report never comes worries nobody while another channel has told the guest', async () => {
    const [world] = await untold('2026-07-01')
    world.sms.setFate(phone, 'silent')
    await world.advance(hours(4))
    expect(openAlerts(world)).toEqual([])
  })
})

describe('under fallback', () => {
  const fallback = async (options: WorldOptions = {}): Promise<[World, string]> => {
    const [world, ref] = await untold('2026-07-01', options)
    await world.house.setPolicy({ mode: 'fallback' })
    return [world, ref]
  }

  it('the second channel is used after a definite failure, and only then', async () => {
    const [well, first] = await fallback()
    await well.advance(hours(2))
    expect([kinds(textsOn(well)), kinds(inboxOf(well, first))]).toEqual([['door-code'], []])
    const [failing, second] = await fallback()
    failing.sms.refuse(phone, 'opted-out')
    await failing.advance(hours(2))
    expect([kinds(textsOn(failing)), kinds(inboxOf(failing, second))]).toEqual([[], ['door-code']])
  })

  it('the second channel is used after a silence, and a late success on the first starts nothing more', async () => {
    const [world, ref] = await fallback()
    world.sms.setFate(phone, 'silent')
    await world.advance(minutes(19))
    expect(inboxOf(world, ref)).toEqual([])
    await world.advance(minutes(60))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    world.sms.setDelivery(phone, 'delivered')
    await world.advance(hours(3))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(world.sms.state.sent).toHaveLength(1)
  })

  it('a channel that never reports has done its part with its yes', async () => {
    const [world, ref] = await fallback({ sms: { reportsDelivery: false, looksUp: false, readsReplies: false } })
    await world.advance(hours(3))
    expect([kinds(textsOn(world)), kinds(inboxOf(world, ref))]).toEqual([['door-code'], []])
  })

  it('a first channel that cannot be reached gives way after a silence', async () => {
    const [world, ref] = await fallback()
    world.wire.sms.failAll('dns', ({ url }) => url.endsWith('/send'))
    await world.advance(hours(1))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    world.wire.sms.heal()
    await world.advance(hours(2))
    expect(textsOn(world)).toEqual([])
  })

  it('a send whose end nobody knows is not made again once the second channel has spoken', async () => {
    const [world, ref] = await fallback()
    world.wire.sms.failAll('timeout-before')
    await world.advance(minutes(40))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    world.wire.sms.heal()
    await world.advance(hours(2))
    expect([kinds(textsOn(world)), kinds(inboxOf(world, ref))]).toEqual([[], ['door-code']])
    expect(timeline(world, ref)).toContain('send-doubtful')
  })

  it('of two channels that are back in the same moment, the one again and the other instead, only one speaks', async () => {
    const [world, ref] = await fallback()
    world.wire.sms.failAll('timeout-before')
    world.wire.source.failAll('dns', ({ url }) => url.includes('message'))
    await world.advance(minutes(40))
    expect([kinds(textsOn(world)), kinds(inboxOf(world, ref))]).toEqual([[], []])
    world.wire.sms.heal()
    world.wire.source.heal()
    await world.advance(hours(2))
    expect([...kinds(textsOn(world)), ...kinds(inboxOf(world, ref))]).toEqual(['door-code'])
  })
})
