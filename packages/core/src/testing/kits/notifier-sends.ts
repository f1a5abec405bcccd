import { describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../ports/notifier.ts'
import { calm } from '../calls.ts'
import { openSubject, start } from './open-subject.ts'
import type { NotifierVendor, Subject } from './subject.ts'

export const doorText = 'Hello, your code is 0472. Street door: 1, then the code.'

/**
 * The `n`th message of these tests. Texts differ, because some vendors show a message by its text alone. The person is said
 * to have written when the test began; a fake whose channel asks for that has it so.
 */
export function messageTo(vendor: NotifierVendor, n = 0, changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    key: `sw-kit_${n}`,
    to: vendor.goodAddress,
    text: n === 0 ? doorText : `${doorText} (${n})`,
    heardAt: start,
    ...changes,
  }
}

export function notifierSends<Config>(subject: Subject<'notifier', NotifierVendor, Config>): void {
  const { textMaxLength, dedupesByKey } = subject.adapter.capabilities

  describe('a message', () => {
    it.each([
      ['plain', doorText],
      ['of another alphabet', 'Dzień dobry! Łódź: kod 0472'],
      ['with a line break, signs and an emoji', `Door: [1] {key} ^ | ~ \\ 5 € & <b> "x"\nCode: 0472 🔑`],
      ['of several parts', 'Walk through the yard to the second door. '.repeat(8).trim()],
    ])('arrives once, letter for letter: %s', async (_, text) => {
      if (text.length > (textMaxLength ?? Infinity)) return
      const { provider, vendor } = openSubject(subject)
      const receipt = await provider.send(messageTo(vendor, 0, { text }), calm)
      expect(receipt).toMatchObject({ status: 'accepted' })
      expect(vendor.received(vendor.goodAddress)).toEqual([text])
    })
    it(`sent twice under one key arrives ${dedupesByKey ? 'once' : 'twice'}, as declared`, async () => {
      const { provider, vendor } = openSubject(subject)
      await provider.send(messageTo(vendor), calm)
      await provider.send(messageTo(vendor), calm)
      expect(vendor.received(vendor.goodAddress)).toHaveLength(dedupesByKey ? 1 : 2)
    })
    it('takes the longest key and the shortest', async () => {
      const { provider, vendor } = openSubject(subject)
      for (const key of ['a', 'Z9-_'.repeat(10)])
        expect(await provider.send(messageTo(vendor, 0, { key }), calm)).toMatchObject({ status: 'accepted' })
    })
    if (textMaxLength !== undefined)
      it('of the declared length arrives whole; a longer one is never cut in silence', async () => {
        const { provider, vendor } = openSubject(subject)
        const fits = 'x'.repeat(textMaxLength)
        expect(await provider.send(messageTo(vendor, 1, { text: fits }), calm)).toMatchObject({ status: 'accepted' })
        expect(vendor.received(vendor.goodAddress)).toEqual([fits])
        const long = 'y'.repeat(textMaxLength + 1)
        const receipt = await provider.send(messageTo(vendor, 2, { text: long }), calm)
        if (receipt.status === 'refused') expect(receipt.reason).toBe('bad-content')
        expect(vendor.received(vendor.goodAddress).slice(1)).toEqual(receipt.status === 'refused' ? [] : [long])
      })
    it('to an address the vendor refuses is a refusal with its reason, and nothing is sent', async () => {
      const bad = openSubject(subject).vendor.badAddresses
      expect(bad.length, 'the fake names addresses that are refused').toBeGreaterThan(0)
      for (const { to, reason } of bad) {
        const { provider, vendor } = openSubject(subject)
        const receipt = await provider.send(messageTo(vendor, 0, { to }), calm)
        expect(receipt, to).toMatchObject({ status: 'refused', reason })
        expect(vendor.received(to), to).toEqual([])
      }
    })
    it('stands in no address: those are kept in logs along the way', async () => {
      const { provider, vendor, wire } = openSubject(subject)
      await provider.send(messageTo(vendor), calm)
      for (const { request } of wire.calls) expect(decodeURIComponent(request.url)).not.toMatch(/0472|Street/)
    })
    it('goes to nobody else', async () => {
      const { provider, vendor } = openSubject(subject)
      await provider.send(messageTo(vendor), calm)
      for (const { to } of vendor.badAddresses) expect(vendor.received(to)).toEqual([])
    })
  })
}
