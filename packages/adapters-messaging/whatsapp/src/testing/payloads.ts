import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '@stayward/core/testing'
import { escapeUnicode } from '../webhook-signature.ts'

/** The value of one change; its shape depends on the field. */
export type Value = Readonly<Record<string, unknown>>

/** JSON as Meta writes it: everything but ASCII escaped, and every slash. */
export function metaJson(value: unknown): string {
  return escapeUnicode(JSON.stringify(value)).replaceAll('/', '\\/')
}

export function signatureOf(body: string | Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}

/** A delivery as Meta would POST it, signed over the bytes that are sent. */
export function deliveryOf(body: unknown, appSecret: string): WebhookDelivery {
  const text = metaJson(body)
  return {
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(text, appSecret) },
    body: text,
  }
}

/** The query of the handshake with which Meta asks whether an address is ours. */
export function handshakeQuery(verifyToken: string, challenge = '1158201444'): string {
  return new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': verifyToken,
  }).toString()
}
