import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '@stayward/core/testing'
import { deliveryOf, type Value } from './payloads.ts'
import { type InboundState, type MessageState, type Room, type StatusState, userIdOf, waIdOf } from './vendor-state.ts'

interface Event {
  readonly at: number
  readonly number: string
  readonly value: Value
}

/** Takes what happened since the last time and was not told; what happens before the subscription is never told. */
export function takeDue(room: Room): readonly WebhookDelivery[] {
  const { behaviour } = room.state
  const events = [...dueStatuses(room), ...dueWords(room)]
    .sort((a, b) => a.at - b.at)
    .filter(({ number }) => isSubscribed(room, number))
  const told = inOrder(events, behaviour.order)
  if (told.length === 0) return []
  const groups = behaviour.batches ? [told] : told.map((event) => [event])
  return groups.map((group) => post(room, group))
}

function inOrder(events: readonly Event[], order: Room['state']['behaviour']['order']): readonly Event[] {
  if (order === 'missing') return []
  if (order === 'reversed') return events.toReversed()
  return order === 'doubled' ? events.flatMap((event) => [event, event]) : events
}

function isSubscribed({ state }: Room, number: string): boolean {
  const account = state.numbers.find(({ id }) => id === number)?.account
  return state.accounts.some(({ id, subscribed }) => id === account && subscribed)
}

/** One entry per business account, one change per event, as Meta batches them. */
function post({ state }: Room, events: readonly Event[]): WebhookDelivery {
  const entries = new Map<string, { field: string; value: Value }[]>()
  for (const { number, value } of events) {
    const account = state.numbers.find(({ id }) => id === number)?.account ?? ''
    entries.set(account, [...(entries.get(account) ?? []), { field: 'messages', value }])
  }
  const body = {
    object: 'whatsapp_business_account',
    entry: Array.from(entries, ([id, changes]) => ({ id, changes })),
  }
  const delivery = deliveryOf(body, state.appSecret)
  if (state.behaviour.signature === 'right') return delivery
  const { 'x-hub-signature-256': _signature, ...rest } = delivery.headers
  const wrong = `sha256=${createHmac('sha256', 'another secret').update(delivery.body).digest('hex')}`
  const headers = state.behaviour.signature === 'missing' ? rest : { ...rest, 'x-hub-signature-256': wrong }
  return { ...delivery, headers }
}

function metadataOf({ state }: Room, number: string) {
  const display = state.numbers.find(({ id }) => id === number)?.display ?? ''
  return { display_phone_number: display.replace(/\D/g, ''), phone_number_id: number }
}

function dueStatuses(room: Room): readonly Event[] {
  return room.state.messages.flatMap((message) =>
    message.statuses
      .filter(({ at, told }) => !told && at <= room.now())
      .map((status): Event => {
        status.told = true
        const value = {
          messaging_product: 'whatsapp',
          metadata: metadataOf(room, message.number),
          statuses: [statusPayload(room, message, status)],
        }
        return { at: status.at, number: message.number, value }
      }),
  )
}

function statusPayload({ state, ...room }: Room, { id, to, key }: MessageState, { status, at, code }: StatusState) {
  const { hidesNumbers, version } = state.behaviour
  const seconds = Math.floor(at / 1000)
  const conversation = {
    id: '8f842dbba350821654c9dfed31f5635c',
    expiration_timestamp: String(seconds + 86_400),
    origin: { type: 'utility' },
  }
  const failure = {
    code,
    title: 'Message undeliverable',
    message: 'Message undeliverable',
    error_data: { details: 'Message Undeliverable.' },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  }
  return {
    id,
    status,
    timestamp: String(seconds),
    ...(hidesNumbers ? {} : { recipient_id: waIdOf({ state, ...room }, to) }),
    recipient_user_id: userIdOf(to),
    ...(key === '' ? {} : { biz_opaque_callback_data: key }),
    ...(version === 'v23' && status === 'sent' ? { conversation } : {}),
    ...(code === undefined ? {} : { errors: [failure] }),
  }
}

function dueWords(room: Room): readonly Event[] {
  return room.state.inbound
    .filter(({ told, at }) => !told && at <= room.now())
    .map((word): Event => {
      word.told = true
      return { at: word.at, number: word.number, value: wordPayload(room, word) }
    })
}

function wordPayload(room: Room, { id, number, from, at, content }: InboundState): Value {
  const { hidesNumbers } = room.state.behaviour
  const waId = waIdOf(room, from)
  const contact = { profile: { name: 'Ana Souza' }, ...(hidesNumbers ? {} : { wa_id: waId }), user_id: userIdOf(from) }
  const message = {
    ...(hidesNumbers ? {} : { from: waId }),
    from_user_id: userIdOf(from),
    id,
    timestamp: String(Math.floor(at / 1000)),
    ...content,
  }
  return {
    messaging_product: 'whatsapp',
    metadata: metadataOf(room, number),
    contacts: [contact],
    messages: [message],
  }
}
