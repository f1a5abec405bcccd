import type { Fact, InboundWebhook, Nudge, WebhookReceiver, WebhookVerdict } from '@stayward/core/adapter'
import { instantIn } from './paris-time.ts'
import type { SmsFactorConfig } from './smsfactor-config.ts'
import { isStop } from './smsfactor-messages.ts'
import { reportedBy } from './smsfactor-status.ts'
import { type Item, itemsIn } from './webhook-body.ts'
import { matchedVariant, signatureHeader, type SignatureVariant } from './webhook-signature.ts'

/** More messages than this in one body are one look at everything. */
const mostKeys = 100

export const smsFactorWebhook: WebhookReceiver<SmsFactorConfig> = {
  // A signature is announced but its algorithm is not published: until one is recognised, a delivery is a nudge.
  signed: false,
  maxBytes: 256_000,
  secretHeaders: [signatureHeader], // it may be the secret itself
  setUp:
    'In the SMSFactor account open the developer menu, "Webhooks", and create three: types DLR, MO and STOP, each with this address. If the connection has a webhook secret, enter the same word as "signature" in each.',
  receive,
}

function receive(request: InboundWebhook<SmsFactorConfig>): WebhookVerdict {
  const { method, rawBody, headers, config, now } = request
  if (method === 'GET') return { verdict: 'ignored', topic: 'test', reason: 'A visit to the address, not a delivery.' }
  const items = itemsIn(rawBody)
  if (items?.length === 0)
    return { verdict: 'ignored', topic: 'test', reason: 'An empty body, as when the address is saved.' }

  const signature = signatureOf(config, headers.get(signatureHeader), rawBody)
  if (signature.state === 'unrecognised' && config.signature === 'enforce')
    return { verdict: 'rejected', because: 'bad-signature', detail: signature.detail }
  if (items === undefined)
    return { verdict: 'rejected', because: 'malformed', detail: 'The body is neither JSON nor a form with JSON in it.' }

  const topic = topicOf(items)
  const nudges = nudgesOf(items)
  if (nudges.length === 0) return { verdict: 'ignored', topic, reason: reasonOf(items) }
  if (signature.state !== 'recognised') {
    const noticed = signature.state === 'unrecognised' ? `${topic}, signature not recognised` : topic
    return { verdict: 'accepted', proof: 'address-only', topic: noticed, nudges }
  }
  const facts = items.flatMap((item) => factsOf(item, now))
  return { verdict: 'accepted', proof: 'signature', topic: `${topic}, signed (${signature.variant})`, nudges, facts }
}

type Signature =
  | { readonly state: 'unasked' }
  | { readonly state: 'unrecognised'; readonly detail: string }
  | { readonly state: 'recognised'; readonly variant: SignatureVariant }

function signatureOf({ webhookSecret }: SmsFactorConfig, header: string | null, rawBody: Uint8Array): Signature {
  if (webhookSecret === undefined) return { state: 'unasked' }
  if (header === null || header.trim() === '')
    return {
      state: 'unrecognised',
      detail: 'The delivery has no signature although the connection has a webhook secret.',
    }
  const variant = matchedVariant(webhookSecret, header, rawBody)
  if (variant !== undefined) return { state: 'recognised', variant }
  return {
    state: 'unrecognised',
    detail: 'The signature fits none of the known ways of signing with this webhook secret.',
  }
}

function topicOf(items: readonly Item[]): string {
  const names = items.map((item) => {
    if (item.kind === 'report') return 'DLR'
    if (item.kind === 'reply') return isStop(item.text) ? 'STOP' : 'MO'
    return 'unknown'
  })
  return [...new Set(names)].join(' + ')
}

function reasonOf(items: readonly Item[]): string {
  return items.some(({ kind }) => kind === 'report')
    ? 'A report on a message that this hub did not send: it does not carry an id of ours.'
    : 'Neither a delivery report nor a reply. Link clicks and balance alerts have no use here; the balance is read.'
}

function nudgesOf(items: readonly Item[]): readonly Nudge[] {
  const keys = new Set<string>()
  let everything = false
  for (const item of items) {
    const key = keyOf(item)
    if (key !== undefined) keys.add(key)
    else if (item.kind === 'reply') everything = true
  }
  const all: Nudge = { kind: 'everything' }
  if (keys.size > mostKeys) return [all]
  const messages = Array.from(keys, (key): Nudge => ({ kind: 'message', key }))
  return everything ? [...messages, all] : messages
}

/** The key `send` was given. Other programs on the account may use a phone number as their id: that is never one. */
function keyOf(item: Item): string | undefined {
  if (item.kind === 'unknown') return undefined
  const key = item.kind === 'report' ? item.key : item.lastKey
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(key)) return undefined
  return key === item.number.replace(/^\+/, '') ? undefined : key
}

function factsOf(item: Item, now: Fact['at']): readonly Fact[] {
  const key = keyOf(item)
  if (item.kind !== 'report' || key === undefined) return []
  const { state } = reportedBy(item.status)
  return state === undefined ? [] : [{ kind: 'message-delivery', key, state, at: instantIn(item.date) ?? now }]
}
