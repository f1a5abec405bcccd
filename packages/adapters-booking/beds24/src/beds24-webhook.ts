import { createHash, timingSafeEqual } from 'node:crypto'
import type { InboundWebhook, Nudge, WebhookReceiver, WebhookVerdict } from '@stayward/core/adapter'
import * as z from 'zod'
import { beds24Id, statuses } from './beds24-api.ts'
import { formOf, hasCardData, jsonIn, keptBody, mostBookings } from './kept-body.ts'

export interface WebhookConfig {
  readonly webhookToken?: string
}

/** The custom header in which Beds24 gives our own word back. Fixed, so that it can be left out of what is kept. */
export const tokenHeader = 'x-stayward-token'

const text = z.string().optional().catch(undefined)
const bookingSchema = z.object({ id: beds24Id, status: text, modifiedTime: text })
type Told = z.output<typeof bookingSchema>
const wrapperSchema = z.object({ booking: z.unknown() })

/** Beds24's webhooks: hints, each answered by a read with the account's own token (docs/vendors/beds24.md, webhooks). */
export const beds24Webhook: WebhookReceiver<WebhookConfig> = {
  signed: false,
  secretHeaders: [tokenHeader],
  setUp:
    'In Beds24, for each property: Settings → Properties → Access → Booking Webhook. Version "2", with or without ' +
    "personal data; URL: this connection's webhook address, on a line of its own if another is there already; " +
    'Additional Data: "none"; Custom Header: "X-Stayward-Token: " and the webhook token of this connection. Save. There ' +
    'is no test button: move a booking by a day and back.',
  keep: keptBody,
  receive,
}

function receive({ method, query, headers, rawBody, config }: InboundWebhook<WebhookConfig>): WebhookVerdict {
  const { webhookToken } = config
  if (webhookToken !== undefined && !isSame(headers.get(tokenHeader) ?? '', webhookToken))
    return {
      verdict: 'rejected',
      because: 'bad-signature',
      detail:
        'The header X-Stayward-Token is missing or is not the webhook token of this connection. Compare the Custom ' +
        'Header of the property in Beds24 with it.',
    }
  if (method === 'GET') return olderVersion(query)
  const content = new TextDecoder().decode(rawBody)
  const body = jsonIn(content)
  const form = body === undefined ? formOf(content) : undefined
  if (form) return olderVersion(form)
  if (typeof body !== 'object' || body === null)
    return malformed(rawBody.byteLength === 0 ? 'The body is empty.' : 'The body is neither JSON nor a form.')
  return read(Array.isArray(body) ? body : [body], hasCardData(body) ? ' (card data was thrown away)' : '')
}

/** Beds24 wraps a booking; a bare one and a list are understood as well. */
function read(list: readonly unknown[], remark: string): WebhookVerdict {
  const told = list
    .slice(0, mostBookings)
    .map(toldIn)
    .filter((one) => one !== undefined)
  const [first] = told
  if (!first) return malformed('It names no booking (booking.id).')
  const refs = [...new Set(told.map(({ id }) => id))]
  const whole = told.length === list.length
  const nudges: readonly Nudge[] = [
    ...refs.map((ref): Nudge => ({ kind: 'booking', ref })),
    ...(whole ? [] : [{ kind: 'everything' } as const]),
  ]
  const deliveryKey = whole && told.length === 1 ? keyOf(first) : undefined
  return {
    verdict: 'accepted',
    proof: 'address-only',
    topic: `${topicOf(first)}${remark}`,
    nudges,
    ...(deliveryKey === undefined ? {} : { deliveryKey }),
  }
}

function toldIn(value: unknown): Told | undefined {
  const wrapped = wrapperSchema.safeParse(value).data?.booking
  return bookingSchema.safeParse(wrapped ?? value).data
}

/** Version 1: an address with `bookid`, at times a form. What it says of the status is not reliable. */
function olderVersion(fields: URLSearchParams): WebhookVerdict {
  const ref = beds24Id.safeParse(fields.get('bookid')).data
  if (ref === undefined) return { verdict: 'ignored', topic: 'visit', reason: 'It names no booking (bookid).' }
  return {
    verdict: 'accepted',
    proof: 'address-only',
    topic: 'booking (webhook version 1)',
    nudges: [{ kind: 'booking', ref }],
  }
}

/** A delivery has no id of its own; the time it was sent and the number of retries must not tell two apart. */
function keyOf({ id, status, modifiedTime }: Told): string | undefined {
  const key = `${id}:${modifiedTime}:${status}`
  return /^\d+:[0-9TZ:. +-]{10,40}:[a-z]{1,20}$/.test(key) ? key : undefined
}

/** A stranger chose this text: it is shown in a log. */
function topicOf({ status }: Told): string {
  return statuses.some((known) => known === status) ? `booking (${status})` : 'booking'
}

function isSame(given: string, expected: string): boolean {
  const digest = (word: string) => createHash('sha256').update(word.trim()).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function malformed(detail: string): WebhookVerdict {
  return { verdict: 'rejected', because: 'malformed', detail }
}
