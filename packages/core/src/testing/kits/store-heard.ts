import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../adapter/webhook.ts'
import type { Booking } from '../../domain/booking.ts'
import { plus } from '../../domain/instant.ts'
import type { Message } from '../../domain/message.ts'
import type { DeliveryState } from '../../ports/notifier.ts'
import { instant } from '../calls.ts'
import { type Furnished, furnish, look, now, stay, type StoreSubject } from './store-subject.ts'

const address = '+33612345678'
const alias = 'FR.1234567890'

export function describeStoredFacts(subject: StoreSubject): void {
  describe('what signed webhooks told', () => {
    let world: Furnished
    let booking: Booking
    let channel: string
    let message: Message
    beforeEach(async () => {
      world = await furnish(subject)
      booking = await world.import(stay('b-1'))
      channel = await world.house.addConnection({ name: 'Chat', port: 'notifier' })
      message = await claimed()
    })
    afterEach(() => world.close())

    const save = (changes: object) =>
      world.store.saveMessages(look('messages', booking.id), { bookingId: booking.id, ...changes }, { now })
    const claimed = async (): Promise<Message> => {
      const one: Message = {
        id: globalThis.crypto.randomUUID().replaceAll('-', ''),
        bookingId: booking.id,
        channel,
        kind: 'door-code',
        to: address,
        told: {
          unit: 'Flat 2',
          property: 'Rue de Test 1',
          zone: 'Europe/Paris',
          window: { from: instant('2026-07-10T14:00:00Z'), until: instant('2026-07-14T08:30:00Z') },
          doors: [],
        },
        version: '0:facts',
        state: 'planned',
        createdAt: now,
        resends: 0,
      }
      await save({ create: [one] })
      const claim = { message: one, bookingVersion: booking.version, wishes: [], text: 'Hello.', now }
      expect(await world.store.claimMessage(look('messages', booking.id), claim)).toBe(true)
      const read: Message = { ...one, state: 'accepted', delivery: 'delivered', text: 'Hello.', claimedAt: now }
      await save({ update: [read] })
      return read
    }
    const report = (state: DeliveryState, over: object = {}): Fact => ({
      kind: 'message-delivery',
      key: message.id,
      state,
      at: now,
      ...over,
    })
    const word = (id: string, over: object = {}): Fact => ({
      kind: 'word',
      id,
      from: [address],
      text: 'Where is the lift? ü🔑',
      at: plus(now, 60_000),
      optsOut: false,
      ...over,
    })
    const heard = (to = address) => world.store.heardOn(channel, { keys: [message.id, 'another'], address: to })

    it('is nothing where nothing was told', async () => {
      expect(await heard()).toEqual({ reports: [], words: [] })
      expect(await world.store.heardOn('inbox', { keys: [], address })).toEqual({ reports: [], words: [] })
    })

    it('is the furthest state of a message, in whatever order, at once or one by one, told again or not', async () => {
      const orders: readonly (readonly DeliveryState[])[] = [
        ['pending', 'sent', 'delivered', 'read'],
        ['read', 'delivered', 'sent'],
        ['delivered', 'failed', 'read', 'read'],
        ['read', 'failed'],
      ]
      for (const states of orders) {
        message = { ...message, id: globalThis.crypto.randomUUID().replaceAll('-', '') }
        for (const state of states) await world.hear(channel, [report(state)])
        expect((await heard()).reports, states.join()).toMatchObject([{ key: message.id, state: 'read' }])
        message = { ...message, id: globalThis.crypto.randomUUID().replaceAll('-', '') }
        await world.hear(
          channel,
          states.map((state) => report(state)),
        )
        expect((await heard()).reports, states.join()).toMatchObject([{ key: message.id, state: 'read' }])
      }
    })

    it('believes a delivery more than a failure, whichever came last', async () => {
      for (const states of [['failed', 'delivered', 'sent'] as const, ['sent', 'delivered', 'failed'] as const]) {
        message = { ...message, id: globalThis.crypto.randomUUID().replaceAll('-', '') }
        for (const state of states) await world.hear(channel, [report(state)])
        expect((await heard()).reports, states.join()).toMatchObject([{ key: message.id, state: 'delivered' }])
      }
    })

    it('comes back whole, and not from another channel', async () => {
      const other = await world.house.addConnection({ name: 'Other chat', port: 'notifier' })
      const failed = { reason: 'The phone has no such app.', vendorRef: 'wamid.A==', at: plus(now, 1) }
      await world.hear(channel, [report('failed', failed)])
      await world.hear(other, [report('read'), word('w-9')])
      expect(await heard()).toEqual({ reports: [{ key: message.id, state: 'failed', ...failed }], words: [] })
    })

    it('keeps a person’s words once each, oldest first, for every address they may have come from', async () => {
      await world.hear(channel, [word('w-2', { at: plus(now, 5), optsOut: true, text: 'STOP' })])
      await world.hear(channel, [word('w-1', { at: now, from: ['+33600000009', address] }), word('w-2')])
      const first = { id: 'w-1', at: now, text: 'Where is the lift? ü🔑', optsOut: false }
      const second = { id: 'w-2', at: plus(now, 5), text: 'STOP', optsOut: true }
      expect((await heard()).words).toEqual([first, second])
      expect((await heard('+33600000009')).words).toEqual([first])
      expect((await heard('+33600000008')).words).toEqual([])
    })

    it('knows a person without a number by the name that a report gave', async () => {
      await world.hear(channel, [word('w-1', { from: [alias] })])
      expect((await heard()).words).toEqual([])
      await world.hear(channel, [report('delivered', { alias })])
      expect((await heard()).words).toMatchObject([{ id: 'w-1' }])
    })

    it('brings the booking up whose guest has written, until its replies show it', async () => {
      const awaiting = () => world.store.bookingsAwaitingDelivery(channel, plus(now, -86_400_000))
      expect(await awaiting()).toEqual([])
      // Whole seconds: the answer may read as if it came a little before.
      await world.hear(channel, [word('w-0', { at: plus(now, -3 * 3_600_000) })])
      expect(await awaiting()).toEqual([])
      await world.hear(channel, [word('w-1', { at: plus(now, -999) })])
      expect(await awaiting()).toEqual([booking.id])
      const reply = { channel, at: plus(now, -999), text: 'Where is the lift? ü🔑', optsOut: false }
      await save({ replies: [reply] })
      expect(await awaiting()).toEqual([])
      await world.hear(channel, [report('delivered', { alias }), word('w-2', { from: [alias], at: plus(now, 90_000) })])
      expect(await awaiting()).toEqual([booking.id])
    })

    it('keeps at most 50 words, the newest', async () => {
      await world.hear(
        channel,
        Array.from({ length: 60 }, (_, n) => word(`w-${n}`, { at: plus(now, n) })),
      )
      const { words } = await heard()
      expect([words.length, words[0]?.id, words.at(-1)?.id]).toEqual([50, 'w-10', 'w-59'])
    })
  })
}
