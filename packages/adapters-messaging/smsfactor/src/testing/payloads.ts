import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '@stayward/core/testing'
import type { Behaviour } from './vendor-state.ts'

/** A delivery report as the vendor posts it. `destination` is digits without `+`. */
export interface ReportPayload {
  readonly date: string
  readonly status: number | string
  readonly destination: string
  readonly message_id: string
  readonly campaign_id: string
  readonly country_code: string
}

/** A reply or a STOP; both have this shape, and no id of their own. */
export interface ReplyPayload {
  readonly date: string
  readonly message: string
  readonly from: string
  readonly account_id: string
  readonly last_message_id: string
}

/** A report about the message with this key. */
export function reportPayload(key: string, status: number | string = 3): ReportPayload {
  return {
    date: '2026-07-01T16:03:06+02:00',
    status,
    destination: '33639980001',
    message_id: key,
    campaign_id: '15948909',
    country_code: 'FR',
  }
}

/** An answer to the message with this key. */
export function replyPayload(key: string, message = 'Merci, bien reçu'): ReplyPayload {
  return { date: '2026-07-01T16:05:40+02:00', message, from: '33639980001', account_id: '11656', last_message_id: key }
}

/** The delivery that carries this payload, signed when there is a secret and a way to sign. */
export function deliveryOf(
  payload: object,
  how: Partial<Pick<Behaviour, 'webhookContentType' | 'signature'>> & { readonly secret?: string } = {},
): WebhookDelivery {
  const { webhookContentType = 'application/json', signature = 'none', secret = '' } = how
  const form = webhookContentType === 'application/x-www-form-urlencoded'
  const fields = Object.entries(payload).map(([name, value]) => [name, String(value)])
  const body = form ? new URLSearchParams(fields).toString() : JSON.stringify(payload)
  const headers: Record<string, string> = { 'content-type': webhookContentType }
  if (secret !== '' && signature === 'plain') headers['x-smsfactor-signature'] = secret
  if (secret !== '' && signature === 'hmac-sha256-hex')
    headers['x-smsfactor-signature'] = createHmac('sha256', secret).update(body).digest('hex')
  return { headers, body }
}
