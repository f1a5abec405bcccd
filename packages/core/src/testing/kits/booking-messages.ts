import { describe, expect, it } from 'vitest'
import { lag } from './booking-listings.ts'
import { calm, settled } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import { expectFailure } from './outcomes.ts'
import type { BookingVendor, Subject } from './subject.ts'

export const guestText = 'Welcome! Street door: 1 then 0472. Łódź, 🔑 & <b>not bold</b>\nSee you soon.'

export function bookingMessages<Config>(subject: Subject<'booking', BookingVendor, Config>): void {
  const { messagesGuest, readsMessages, messageMaxLength } = subject.adapter.capabilities

  it('has the message operations that it declares, and no others', () => {
    const { provider } = openSubject(subject)
    expect(provider.messageGuest !== undefined).toBe(messagesGuest)
    expect(provider.readMessages !== undefined).toBe(readsMessages)
  })

  if (messagesGuest)
    describe('a message to the guest', () => {
      it('arrives once, letter for letter', async () => {
        const { provider, vendor } = openSubject(subject)
        const known = vendor.knownBooking
        const receipt = await provider.messageGuest?.({ ref: known, text: guestText }, calm)
        expect(receipt).toMatchObject({ status: 'accepted' })
        expect(vendor.inbox(known)).toEqual([guestText])
      })
      it('arrives once with a subject as well', async () => {
        const { provider, vendor } = openSubject(subject)
        const known = vendor.knownBooking
        await provider.messageGuest?.({ ref: known, subject: 'Your door', text: 'Code 0472' }, calm)
        expect(vendor.inbox(known)).toHaveLength(1)
        expect(vendor.inbox(known)[0]).toContain('Code 0472')
      })
      it('stands in no address: those are kept in logs along the way', async () => {
        const { provider, vendor, wire } = openSubject(subject)
        await provider.messageGuest?.({ ref: vendor.knownBooking, text: guestText }, calm)
        for (const { request } of wire.calls) expect(decodeURIComponent(request.url)).not.toMatch(/0472|Welcome/)
      })
      it('goes to no other booking', async () => {
        const { provider, vendor } = openSubject(subject)
        const known = vendor.knownBooking
        await provider.messageGuest?.({ ref: known, text: guestText }, calm)
        for (const { ref } of vendor.bookings())
          if (ref !== known) expect(vendor.inbox(ref), ref).not.toContain(guestText)
      })
      it('to a booking that is gone is refused or fails, and is never said to be accepted', async () => {
        const { provider, vendor, clock } = openSubject(subject)
        const known = vendor.knownBooking
        vendor.erase(known)
        clock.advance(lag)
        const outcome = await settled(Promise.resolve(provider.messageGuest?.({ ref: known, text: guestText }, calm)))
        if (outcome.kind === 'value') expect(outcome.value).toMatchObject({ status: 'refused' })
        else expectFailure(outcome, ['gone', 'refused'], 'a message to an erased booking')
      })
      if (messageMaxLength !== undefined)
        it('arrives whole at the declared length', async () => {
          const { provider, vendor } = openSubject(subject)
          const known = vendor.knownBooking
          const text = 'x'.repeat(messageMaxLength)
          await provider.messageGuest?.({ ref: known, text }, calm)
          expect(vendor.inbox(known)).toEqual([text])
        })
      it('that the vendor took before the line broke is there, once, and the caller is told that it is not known', async () => {
        const { provider, vendor, wire } = openSubject(subject)
        const known = vendor.knownBooking
        await provider.readAccount(calm)
        wire.failAll('timeout-after')
        const outcome = await settled(Promise.resolve(provider.messageGuest?.({ ref: known, text: guestText }, calm)))
        expect(vendor.inbox(known).length).toBeLessThanOrEqual(1)
        if (vendor.inbox(known).length === 1) expectFailure(outcome, ['outcome-unknown'], 'timeout-after')
      })
    })

  if (messagesGuest && readsMessages)
    describe('the conversation', () => {
      it('shows what was sent as the host, newest last, without markup', async () => {
        const { provider, vendor, clock } = openSubject(subject)
        const ref = vendor.knownBooking
        const before = await provider.readMessages?.(ref, calm)
        await provider.messageGuest?.({ ref, text: 'Good evening. Code 0472.' }, calm)
        clock.advance(60_000)
        await provider.messageGuest?.({ ref, text: 'Good night.' }, calm)
        const after = await provider.readMessages?.(ref, calm)
        expect(after?.length).toBe((before?.length ?? 0) + 2)
        expect(after?.slice(-2)).toMatchObject([
          { from: 'host', text: 'Good evening. Code 0472.' },
          { from: 'host', text: 'Good night.' },
        ])
      })
      it('shows many messages, all of them', async () => {
        const { provider, vendor, clock } = openSubject(subject)
        const ref = vendor.knownBooking
        for (let n = 0; n < 60; n++) {
          await provider.messageGuest?.({ ref, text: `Message ${n}.` }, calm)
          clock.advance(1000)
        }
        const texts = (await provider.readMessages?.(ref, calm))?.map(({ text }) => text) ?? []
        expect(texts.slice(-60)).toEqual(Array.from({ length: 60 }, (_, n) => `Message ${n}.`))
      })
    })
}
