import { createHmac, timingSafeEqual } from 'node:crypto'
import type { InboundWebhook, Nudge, WebhookReceiver, WebhookVerdict } from '@stayward/core/adapter'
import * as z from 'zod'
import type { Config } from './config.ts'

/** What a registration asks for. Settings of devices and users of the account say nothing about codes. */
export const features = ['DEVICE_STATUS', 'DEVICE_MASTERDATA', 'DEVICE_LOGS', 'DEVICE_AUTHS'] as const

export const signatureHeader = 'x-nuki-signature-sha256'

const word = z.string().optional().catch(undefined)
const lockId = z
  .union([z.int().positive().transform(String), z.string().regex(/^[1-9]\d{0,15}$/)])
  .optional()
  .catch(undefined)
const inner = z
  .object({
    smartlockId: lockId,
    trigger: z.number().optional().catch(undefined),
    source: z.number().optional().catch(undefined),
  })
  .optional()
  .catch(undefined)

/** Only which lock it is about is read, wherever it stands: never a fact, and never a code. */
const envelope = z.object({
  feature: word,
  type: z.union([z.string(), z.number()]).optional().catch(undefined),
  smartlockId: lockId,
  accountId: lockId,
  smartlockLog: inner,
  smartlockAuth: inner,
  detail: z
    .array(z.object({ smartlockId: lockId }).catch({ smartlockId: undefined }))
    .max(100)
    .optional()
    .catch(undefined),
})
type Envelope = z.output<typeof envelope>

/** Nuki's webhooks: signed when the connection knows the secret; each is a hint to look at one lock. */
export const nukiWebhook: WebhookReceiver<Config> = {
  signed: true,
  maxBytes: 256_000,
  setUp:
    'Needs the Advanced API of Nuki Web. Either have the hub register this address (stayward connection register-webhook), ' +
    'which also stores the secret; or enter it as the central webhook on the Advanced API page, and the client secret of ' +
    'that page as the webhook secret. Without webhooks the hub asks.',
  receive,
}

function receive({ method, headers, rawBody, config, account }: InboundWebhook<Config>): WebhookVerdict {
  if (method !== 'POST')
    return { verdict: 'ignored', topic: method, reason: 'Nuki posts its webhooks; this was a visit.' }
  const signature = signatureOf(config.webhookSecret, headers.get(signatureHeader), rawBody)
  if (signature === 'wrong')
    return {
      verdict: 'rejected',
      because: 'bad-signature',
      detail:
        'The signature is missing or was not made with the webhook secret of this connection. A second registration of ' +
        'the same address has a secret of its own.',
    }
  const parsed = envelope.safeParse(jsonIn(rawBody))
  if (!parsed.success) return { verdict: 'rejected', because: 'malformed', detail: 'The body is not a JSON object.' }
  const said = parsed.data
  const topic = topicOf(said)
  if (account !== undefined && said.accountId !== undefined && said.accountId !== account)
    return { verdict: 'ignored', topic, reason: 'It is about another Nuki account than this connection’s.' }
  if (said.smartlockLog && !isByKeypad(said.smartlockLog))
    return { verdict: 'ignored', topic, reason: 'The lock moved, and no code was used.' }
  const locks = locksIn(said)
  if (locks.size === 0) return { verdict: 'ignored', topic, reason: 'It names no lock.' }
  const nudges = Array.from(locks, (ref): Nudge => ({ kind: 'device', ref }))
  return { verdict: 'accepted', proof: signature === 'right' ? 'signature' : 'address-only', topic, nudges }
}

function signatureOf(secret: string | undefined, given: string | null, rawBody: Uint8Array) {
  if (secret === undefined) return 'unasked'
  if (given === null) return 'wrong'
  return isSigned(secret, given, rawBody) ? 'right' : 'wrong'
}

/** HMAC-SHA256 over the bytes as they came, key and digest as text: the secret in UTF-8, the digest in hex. */
function isSigned(secret: string, given: string, rawBody: Uint8Array): boolean {
  const expected = createHmac('sha256', secret).update(rawBody).digest()
  const hex = given.trim()
  return /^[0-9a-f]{64}$/i.test(hex) && timingSafeEqual(Buffer.from(hex, 'hex'), expected)
}

/** Locks stand at the top, inside the log row or the authorization, or in the details of a request. */
function locksIn({ smartlockId, smartlockLog, smartlockAuth, detail }: Envelope): ReadonlySet<string> {
  const all = [smartlockId, smartlockLog?.smartlockId, smartlockAuth?.smartlockId, ...(detail ?? []).map(byId)]
  return new Set(all.filter((id) => id !== undefined))
}

const byId = ({ smartlockId }: { smartlockId?: string | undefined }) => smartlockId

/** Keypad codes and fingerprints; without either field, as newer rows may be, it counts. */
function isByKeypad({ trigger, source }: { trigger?: number | undefined; source?: number | undefined }): boolean {
  if (trigger === undefined && source === undefined) return true
  return trigger === 255 || source === 1
}

/** A stranger chose this text: it is shown in a log. */
function topicOf({ feature, type }: Envelope): string {
  const said = feature ?? (typeof type === 'string' ? type : undefined)
  if (said === undefined) return 'no feature named'
  return /^[A-Za-z][A-Za-z0-9._-]{0,59}$/.test(said) ? said : 'a feature with an unusual name'
}

function jsonIn(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(rawBody))
  } catch {
    return undefined // the verdict says so
  }
}
