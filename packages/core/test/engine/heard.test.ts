import { describe, expect, it } from 'vitest'
import type { Fact } from '../../src/adapter/webhook.ts'
import { instantOf, plus } from '../../src/domain/instant.ts'
import type { DeliveryState } from '../../src/ports/notifier.ts'
import { inboxOf, kinds, openAlerts, phone, textsOn, timeline } from './truth.ts'
import { hours, makeWorld, minutes, type World } from './world.ts'

/** A tenant whose phone channel cannot be asked and takes free words for a day. The guest arrives today. */
async function listening(): Promise<[World, string]> {
  const world = await makeWorld({ sms: { listens: true, freeFor: hours(24), expiresAfter: hours(12) } })
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  return [world, ref]
}

const told = (world: World) => {
  const message = [...world.store.state.messages.values()].find(({ channel }) => channel === world.ids.sms)
  if (!message) throw new Error('nothing was told')
  return message
}

async function hear(world: World, state: DeliveryState, over: object = {}): Promise<void> {
  const fact: Fact = { kind: 'message-delivery', key: told(world).id, state, at: world.clock.now(), ...over }
  world.store.hear(world.ids.sms, [fact])
  world.hub.nudge(`${world.ids.sms}/${fact.key}`)
  // A second nudge within five seconds waits for their end.
  await world.advance(6_000)
}

async function write(world: World, text: string): Promise<void> {
  const at = world.clock.now()
  world.store.hear(world.ids.sms, [
    { kind: 'word', id: `w-${at}`, from: [phone], text, at, optsOut: /^stop$/i.test(text) },
  ])
  world.hub.nudge(world.ids.sms, 'connection')
  await world.advance(6_000)
}

const sent = (world: World) => world.sms.state.sent.map(({ text }) => text)

describe('a channel that only tells by webhook', () => {
  it('is told in a template to somebody who has not written, and in free words to somebody who has', async () => {
    const [world, ref] = await listening()
    world.sms.setFate(phone, 'unreported')
    await world.advance(minutes(5))
    expect(sent(world)).toEqual([expect.stringMatching(/^\[door-code\]/)])
    expect(timeline(world, ref)).toContain('told-door-code')
    await write(world, 'Thank you!')
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(30))
    expect(sent(world).at(-1)).not.toMatch(/^\[/)
    expect(sent(world)).toHaveLength(2)
  })

  it('shows what the guest answered on the booking, each once', async () => {
    const [world, ref] = await listening()
    world.sms.setFate(phone, 'unreported')
    await world.advance(minutes(5))
    await hear(world, 'read')
    await write(world, 'The code does not work!')
    await write(world, 'Ah, now it does.')
    for (const departure of ['2026-07-06', '2026-07-07']) {
      world.source.change(ref, { departure })
      await world.advance(hours(1))
    }
    expect(world.store.state.replies).toMatchObject([
      { text: 'The code does not work!', channel: world.ids.sms },
      { text: 'Ah, now it does.' },
    ])
    expect(timeline(world, ref).filter((kind) => kind === 'reply')).toHaveLength(2)
  })

  it('is not used any more for a guest who said STOP, until START', async () => {
    const [world, ref] = await listening()
    world.sms.setFate(phone, 'unreported')
    await world.advance(minutes(5))
    await write(world, 'stop')
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(30))
    expect(sent(world)).toHaveLength(1)
    expect(openAlerts(world)).toContain('message')
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'change'])
    await write(world, 'Start')
    world.source.change(ref, { departure: '2026-07-07' })
    await world.advance(minutes(30))
    expect(sent(world)).toHaveLength(2)
  })

  it('settles an unknown outcome by the key that comes back, and never sends again', async () => {
    const [world, ref] = await listening()
    world.sms.setFate(phone, 'unreported')
    world.wire.sms.failAll('timeout-after')
    await world.advance(minutes(2))
    world.wire.sms.heal()
    expect(timeline(world, ref)).toContain('send-unknown')
    await hear(world, 'sent', { vendorRef: 'wamid.1' })
    expect(told(world)).toMatchObject({ state: 'accepted', delivery: 'sent', vendorRef: 'wamid.1' })
    await world.advance(hours(2))
    expect(textsOn(world)).toHaveLength(1)
  })

  it('calls a person for a late failure, and takes it back when it arrives after all', async () => {
    const [world, ref] = await listening()
    world.sms.setFate(phone, 'unreported')
    await world.advance(minutes(5))
    await hear(world, 'sent')
    await world.advance(hours(3))
    await hear(world, 'failed', { reason: 'The number has no such app.' })
    expect(openAlerts(world)).toEqual(['message'])
    expect(timeline(world, ref)).toContain('delivery-failed')
    await hear(world, 'delivered')
    expect(openAlerts(world)).toEqual([])
    expect(told(world).delivery).toBe('delivered')
  })

  it('calls a person when a message expires in silence, at its time and once', async () => {
    const [world] = await listening()
    world.sms.setFate(phone, 'unreported')
    await world.advance(minutes(5))
    await hear(world, 'sent')
    const sentAt = told(world).claimedAt ?? instantOf(0)
    await world.advance(Date.parse(plus(sentAt, hours(12))) - Date.parse(world.clock.now()) - 60_000)
    expect(told(world).delivery).toBe('sent')
    await world.advance(minutes(2))
    expect(told(world)).toMatchObject({ delivery: 'failed', reason: expect.stringContaining('12 hours') })
    expect(openAlerts(world)).toEqual(['message'])
    await world.advance(hours(24))
    expect(told(world).delivery).toBe('failed')
    await hear(world, 'sent')
    expect(told(world).delivery).toBe('failed')
    await hear(world, 'read')
    expect(openAlerts(world)).toEqual([])
  })

  it('settles a doubt when a late report comes', async () => {
    const [world] = await listening()
    world.sms.setFate(phone, 'unreported')
    world.wire.sms.failAll('timeout-before')
    await world.advance(minutes(50))
    world.wire.sms.heal()
    expect(told(world).state).toBe('doubtful')
    expect(openAlerts(world)).toContain('message')
    await hear(world, 'delivered')
    expect(told(world)).toMatchObject({ state: 'accepted', delivery: 'delivered' })
    expect(openAlerts(world)).toEqual([])
  })
})
