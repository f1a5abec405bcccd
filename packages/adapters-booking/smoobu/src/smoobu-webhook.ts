import type { InboundWebhook, WebhookReceiver, WebhookVerdict } from '@stayward/core/adapter'
import * as z from 'zod'
import { smoobuId } from './smoobu-api.ts'

const id = smoobuId.optional().catch(undefined)
const withId = z.object({ id }).optional().catch(undefined)

/** The three shapes that were seen: `data`, `booking`, or the bare reservation. Only ids are read: never a fact. */
const envelope = z.object({
  action: z.string().optional().catch(undefined),
  user: id,
  id,
  booking: withId,
  data: z
    .object({ id, bookingId: id, booking: withId, sender: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
type Envelope = z.output<typeof envelope>

const reservationActions = ['newReservation', 'updateReservation', 'cancelReservation', 'deleteReservation']
const priceActions = ['updateRates', 'priceElementCreated', 'priceElementUpdated', 'priceElementDeleted']
const timelineActions = ['newTimelineEvent', 'deleteTimelineEvent']

/** Smoobu's webhooks. They are unsigned, so each is a hint that costs at most one read (docs/vendors/smoobu.md). */
export const smoobuWebhook: WebhookReceiver<unknown> = {
  signed: false,
  // Its value changes with every delivery and proves nothing, but it might be a live key.
  secretHeaders: ['api-key', 'x-api-key'],
  setUp:
    'In Smoobu open Settings → Advanced → API Keys, paste this connection’s webhook address into the webhook field and ' +
    'save. Smoobu then sends every action; there is nothing to choose.',
  receive,
}

function receive({ method, rawBody, account }: InboundWebhook<unknown>): WebhookVerdict {
  if (method !== 'POST')
    return { verdict: 'ignored', topic: method, reason: 'Smoobu posts its webhooks; this was a visit.' }
  const parsed = envelope.safeParse(jsonIn(rawBody))
  if (!parsed.success)
    return rejected(rawBody.byteLength === 0 ? 'The body is empty.' : 'The body is not a JSON object.')
  const { action, user } = parsed.data
  const topic = topicOf(action)
  if (account !== undefined && user !== undefined && user !== account)
    return { verdict: 'ignored', topic, reason: 'It is about another Smoobu account than this connection’s.' }
  if (action === undefined || reservationActions.includes(action)) return look(topic, reservationIn(parsed.data))
  if (action === 'onlineCheckInUpdate') return look(topic, parsed.data.data?.bookingId ?? parsed.data.data?.booking?.id)
  if (action === 'newMessage')
    // Our own messages come back from the host's side: looking at each would answer every message with a look.
    return parsed.data.data?.sender === 'host'
      ? { verdict: 'ignored', topic, reason: 'The host wrote it.' }
      : look(topic, parsed.data.data?.booking?.id ?? parsed.data.booking?.id)
  if (priceActions.includes(action)) return { verdict: 'ignored', topic, reason: 'Prices open no doors.' }
  if (timelineActions.includes(action))
    return { verdict: 'ignored', topic, reason: 'Notes in Smoobu’s timeline open no doors.' }
  return { verdict: 'ignored', topic, reason: 'This version does not know the action.' }
}

function reservationIn({ data, booking, id }: Envelope): string | undefined {
  return data?.id ?? booking?.id ?? id
}

function look(topic: string, ref: string | undefined): WebhookVerdict {
  if (ref === undefined) return rejected(`${topic} without the number of a reservation.`)
  return { verdict: 'accepted', proof: 'address-only', topic, nudges: [{ kind: 'booking', ref }] }
}

function rejected(detail: string): WebhookVerdict {
  return { verdict: 'rejected', because: 'malformed', detail }
}

/** A stranger chose this text: it is shown in a log. */
function topicOf(action: string | undefined): string {
  if (action === undefined) return 'reservation'
  return /^[A-Za-z][A-Za-z0-9._-]{0,59}$/.test(action) ? action : 'an action with an unusual name'
}

function jsonIn(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(rawBody))
  } catch {
    return undefined // the verdict says so
  }
}
