import type {
  DeliveryState,
  Elsewhere,
  Fact,
  InboundWebhook,
  Instant,
  Nudge,
  WebhookReceiver,
  WebhookVerdict,
} from '@stayward/core/adapter'
import { instantOf, millisecondsOf } from '@stayward/core/adapter'
import { type Change, changesIn, type Inbound, type Status } from './webhook-body.ts'
import { isSigned, sameText, signatureHeader } from './webhook-signature.ts'
import type { WhatsAppConfig } from './whatsapp-config.ts'
import { reasonOf } from './whatsapp-errors.ts'
import { numbersOf } from './whatsapp-numbers.ts'

/** What the "Test" button of the dashboard says it is about; nobody has this number. */
const sampleNumber = '123456123'
/** More messages than this in one body are one look at everything. */
const mostKeys = 100

export const whatsAppWebhook: WebhookReceiver<WhatsAppConfig> = {
  signed: true,
  setUp:
    'In the Meta app open WhatsApp, Configuration. Enter this address as "Callback URL" and the connection\'s verify token as "Verify token", press "Verify and save", then subscribe to the field "messages". The app has to be live, and subscribed to the WhatsApp account: the connection\'s test says when it is not.',
  accountOf: ({ phoneNumberId }) => phoneNumberId,
  receive,
}

function receive(request: InboundWebhook<WhatsAppConfig>): WebhookVerdict {
  const { method, query, headers, rawBody, config, now } = request
  if (method === 'GET') return handshake(query, config)
  const { appSecret, previousAppSecret } = config
  const header = headers.get(signatureHeader)
  if (header === null)
    return { verdict: 'rejected', because: 'bad-signature', detail: 'The delivery has no signature of Meta.' }
  if (!isSigned(previousAppSecret === undefined ? [appSecret] : [appSecret, previousAppSecret], header, rawBody))
    return {
      verdict: 'rejected',
      because: 'bad-signature',
      detail:
        'It is not signed with the app secret of this connection. If the secret was reset at Meta, enter the new one.',
    }
  const changes = changesIn(rawBody)
  if (changes === undefined)
    return { verdict: 'rejected', because: 'malformed', detail: 'The body is no delivery of a WhatsApp account.' }
  return verdictOf(changes, config, now)
}

/** Meta asks once per saved address, and may ask again at any time. The answer is its own words and nothing else. */
function handshake(query: URLSearchParams, { verifyToken }: WhatsAppConfig): WebhookVerdict {
  if (query.get('hub.mode') !== 'subscribe')
    return { verdict: 'ignored', topic: 'test', reason: 'A visit to the address, not a delivery.' }
  if (!sameText(query.get('hub.verify_token') ?? '', verifyToken))
    return {
      verdict: 'rejected',
      because: 'bad-signature',
      detail: 'The verify token is not the one of this connection.',
    }
  const challenge = query.get('hub.challenge') ?? ''
  return /^[\w.~-]{1,200}$/.test(challenge)
    ? { verdict: 'challenge', body: challenge }
    : { verdict: 'rejected', because: 'malformed', detail: 'The challenge cannot be given back.' }
}

function verdictOf(changes: readonly Change[], config: WhatsAppConfig, now: Instant): WebhookVerdict {
  const real = changes.filter(({ phoneNumberId }) => phoneNumberId !== sampleNumber)
  if (real.length === 0)
    return { verdict: 'ignored', topic: 'sample', reason: 'A sample of the dashboard, or nothing.' }
  // What is about an account and none of its numbers is read by the connection's hourly test.
  const ofNumbers = real.filter(({ field, phoneNumberId }) => field === 'messages' || phoneNumberId !== undefined)
  if (ofNumbers.length === 0)
    return {
      verdict: 'ignored',
      topic: topicOf(real),
      reason: 'News of the account or its templates; the test of the connection reads how they are.',
    }
  const parts = new Map<string, Elsewhere>()
  for (const change of ofNumbers) {
    const account = accountOf(change)
    const part = parts.get(account)
    const facts = [...(part?.facts ?? []), ...factsOf(change, now)]
    parts.set(account, { account, title: titleOf(account), nudges: nudgesOf(facts), facts })
  }
  const own = parts.get(config.phoneNumberId)
  parts.delete(config.phoneNumberId)
  const elsewhere = [...parts.values()]
  if (elsewhere.length === 0 && own?.nudges.length === 0)
    return {
      verdict: 'ignored',
      topic: topicOf(real),
      reason: 'About messages that this hub did not send, or about nothing that it keeps.',
    }
  return {
    verdict: 'accepted',
    proof: 'signature',
    topic: topicOf(real),
    nudges: own?.nudges ?? [],
    facts: own?.facts ?? [],
    ...(elsewhere.length === 0 ? {} : { elsewhere }),
  }
}

/** Ids are digits; anything else is nobody's. */
function accountOf({ phoneNumberId = '' }: Change): string {
  return /^\d{1,25}$/.test(phoneNumberId) ? phoneNumberId : 'none'
}

function titleOf(account: string): string {
  return account === 'none' ? 'a WhatsApp number without an id' : `the WhatsApp number with the id ${account}`
}

function topicOf(changes: readonly Change[]): string {
  const fields = [...new Set(changes.map(({ field }) => (/^[a-z_]{1,40}$/.test(field) ? field : 'unknown')))]
  const statuses = changes.reduce((sum, change) => sum + change.statuses.length, 0)
  const words = changes.reduce((sum, change) => sum + change.messages.length, 0)
  const counts = [
    ...(statuses > 0 ? [`${statuses} ${statuses === 1 ? 'status' : 'statuses'}`] : []),
    ...(words > 0 ? [`${words} ${words === 1 ? 'word' : 'words'}`] : []),
  ]
  return [fields.slice(0, 2).join(' + '), ...counts].join(', ').slice(0, 100)
}

function nudgesOf(facts: readonly Fact[]): readonly Nudge[] {
  const keys = new Set(facts.flatMap((fact) => (fact.kind === 'message-delivery' ? fact.key : [])))
  const all: Nudge = { kind: 'everything' }
  if (keys.size > mostKeys) return [all]
  const messages = Array.from(keys, (key): Nudge => ({ kind: 'message', key }))
  return facts.some(({ kind }) => kind === 'word') ? [...messages, all] : messages
}

function factsOf({ field, statuses, messages }: Change, now: Instant): readonly Fact[] {
  // Other fields have messages, too: those that the host wrote in the phone app, or old ones.
  if (field !== 'messages') return []
  return [
    ...statuses.flatMap((status) => reportOf(status, now)),
    ...messages.flatMap((message) => wordOf(message, now)),
  ]
}

const states: Readonly<Record<string, DeliveryState>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
}

/** Statuses of messages that other programs or the phone app sent come, too: they do not carry a key of ours. */
function reportOf({ id, status, timestamp, key, recipientUserId, code }: Status, now: Instant): readonly Fact[] {
  const state = Object.hasOwn(states, status) ? states[status] : undefined
  if (state === undefined || !/^[A-Za-z0-9_-]{1,40}$/.test(key)) return []
  return [
    {
      kind: 'message-delivery',
      key,
      state,
      at: instantIn(timestamp, now),
      ...(id === '' || id.length > 300 ? {} : { vendorRef: id }),
      ...(isUserId(recipientUserId) ? { alias: recipientUserId } : {}),
      ...(state === 'failed' && code !== undefined ? { reason: reasonOf(code) } : {}),
    },
  ]
}

/** News of the system (a number was changed) is nobody's word. */
function wordOf({ id, type, timestamp, from, userId, text }: Inbound, now: Instant): readonly Fact[] {
  const addresses = [...numbersOf(from), ...(isUserId(userId) ? [userId] : [])]
  if (type === 'system' || addresses.length === 0) return []
  return [{ kind: 'word', id, from: addresses, text, at: instantIn(timestamp, now), optsOut: isStop(text) }]
}

/** A name for one person and this business (docs/vendors/whatsapp.md, people without a number). */
const isUserId = (id: string): boolean => /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(id)

export const isStop = (text: string): boolean => /^\W*stop\W*$/i.test(text)

/** Unix seconds as text. A time that cannot be, or lies ahead, is now. */
function instantIn(seconds: string, now: Instant): Instant {
  if (!/^\d{1,10}$/.test(seconds)) return now
  return instantOf(Math.min(Number(seconds) * 1000, millisecondsOf(now)))
}
