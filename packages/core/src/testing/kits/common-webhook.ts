import { describe, expect, it } from 'vitest'
import type { InboundWebhook, WebhookReceiver, WebhookVerdict } from '../../adapter/webhook.ts'
import type { PortName } from '../../ports/capabilities.ts'
import type { VendorFake, WebhookDelivery } from '../vendor-fake.ts'
import { hostileBodies, planted } from './hostile-bodies.ts'
import { calm } from '../calls.ts'
import { type Opened, openSubject } from './open-subject.ts'
import type { Subject } from './subject.ts'

/** Something that happens at the vendor and that its webhook tells of. */
export interface Happening<Port extends PortName, Vendor> {
  readonly name: string
  /** Makes it happen, lets the vendor's time pass, and says which nudge has to come. */
  happen(opened: Opened<Port, Vendor>): Promise<{ readonly kind: string } & Record<string, string>>
}

/** What a receiver owes: sense of what is genuine, calm before what is not, and no word of it in what it says. */
export function describeWebhook<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  happenings: readonly Happening<Port, Vendor>[],
): void {
  const { webhook } = subject.adapter
  if (!webhook) return
  const inbound = (opened: Opened<Port, Vendor>, delivery: Omit<WebhookDelivery, 'body'>, body: Uint8Array) => ({
    method: 'POST' as const,
    query: new URLSearchParams(),
    headers: new Headers(delivery.headers),
    rawBody: body,
    config: subject.config,
    now: opened.clock.now(),
  })

  describe('the webhook', () => {
    it('says how a person sets it up, and its limits', () => {
      expect(webhook.setUp).toMatch(/\S/)
      if (webhook.maxBytes !== undefined) expect(webhook.maxBytes).toBeGreaterThan(0)
      for (const name of webhook.secretHeaders ?? []) expect(name).toBe(name.toLowerCase())
    })

    it.each(happenings)('rings when $name', async ({ happen }) => {
      const opened = openSubject(subject)
      const account = (await opened.provider.readAccount(calm)).id
      opened.vendor.dueWebhooks()
      const nudge = await happen(opened)
      const due = opened.vendor.dueWebhooks()
      expect(due.length, 'deliveries of the fake').toBeGreaterThan(0)
      const verdicts = due.map((each) => {
        const request = { ...inbound(opened, each, new TextEncoder().encode(each.body)), account }
        return sound(webhook, request)
      })
      for (const verdict of verdicts)
        expect(['accepted', 'ignored'], JSON.stringify(verdict)).toContain(verdict.verdict)
      const nudges = verdicts.flatMap((verdict) => (verdict.verdict === 'accepted' ? verdict.nudges : []))
      expect(nudges.some((each) => each.kind === 'everything') ? [nudge] : nudges).toContainEqual(nudge)
      if (webhook.signed) {
        const [first] = due
        if (!first) return
        // Another body under the signature of this one is nobody's word.
        const forged = sound(webhook, {
          ...inbound(opened, { headers: {} }, new TextEncoder().encode(first.body)),
          account,
        })
        if (forged.verdict === 'accepted') expect(forged.proof).toBe('address-only')
      }
    })

    if (webhook.keep)
      it.each(happenings)('reads what is kept of it the same way, when $name', async ({ happen }) => {
        const opened = openSubject(subject)
        opened.vendor.dueWebhooks()
        await happen(opened)
        for (const delivery of opened.vendor.dueWebhooks()) {
          const body = new TextEncoder().encode(delivery.body)
          const kept = webhook.keep?.(body) ?? body
          const read = (one: Uint8Array) => sound(webhook, inbound(opened, delivery, one))
          expect(read(kept)).toEqual(read(body))
          expect(webhook.keep?.(kept), 'kept a second time').toEqual(kept)
        }
      })

    it('never throws, whatever a stranger sends, and repeats none of it', async () => {
      const opened = openSubject(subject)
      const deliveries: WebhookDelivery[] = []
      for (const { happen } of happenings) {
        const other = openSubject(subject)
        await happen(other)
        deliveries.push(...other.vendor.dueWebhooks())
      }
      const bodies = hostileBodies(
        200,
        deliveries.map(({ body }) => body),
      )
      const headers = deliveries[0]?.headers ?? {}
      for (const [name, whole] of bodies) {
        const body = whole.subarray(0, webhook.maxBytes ?? 1_000_000) // longer ones never reach the receiver
        const started = performance.now()
        expect(() => sound(webhook, inbound(opened, { headers }, body)), name).not.toThrow()
        expect(() => webhook.keep?.(body), name).not.toThrow()
        expect(performance.now() - started, `${name}: milliseconds in which the whole hub stands still`).toBeLessThan(
          3000,
        )
        if (body.length > 100_000) continue
        const plain = inbound(opened, { headers: { 'content-type': 'text/plain' } }, body)
        expect(() => sound(webhook, { ...plain, account: 'another-account' }), name).not.toThrow()
        const query = new URLSearchParams(`x=${planted}&hub.challenge=1`)
        expect(
          () => sound(webhook, { ...inbound(opened, { headers: {} }, body), method: 'GET', query }),
          name,
        ).not.toThrow()
      }
      expect(Object.keys(Object.prototype), 'nothing was put on every object').toEqual([])
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })
  })
}

const refShape = /^[A-Za-z0-9._:-]{1,100}$/

/** Receives, and checks that the verdict is one the hub can act on and keep. */
function sound<Config>(webhook: WebhookReceiver<Config>, request: InboundWebhook<Config>): WebhookVerdict {
  const verdict = webhook.receive(request)
  switch (verdict.verdict) {
    case 'accepted':
      if (!webhook.signed) expect(verdict.proof, 'an unsigned delivery proves nothing').toBe('address-only')
      if (verdict.proof === 'address-only') expect(verdict.facts ?? []).toEqual([])
      expect(verdict.topic).toMatch(/^[\x20-\x7e]{1,100}$/)
      for (const nudge of verdict.nudges) {
        if (nudge.kind === 'message') expect(nudge.key).toMatch(/^[A-Za-z0-9_-]{1,40}$/)
        else if (nudge.kind !== 'everything') expect(nudge.ref).toMatch(refShape)
      }
      expect(verdict.nudges.length).toBeLessThanOrEqual(1000)
      break
    case 'ignored':
      expect(verdict.topic).toMatch(/^[\x20-\x7e]{1,100}$/)
      expect(verdict.reason).toMatch(/\S/)
      expect(verdict.reason).not.toContain(planted)
      break
    case 'rejected':
      expect(verdict.detail).toMatch(/\S/)
      expect(verdict.detail).not.toContain(planted)
      break
    case 'challenge':
      expect(verdict.body.length).toBeLessThanOrEqual(1000)
      break
  }
  return verdict
}
