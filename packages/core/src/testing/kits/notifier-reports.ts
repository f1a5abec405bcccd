import { describe, expect, it } from 'vitest'
import { plus } from '../../domain/instant.ts'
import type { DeliveryState, MessageReport, Notifier, OutgoingMessage, SentMessage } from '../../ports/notifier.ts'
import { limits } from '../../domain/limits.ts'
import { calm, settled } from '../calls.ts'
import { type Opened, openSubject } from './open-subject.ts'
import { expectFailure } from './outcomes.ts'
import { messageTo } from './notifier-sends.ts'
import type { NotifierVendor, Subject } from './subject.ts'

type OpenedNotifier = Opened<'notifier', NotifierVendor>

/** Sends, and lets as much time go by as the hub does before it asks. */
export async function sendAndWait({ provider, clock }: OpenedNotifier, message: OutgoingMessage): Promise<SentMessage> {
  const sentAt = clock.now()
  const receipt = await provider.send(message, calm)
  if (receipt.status === 'refused') throw new Error(`refused: ${receipt.reason}`)
  clock.advance(limits.silence)
  const { key, to, text } = message
  return { key, to, text, sentAt, ...(receipt.vendorRef === undefined ? {} : { vendorRef: receipt.vendorRef }) }
}

export function notifierReports<Config>(subject: Subject<'notifier', NotifierVendor, Config>): void {
  const { looksUp, readsReplies, marksRead, address } = subject.adapter.capabilities
  const find = async (provider: Notifier, sent: SentMessage): Promise<MessageReport | undefined> =>
    await provider.lookUp?.(sent, calm)

  it('has the operations that it declares, and no others', () => {
    const { provider } = openSubject(subject)
    expect(provider.lookUp !== undefined).toBe(looksUp)
    expect(provider.readReplies !== undefined).toBe(readsReplies)
    expect(provider.markRead !== undefined).toBe(marksRead ?? false)
  })

  if (looksUp)
    describe('looking up a message', () => {
      it.each<DeliveryState>(['pending', 'sent', 'delivered', 'failed'])('tells that it is %s', async (state) => {
        const opened = openSubject(subject)
        const sent = await sendAndWait(opened, messageTo(opened.vendor))
        opened.vendor.setDelivery(opened.vendor.goodAddress, state)
        expect(await find(opened.provider, sent)).toMatchObject({ state })
      })
      it('tells two messages to one person apart', async () => {
        const opened = openSubject(subject)
        const first = await sendAndWait(opened, messageTo(opened.vendor, 1))
        opened.vendor.setDelivery(opened.vendor.goodAddress, 'delivered')
        const second = await sendAndWait(opened, messageTo(opened.vendor, 2))
        opened.vendor.setDelivery(opened.vendor.goodAddress, 'failed')
        expect(await find(opened.provider, first)).toMatchObject({ state: 'delivered' })
        expect(await find(opened.provider, second)).toMatchObject({ state: 'failed' })
      })
      it('finds it without the ref of the vendor, which an interrupted send never learned', async () => {
        const opened = openSubject(subject)
        const { key, to, text, sentAt } = await sendAndWait(opened, messageTo(opened.vendor))
        expect(await find(opened.provider, { key, to, text, sentAt })).toBeDefined()
      })
      it('knows nothing of a key that was never sent, whatever else went to that person', async () => {
        const opened = openSubject(subject)
        const sent = await sendAndWait(opened, messageTo(opened.vendor))
        const { key, to, text } = messageTo(opened.vendor, 5)
        expect(await find(opened.provider, { key, to, text, sentAt: sent.sentAt })).toBeUndefined()
      })
      it('knows nothing where nothing was ever sent', async () => {
        const { provider, vendor, clock } = openSubject(subject)
        const { key, to, text } = messageTo(vendor)
        expect(await find(provider, { key, to, text, sentAt: plus(clock.now(), -limits.silence) })).toBeUndefined()
      })
      it('finds a message whose answer was lost, and only then', async () => {
        for (const fault of ['timeout-after', 'timeout-before'] as const) {
          const opened = openSubject(subject)
          const { provider, vendor, clock, wire } = opened
          await provider.readAccount(calm)
          const message = messageTo(vendor)
          const sentAt = clock.now()
          wire.failAll(fault)
          expectFailure(await settled(provider.send(message, calm)), ['outcome-unknown', 'unreachable'], fault)
          wire.heal()
          clock.advance(limits.silence)
          const report = await find(provider, { key: message.key, to: message.to, text: message.text, sentAt })
          expect(report !== undefined, fault).toBe(vendor.received(vendor.goodAddress).length === 1)
        }
      })
    })

  if (readsReplies)
    describe('replies', () => {
      const from = (vendor: NotifierVendor) => vendor.goodAddress
      it('are read with their text and sender, oldest first', async () => {
        const opened = openSubject(subject)
        const { provider, vendor, clock } = opened
        const since = clock.now()
        await sendAndWait(opened, messageTo(vendor))
        vendor.reply(from(vendor), 'Thank you!')
        clock.advance(60_000)
        vendor.reply(from(vendor), 'Where is the lift?')
        clock.advance(60_000)
        const replies = await provider.readReplies?.({ from: from(vendor), since }, calm)
        expect(replies).toMatchObject([
          { from: from(vendor), text: 'Thank you!', optsOut: false },
          { from: from(vendor), text: 'Where is the lift?', optsOut: false },
        ])
      })
      it('of earlier days are left out', async () => {
        const opened = openSubject(subject)
        const { provider, vendor, clock } = opened
        await sendAndWait(opened, messageTo(vendor))
        vendor.reply(from(vendor), 'Old')
        clock.advance(3 * 86_400_000)
        const since = plus(clock.now(), -60_000)
        expect(await provider.readReplies?.({ from: from(vendor), since }, calm)).toEqual([])
      })
      if (address === 'phone')
        it('that say STOP opt out, and the next message is refused for it', async () => {
          const opened = openSubject(subject)
          const { provider, vendor, clock } = opened
          const since = clock.now()
          await sendAndWait(opened, messageTo(vendor))
          vendor.reply(from(vendor), ' stop ')
          clock.advance(60_000)
          expect(await provider.readReplies?.({ from: from(vendor), since }, calm)).toMatchObject([{ optsOut: true }])
          const receipt = await provider.send(messageTo(vendor, 2), calm)
          expect(receipt).toMatchObject({ status: 'refused', reason: 'opted-out' })
        })
    })
}
