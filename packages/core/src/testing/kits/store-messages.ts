import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Booking } from '../../domain/booking.ts'
import { plus } from '../../domain/instant.ts'
import type { Message } from '../../domain/message.ts'
import { LeaseLost } from '../../ports/stores.ts'
import { instant } from '../calls.ts'
import { wishesOf } from '../../domain/code.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

export function describeStoredMessages(subject: StoreSubject): void {
  describe('messages', () => {
    let world: Furnished
    let booking: Booking
    beforeEach(async () => {
      world = await furnish(subject)
      booking = await world.import(stay('b-1'))
    })
    afterEach(() => world.close())

    const message = (over: Partial<Message> = {}): Message => ({
      id: globalThis.crypto.randomUUID().replaceAll('-', ''),
      bookingId: booking.id,
      channel: 'inbox',
      kind: 'door-code',
      to: '+33612345678',
      told: {
        unit: 'Flat 2',
        property: 'Rue de Test 1',
        zone: 'Europe/Paris',
        window: { from: instant('2026-07-10T14:00:00Z'), until: instant('2026-07-14T08:30:00Z') },
        doors: [{ name: 'Street door', instruction: {}, enter: '1480512' }],
      },
      version: '0:["Flat 2","480512"]',
      state: 'planned',
      createdAt: now,
      resends: 0,
      ...over,
    })
    const save = (changes: object) =>
      world.store.saveMessages(look('messages', booking.id), { bookingId: booking.id, ...changes }, { now })
    const ledger = async () => (await world.load(booking.id)).messages
    const claim = (one: Message, over: object = {}) =>
      world.store.claimMessage(look('messages', booking.id), {
        message: one,
        bookingVersion: booking.version,
        wishes: [],
        text: 'Your code is 480512.',
        subject: 'Your door code',
        now,
        ...over,
      })

    it('come back whole, oldest first', async () => {
      const first = message()
      const second = message({ channel: 'sms' })
      const third = message({ version: '1:other' })
      await save({ create: [first, second] })
      await save({ create: [third] })
      expect(await ledger()).toEqual([first, second, third])
      expect(await world.store.bookingOfMessage(second.id)).toBe(booking.id)
      expect(await world.store.bookingOfMessage('nothing-of-ours')).toBeUndefined()
    })

    it('are one per booking, channel, kind and version', async () => {
      const first = message()
      await save({ create: [first] })
      await save({ create: [message()] })
      expect(await ledger()).toEqual([first])
    })

    it('may be intended again after they were withdrawn', async () => {
      const first = message()
      await save({ create: [first] })
      await save({ update: [{ ...first, state: 'withdrawn', reason: 'Overtaken.' }] })
      const again = message()
      await save({ create: [again] })
      expect((await ledger()).map(({ state }) => state)).toEqual(['withdrawn', 'planned'])
    })

    it('follow what became of them', async () => {
      const first = message()
      await save({ create: [first] })
      const after: Message = {
        ...first,
        state: 'accepted',
        delivery: 'pending',
        vendorRef: 'sms-1',
        text: 'Your code is 480512.',
        claimedAt: now,
        resends: 1,
      }
      await save({ update: [after] })
      expect(await ledger()).toEqual([after])
    })

    it('are claimed once, with the words that leave', async () => {
      const planned = message()
      await save({ create: [planned] })
      expect(await claim(planned)).toBe(true)
      expect(await ledger()).toEqual([
        { ...planned, state: 'claimed', claimedAt: now, text: 'Your code is 480512.', subject: 'Your door code' },
      ])
      expect(await claim(planned)).toBe(false)
    })

    it('are not claimed after the booking changed', async () => {
      const planned = message()
      await save({ create: [planned] })
      await world.import(stay('b-1', { guest: { name: 'Somebody Else', phone: '+33 6 00 00 00 00' } }))
      expect(await claim(planned)).toBe(false)
      expect(await ledger()).toEqual([planned])
    })

    it('are not claimed after another PIN is wanted, or one door less', async () => {
      const planned = message()
      const codes = async () => (await world.load(booking.id)).codes
      const want = (changes: object) => {
        const stayNow = { bookingId: booking.id, plan: held, ...changes }
        return world.store.saveStay(look('booking', booking.id), stayNow, { now })
      }
      await want({ create: [newCode(booking.id, world.street), newCode(booking.id, world.flatLock)] })
      await save({ create: [planned] })
      const before = await codes()
      const [first, second] = before
      if (!first || !second) throw new Error('no codes')
      await want({ update: [{ ...first, pin: '618203' }] })
      expect(await claim(planned, { wishes: wishesOf(before) })).toBe(false)
      const repinned = await codes()
      await want({ update: [{ ...second, want: 'absent', endCause: 'moved' }] })
      expect(await claim(planned, { wishes: wishesOf(repinned) })).toBe(false)
      // What a look at a device sees is no other wish.
      const [left] = (await codes()).filter(({ want: wanted }) => wanted === 'present')
      if (!left) throw new Error('no code')
      const wishes = wishesOf(await codes())
      const seen = { deviceId: left.deviceId, update: [{ ...left, evidence: 'confirmed' as const }] }
      await world.store.saveDevice(look('device', left.deviceId), seen, { now })
      expect(await claim(planned, { wishes })).toBe(true)
    })

    it('are not claimed for a stay that has ended, unless they say so', async () => {
      const code = message()
      const withdrawal = message({ kind: 'withdrawal', version: '0:x:withdrawn' })
      await save({ create: [code, withdrawal] })
      booking = await world.import(stay('b-1', { state: 'cancelled' }))
      expect(await claim(code)).toBe(false)
      expect(await claim(withdrawal)).toBe(true)
    })

    it('are not claimed, nor changed, by a look that was overtaken', async () => {
      const planned = message()
      await save({ create: [planned] })
      const old = look('messages', booking.id)
      await save({})
      const late = world.store.claimMessage(old, { message: planned, bookingVersion: 1, wishes: [], text: 'x', now })
      await expect(late).rejects.toBeInstanceOf(LeaseLost)
      const changes = { bookingId: booking.id, update: [{ ...planned, state: 'refused' as const }] }
      await expect(world.store.saveMessages(old, changes, { now })).rejects.toBeInstanceOf(LeaseLost)
      expect(await ledger()).toEqual([planned])
    })

    it('name the bookings that wait for a delivery', async () => {
      const sent = (id: string, over: Partial<Message>) =>
        message({ channel: 'sms', state: 'accepted', delivery: 'sent', claimedAt: now, version: id, ...over })
      await save({ create: [sent('a', {}), sent('b', { delivery: 'delivered' })] })
      const since = plus(now, -1)
      expect(await world.store.bookingsAwaitingDelivery('sms', since)).toEqual([booking.id])
      expect(await world.store.bookingsAwaitingDelivery('sms', now)).toEqual([])
      expect(await world.store.bookingsAwaitingDelivery('inbox', since)).toEqual([])
    })

    it('keep an answer once', async () => {
      const reply = { channel: 'sms', at: now, text: 'Thanks!', optsOut: false }
      await save({ replies: [reply] })
      await save({ replies: [reply, { ...reply, at: plus(now, 1000) }] })
      await expect(save({ replies: [] })).resolves.toBeUndefined()
    })
  })
}
