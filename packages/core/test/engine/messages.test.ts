import { describe, expect, it } from 'vitest'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { StoredLine } from '../../src/testing/memory/memory-state.ts'
import { inboxOf, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World, type WorldOptions } from './world.ts'

/** A stay from this day on that the hub has not heard of yet. */
async function untold(arrival: string, options: WorldOptions = {}): Promise<[World, string]> {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival, departure: '2026-07-05' })
  return [world, ref]
}

/** The next so many sends by SMS end without an answer, after or before the text has left. */
function mute(
  world: World,
  fault: 'timeout-after' | 'timeout-before',
  operation = 'send',
  side: 'sms' | 'source' = 'sms',
) {
  world.wire[side].failNext(fault, ({ url }) => url.endsWith(`/${operation}`))
}
const texts = ({ store }: World, kind: string): StoredLine[] =>
  store.state.timeline.filter((line) => line.kind === kind)

describe('a send whose end nobody knows', () => {
  it('is looked up and not repeated, when it had gone out', async () => {
    const [world, ref] = await untold('2026-07-01')
    mute(world, 'timeout-after')
    await world.advance(hours(1))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(timeline(world, ref)).toContain('send-unknown')
    expect(openAlerts(world)).toEqual([])
  })

  it('is found in the inbox by its words, and not repeated', async () => {
    const [world, ref] = await untold('2026-07-01')
    mute(world, 'timeout-after', 'message', 'source')
    await world.advance(hours(1))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
  })

  it('is not taken for sent because of the same words of an earlier time', async () => {
    const [world, ref] = await untold('2026-07-01')
    await world.advance(minutes(5))
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    world.source.change(ref, { departure: '2026-07-05' })
    await world.advance(minutes(5))
    mute(world, 'timeout-before', 'message', 'source')
    world.source.change(ref, { departure: '2026-07-06' }) // the very words of the first change
    await world.advance(hours(1))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'change', 'change'])
    expect(texts(world, 'send-doubtful')).toHaveLength(1)
    expect(openAlerts(world)).toContain('message')
  })

  it('is sent again once, after a silence, when the guest needs the door code within a day', async () => {
    const [world, ref] = await untold('2026-07-01')
    mute(world, 'timeout-before')
    await world.advance(minutes(19))
    expect(textsOn(world)).toEqual([])
    await world.advance(minutes(15))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(timeline(world, ref)).toContain('send-again')
  })

  it('is never sent a third time', async () => {
    const [world] = await untold('2026-07-01')
    let sends = 0
    world.hub.bends.set('sms.send', async (next, args) => {
      sends += 1
      mute(world, 'timeout-after')
      return await next(...args)
    })
    world.hub.bends.set('sms.lookUp', async () => undefined) // and the vendor shows nothing
    await world.advance(days(1))
    expect(sends).toBe(2)
    expect(openAlerts(world)).toContain('message')
  })

  it('waits for a person when the arrival is further off than a day', async () => {
    const [world, ref] = await untold('2026-07-03')
    mute(world, 'timeout-before')
    await world.advance(hours(1))
    expect(textsOn(world)).toEqual([])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(timeline(world, ref)).toContain('send-doubtful')
    expect(openAlerts(world)).toEqual(['message'])
  })

  it('is not decided while the channel cannot be asked', async () => {
    const [world] = await untold('2026-07-01')
    mute(world, 'timeout-after')
    world.wire.sms.failAll('error-before', ({ url }) => url.endsWith('/report'))
    await world.advance(hours(1))
    world.wire.sms.heal()
    await world.advance(hours(1))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })

  it('is not overtaken by a newer message while it may be leaving: the guest goes by what arrives last', async () => {
    const [world, ref] = await untold('2026-07-01')
    await world.advance(minutes(5))
    let leaves: (() => Promise<unknown>) | undefined
    world.hub.bends.set('sms.send', async (next, args) => {
      if (leaves) return await next(...args)
      leaves = async () => await next(...args)
      throw new AdapterError('outcome-unknown', 'No answer yet.', { remedy: 'It is looked up.' })
    })
    world.source.change(ref, { departure: '2026-07-06' })
    await world.run()
    world.source.change(ref, { departure: '2026-07-07' })
    await world.advance(20_000)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    await leaves?.()
    await world.advance(minutes(2))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change', 'change'])
    expect(textsOn(world).at(-1)?.until).toContain('2026-07-07')
  })

  it('is decided for one channel although another cannot be asked', async () => {
    const [world, ref] = await untold('2026-07-01')
    mute(world, 'timeout-before', 'message', 'source')
    world.wire.sms.failAll('error-before', ({ url }) => url.endsWith('/report') || url.endsWith('/replies'))
    await world.advance(hours(2))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
  })
})

describe('a message that was planned', () => {
  it('is withdrawn when the booking changes before it leaves, and the new facts are told', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.hub.bends.set('sms.send', async (next, args) => {
      world.hub.bends.delete('sms.send')
      world.source.move(ref, 'flat-2') // too late for this one, in time for the inbox
      world.hub.mark('fetch', `${world.ids.source}/${ref}`)
      while (await world.hub.round()); // all but this look
      return await next(...args)
    })
    await world.advance(minutes(10))
    expect(textsOn(world).map(({ unit }) => unit)).toEqual(['Loft', 'Studio'])
    expect(inboxOf(world, ref).map(({ unit, kind }) => `${kind} ${unit}`)).toEqual(['door-code Studio'])
  })

  it('does not leave after a cancellation', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.wire.sms.failAll('dns')
    await world.advance(minutes(3))
    world.source.cancel(ref)
    world.wire.sms.heal()
    await world.advance(minutes(30))
    expect(textsOn(world)).toEqual([])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'withdrawal'])
  })

  it('goes to the address that the booking has when it leaves', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.wire.sms.failAll('dns')
    await world.advance(minutes(3))
    const guest = world.source.state.bookings[ref]?.guest ?? {}
    world.source.change(ref, { guest: { ...guest, phone: '+33639980099' } })
    world.wire.sms.heal()
    await world.advance(minutes(30))
    expect(textsOn(world)).toEqual([])
    expect(kinds(textsOn(world, '+33639980099'))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })

  it('is told again at a corrected address, and a person hears where the code went', async () => {
    const [world, ref] = await untold('2026-07-01')
    await world.advance(minutes(3))
    const guest = world.source.state.bookings[ref]?.guest ?? {}
    world.source.change(ref, { guest: { ...guest, phone: '+33639980099' } })
    await world.advance(minutes(30))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(kinds(textsOn(world, '+33639980099'))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual(['message'])
    world.source.cancel(ref)
    await world.advance(minutes(5))
    expect(kinds(textsOn(world, '+33639980099'))).toEqual(['door-code', 'withdrawal'])
    expect(openAlerts(world)).toEqual([])
  })

  it('does not leave while it is not known where the guest goes', async () => {
    const [world, ref] = await untold('2026-07-01')
    world.wire.sms.failAll('dns')
    await world.advance(minutes(3))
    world.source.change(ref, { unitRef: 'unknown-flat' })
    await world.advance(minutes(3))
    world.wire.sms.heal()
    await world.advance(minutes(30))
    expect(textsOn(world)).toEqual([])
  })
})

it('the seventh message a day to one guest is not sent, and a person is called', async () => {
  const [world, ref] = await untold('2026-07-01')
  await world.advance(minutes(5))
  for (let day = 6; day < 14; day++) {
    world.source.change(ref, { departure: `2026-07-${String(day).padStart(2, '0')}` })
    await world.advance(minutes(5))
  }
  expect(textsOn(world)).toHaveLength(6)
  expect(inboxOf(world, ref)).toHaveLength(6)
  expect(openAlerts(world)).toContain('message')
  expect(timeline(world, ref)).toContain('fuse')
  expect(pinIn(textsOn(world))).toBe(pinsOn(world, 'loft-lock')[0])
})
