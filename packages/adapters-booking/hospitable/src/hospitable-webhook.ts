import type { InboundWebhook, Nudge, WebhookReceiver, WebhookVerdict } from '@stayward/core/adapter'
import * as z from 'zod'
import { hospitableId } from './hospitable-api.ts'
import { judgeSignature, type SignatureConfig, type SignatureVerdict } from './signature.ts'

export interface WebhookConfig extends SignatureConfig {
  readonly onlyFromHospitable?: boolean
}

const id = hospitableId.optional().catch(undefined)
const text = z.string().optional().catch(undefined)
/** Only ids are read: never a fact. */
const thing = z.object({ id })
const envelope = z.object({
  id: text,
  action: text,
  triggers: z.union([z.string().transform((one) => [one]), z.array(z.string())]).catch([]),
  data: z.unknown().optional(),
})
type Envelope = z.output<typeof envelope>

/** One delivery that names more reservations than this is answered with a look at everything. */
const mostThings = 100

const reservationActions = ['reservation.created', 'reservation.changed', 'reservation.updated']
const propertyActions = [
  'property.created',
  'property.changed',
  'property.updated',
  'property.deleted',
  'property.merged',
]

/** Hospitable's webhooks: hints, each answered by a read with the account's own token (docs/vendors/hospitable.md). */
export const hospitableWebhook: WebhookReceiver<WebhookConfig> = {
  signed: true,
  setUp:
    'In Hospitable (my.hospitable.com) open Apps → Webhooks → "+ Add new", paste this connection’s webhook address, ' +
    'choose the Reservations and Properties events and save; the Test button sends the latest reservation. As an ' +
    'approved vendor enter the address in the Partner Portal instead.',
  receive,
}

function receive(request: InboundWebhook<WebhookConfig>): WebhookVerdict {
  const { method, rawBody, headers, config, client } = request
  if (method !== 'POST')
    return { verdict: 'ignored', topic: method, reason: 'Hospitable posts its webhooks; this was a visit.' }
  if (config.onlyFromHospitable && client !== undefined && !isHospitables(client))
    return rejected(
      'bad-signature',
      'It came from outside 38.80.170.0/24, the network Hospitable names. If the hub is behind a proxy, see that ' +
        'STAYWARD_TRUST_PROXY is right; if Hospitable has moved, switch "Only from Hospitable\'s network" off.',
    )
  const signature = judgeSignature(rawBody, headers.get('signature'), config)
  if (signature === 'wrong')
    return rejected(
      'bad-signature',
      "The Signature header fits none of the secrets. When the mail address of the account's owner was changed in " +
        'Hospitable, the secret has changed with it: enter the new address in this connection.',
    )
  const parsed = envelope.safeParse(jsonIn(rawBody))
  if (!parsed.success)
    return rejected('malformed', rawBody.byteLength === 0 ? 'The body is empty.' : 'The body is not a JSON object.')
  return read(parsed.data, signature)
}

function read(delivery: Envelope, signature: SignatureVerdict): WebhookVerdict {
  const { action } = delivery
  if (action === undefined) return rejected('malformed', 'It does not say what happened (action).')
  const topic = topicOf(delivery)
  const look = (nudges: readonly Nudge[], deliveryKey?: string): WebhookVerdict => ({
    verdict: 'accepted',
    proof: signature === 'proven' ? 'signature' : 'address-only',
    topic,
    nudges,
    ...(deliveryKey === undefined ? {} : { deliveryKey }),
  })
  if (reservationActions.includes(action)) return look(...reservationsIn(delivery))
  // A merged property lives on under another id: its bookings, read again, carry the new one.
  if (propertyActions.includes(action)) return look([{ kind: 'everything' }], keyIn(delivery))
  // The look fails as soon as the token is refused, and says so to a person.
  if (action === 'integration.disconnected') return look([{ kind: 'everything' }], keyIn(delivery))
  if (action === 'message.created')
    return { verdict: 'ignored', topic, reason: 'Messages open no doors; the hub reads them when it has to.' }
  if (action === 'review.created') return { verdict: 'ignored', topic, reason: 'Reviews open no doors.' }
  return { verdict: 'ignored', topic, reason: 'This version does not know the action.' }
}

/**
 * What to look at, and the delivery's key. A change may come without the reservation's id; then the envelope's own id may
 * be it, and whatever is near is looked at as well. Such an id may return, so it does not tell two deliveries apart.
 */
function reservationsIn(delivery: Envelope): readonly [nudges: readonly Nudge[], deliveryKey?: string | undefined] {
  const list: readonly unknown[] = Array.isArray(delivery.data) ? delivery.data : [delivery.data]
  const everything: Nudge = { kind: 'everything' }
  if (list.length > mostThings) return [[everything], keyIn(delivery)]
  const refs = list.map((one) => thing.safeParse(one).data?.id)
  const known = [...new Set(refs.filter((ref) => ref !== undefined))].map((ref): Nudge => ({ kind: 'booking', ref }))
  if (known.length > 0 && !refs.includes(undefined)) return [known, keyIn(delivery)]
  const own = hospitableId.safeParse(delivery.id).data
  return [[...known, ...(own === undefined ? [] : [{ kind: 'booking' as const, ref: own }]), everything]]
}

function keyIn({ id }: Envelope): string | undefined {
  return /^[A-Za-z0-9._:-]{8,100}$/.exec(id ?? '')?.[0]
}

/** A stranger chose this text: it is shown in a log. */
function topicOf({ action, triggers }: Envelope): string {
  if (!/^[A-Za-z][A-Za-z0-9._-]{0,49}$/.test(action ?? '')) return 'an action with an unusual name'
  const because = triggers.filter((trigger) => /^[a-z_]{1,20}$/.test(trigger)).slice(0, 2)
  return because.length === 0 ? `${action}` : `${action} (${because.join(', ')})`
}

/** Hospitable's published network, also as an IPv6 socket shows it. */
function isHospitables(client: string): boolean {
  return /^(?:::ffff:)?38\.80\.170\.\d{1,3}$/i.test(client)
}

function rejected(because: 'bad-signature' | 'malformed', detail: string): WebhookVerdict {
  return { verdict: 'rejected', because, detail }
}

function jsonIn(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(rawBody))
  } catch {
    return undefined // the verdict says so
  }
}
