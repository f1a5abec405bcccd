import { describe, expect, it } from 'vitest'
import type { Fact, WebhookVerdict } from '../../adapter/webhook.ts'
import type { DeliveryState, TemplateContent } from '../../ports/notifier.ts'
import { sendAndWait } from './notifier-reports.ts'
import { messageTo } from './notifier-sends.ts'
import { calm } from '../calls.ts'
import { type Opened, openSubject } from './open-subject.ts'
import type { NotifierVendor, Subject } from './subject.ts'

const content: TemplateContent = {
  kind: 'door-code',
  language: 'en',
  values: {
    guestName: 'Ada',
    unit: 'Flat 2',
    property: 'Rue de Test 1',
    from: 'Fri 10 Jul, 16:00',
    until: 'Tue 14 Jul, 10:00',
    doors: '1. Street door: 0472\n2. Flat 2: 0472',
  },
}

/** Channels that cannot be asked, and those that take free words only after the person has written. */
export function notifierListens<Config>(subject: Subject<'notifier', NotifierVendor, Config>): void {
  const { listens, freeFor } = subject.adapter.capabilities
  const { webhook } = subject.adapter
  const factsOf = (opened: Opened<'notifier', NotifierVendor>, account: string): readonly Fact[] => {
    const verdicts = opened.vendor.dueWebhooks().map((delivery): WebhookVerdict | undefined =>
      webhook?.receive({
        method: 'POST',
        query: new URLSearchParams(),
        headers: new Headers(delivery.headers),
        rawBody: new TextEncoder().encode(delivery.body),
        config: subject.config,
        account,
        now: opened.clock.now(),
      }),
    )
    return verdicts.flatMap((verdict) => (verdict?.verdict === 'accepted' ? (verdict.facts ?? []) : []))
  }

  if (listens)
    describe('what is told by signed webhooks alone', () => {
      it.each<DeliveryState>(['sent', 'delivered', 'failed'])('says that a message is %s', async (state) => {
        const opened = openSubject(subject)
        const { id } = await opened.provider.readAccount(calm)
        const { key } = await sendAndWait(opened, messageTo(opened.vendor))
        opened.vendor.setDelivery(opened.vendor.goodAddress, state)
        opened.clock.advance(60_000)
        const facts = factsOf(opened, id)
        expect(facts).toContainEqual(expect.objectContaining({ kind: 'message-delivery', key, state }))
      })
      it('says what a person wrote, from which address, and whether they want no more', async () => {
        const opened = openSubject(subject)
        const { vendor, clock } = opened
        const { id } = await opened.provider.readAccount(calm)
        await sendAndWait(opened, messageTo(vendor))
        factsOf(opened, id)
        vendor.reply(vendor.goodAddress, 'Où est la clé ? 🔑')
        vendor.reply(vendor.goodAddress, ' stop ')
        clock.advance(60_000)
        const words = factsOf(opened, id).flatMap((fact) => (fact.kind === 'word' ? [fact] : []))
        expect(words).toMatchObject([
          { text: 'Où est la clé ? 🔑', optsOut: false },
          { text: expect.stringMatching(/stop/), optsOut: true },
        ])
        for (const { from } of words) expect(from).toContain(vendor.goodAddress)
        expect(new Set(words.map((each) => each.id)).size).toBe(2)
      })
    })

  if (freeFor !== undefined)
    describe('after the person has been silent for too long', () => {
      const late = () => {
        const opened = openSubject(subject)
        opened.clock.advance(freeFor)
        return opened
      }
      it('the values go out as a template, and the receipt says so', async () => {
        const { provider, vendor } = late()
        const receipt = await provider.send(messageTo(vendor, 0, { content }), calm)
        expect(receipt).toMatchObject({ status: 'accepted', wording: expect.stringMatching(/template/) })
        const [arrived = ''] = vendor.received(vendor.goodAddress)
        for (const line of Object.values(content.values).flatMap((value) => value.split('\n')))
          expect(arrived).toContain(line)
      })
      it('so they do to somebody who is not known to have written at all', async () => {
        const { provider, vendor } = openSubject(subject)
        const { heardAt: _heard, ...message } = messageTo(vendor, 0, { content })
        const receipt = await provider.send(message, calm)
        expect(receipt).toMatchObject({ status: 'accepted', wording: expect.stringMatching(/template/) })
      })
      it('words without values are refused, and nothing is sent', async () => {
        const { provider, vendor } = late()
        const receipt = await provider.send(messageTo(vendor), calm)
        expect(receipt).toMatchObject({ status: 'refused', reason: 'outside-window' })
        expect(vendor.received(vendor.goodAddress)).toEqual([])
      })
    })
}
