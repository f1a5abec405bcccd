import { defineEntity, type Opt, p } from '@mikro-orm/core'
import type { CodeChange, CodeState, ComparedField, MessageKind, MessageState, TransitionCause } from '@stayward/core'
import { instant, keyed, zero } from './columns.ts'

export const MessageRow = defineEntity({
  name: 'MessageRow',
  tableName: 'message',
  properties: {
    tenantId: p.uuid().primary(),
    /** Also the key the channel's vendor knows it by: kept letter by letter. */
    id: p.text().primary(),
    bookingId: p.uuid(),
    /** Counts a booking's messages in the order they were written down. */
    nr: p.integer(),
    channel: p.text(),
    kind: p.text().$type<MessageKind>(),
    toSealed: p.text(),
    /** What was told holds the PIN; it goes when the PIN does. */
    toldSealed: p.text().nullable(),
    versionSealed: p.text().nullable(),
    versionFingerprint: p.text(),
    textSealed: p.text().nullable(),
    subjectSealed: p.text().nullable(),
    state: p.text().$type<MessageState>(),
    delivery: p.text().nullable(),
    vendorRef: p.text().nullable(),
    addressPrint: p.text().nullable(),
    claimedAt: instant().nullable(),
    reason: p.text().nullable(),
    resends: zero(),
    createdAt: instant(),
  },
})

export const ReplyRow = defineEntity({
  name: 'ReplyRow',
  tableName: 'reply',
  properties: {
    ...keyed(),
    bookingId: p.uuid(),
    channel: p.text(),
    at: instant(),
    textSealed: p.text(),
    textFingerprint: p.text(),
    optsOut: p.boolean(),
  },
})

export const TimelineRow = defineEntity({
  name: 'TimelineRow',
  tableName: 'timeline',
  properties: {
    ...keyed(),
    bookingId: p.uuid(),
    at: instant(),
    kind: p.text(),
    text: p.text(),
    remedy: p.text().nullable(),
    cause: p.text().nullable(),
  },
})

export const CodeTransitionRow = defineEntity({
  name: 'CodeTransitionRow',
  tableName: 'code_transition',
  properties: {
    ...keyed(),
    codeId: p.uuid(),
    bookingId: p.uuid(),
    deviceId: p.uuid(),
    at: instant(),
    was: p.json<CodeState>().nullable(),
    became: p.json<CodeState>(),
    changed: p.json<readonly CodeChange[]>(),
    cause: p.text().$type<TransitionCause>(),
    bookingVersion: p.integer(),
    compared: p.json<readonly ComparedField[]>(),
  },
})

export const AlertRow = defineEntity({
  name: 'AlertRow',
  tableName: 'alert',
  properties: {
    ...keyed(),
    kind: p.text(),
    subject: p.text(),
    text: p.text(),
    remedy: p.text(),
    loud: p.text().$type<'warn' | 'urgent' | 'page'>(),
    openedAt: instant(),
    closedAt: instant().nullable(),
    alarmSentAt: instant().nullable(),
  },
})

export const EventRow = defineEntity({
  name: 'EventRow',
  tableName: 'event',
  properties: {
    ...keyed(),
    type: p.text(),
    subject: p.text(),
    at: instant(),
    data: p.json<Readonly<Record<string, string | readonly string[]>>>(),
  },
})

export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    ...keyed(),
    connectionId: p.uuid(),
    adapter: p.text(),
    receivedAt: instant(),
    deliveryKey: p.text(),
    topic: p.text().nullable(),
    status: p.text().$type<'accepted' | 'ignored' | 'quarantined' | 'challenge'>(),
    reason: p.text().nullable(),
    proof: p.text().nullable(),
    copies: p.integer().default(1).$type<Opt<number>>(),
    lastAt: instant(),
    size: p.integer(),
    bodyHash: p.text(),
    headersSealed: p.text().nullable(),
    payloadSealed: p.text().nullable(),
  },
})

export const StrayDelivery = defineEntity({
  name: 'StrayDelivery',
  tableName: 'stray_delivery',
  properties: {
    id: p.uuid().primary(),
    at: instant(),
    lastAt: instant(),
    adapter: p.text().nullable(),
    size: p.integer(),
    bodyHash: p.text(),
    reason: p.text(),
    count: p.integer().default(1).$type<Opt<number>>(),
  },
})
