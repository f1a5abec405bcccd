import { hash } from 'node:crypto'
import { type Elsewhere, type Instant, millisecondsOf, type WebhookVerdict } from '@stayward/core'
import type { Address } from './addresses.ts'
import type { Delivery, HeardFact, Kept } from './delivery.ts'
import { lookAtConnection, marksFor } from './marks.ts'

/** A whole request at a known address. */
export interface Arrival {
  readonly address: Address
  readonly method: 'GET' | 'POST'
  /** Without `?`. */
  readonly query: string
  /** Asked when the adapter looks at them; most that do not sign never do. */
  headers(): Headers
  readonly kept: Kept
  /** The sender's network address; unknown when a stored delivery is judged again. */
  readonly client?: string
  readonly receivedAt: Instant
}

/** What the sender is told, what is kept, and what the counters call it. */
export interface Judgement {
  readonly label:
    | 'accepted'
    | 'ignored'
    | 'challenge'
    | 'malformed'
    | 'bad-signature'
    | 'stale'
    | 'too-large'
    | 'unknown-account'
  readonly status: 200 | 401 | 413
  /** The vendor's challenge, given back as it asked. */
  readonly challenge?: string
  readonly delivery: Delivery
  /** What one request said besides of an account that no connection is for: quarantined on its own. */
  readonly besides?: Delivery
}

/** Deliveries without a vendor's own id are the same one when their bytes are and they come within this time. */
const bucket = 5 * 60_000

/** Asks the adapter what a request says and decides by the table of answers. Does nothing itself. */
export function judge(arrival: Arrival, onBug: (error: unknown) => void): Judgement {
  const { address, receivedAt } = arrival
  const verdict = receive(arrival, onBug)
  const at = { ...commonOf(address, receivedAt), size: arrival.kept.body.length, bodyHash: hashOf(arrival) }
  const kept = storedPart(arrival, onBug)
  const sameBytes = `${at.bodyHash}:${bucketOf(receivedAt)}`
  switch (verdict.verdict) {
    case 'accepted': {
      const { proof, deliveryKey } = verdict
      const topic = storable(verdict.topic, 100)
      const key = deliveryKey === undefined ? `bytes:${sameBytes}` : `vendor:${storable(deliveryKey, 200)}`
      const { marks, facts, strangers, ours } = routed(address, verdict)
      const taken: Delivery = { ...at, key, status: 'accepted', topic, proof, marks, facts, kept }
      if (strangers.length === 0) return { label: 'accepted', status: 200, delivery: taken }
      const title = storable([...new Set(strangers.map((one) => one.title))].join(', '), 200)
      const reason = `unknown-account: ${title} has no connection in this tenant. Nothing of it was used.`
      const alarm = { kind: 'alarms', key: 'all', why: 'step' } as const
      const words = { topic, reason, proof, marks: [alarm], stranger: { title } }
      const stray: Delivery = { ...at, key: `unknown-account:${sameBytes}`, status: 'quarantined', ...words, kept }
      return ours
        ? { label: 'accepted', status: 200, delivery: taken, besides: stray }
        : { label: 'unknown-account', status: 200, delivery: stray }
    }
    case 'ignored': {
      const words = { topic: storable(verdict.topic, 100), reason: storable(verdict.reason, 300) }
      const delivery: Delivery = { ...at, key: `bytes:${sameBytes}`, status: 'ignored', ...words, marks: [], kept }
      return { label: 'ignored', status: 200, delivery }
    }
    case 'challenge': {
      // The question may hold a secret that vendor and host agreed on, so neither it nor the answer is kept.
      const delivery: Delivery = { ...at, key: `challenge:${bucketOf(receivedAt)}`, status: 'challenge', marks: [] }
      return { label: 'challenge', status: 200, challenge: verdict.body, delivery }
    }
    case 'rejected': {
      const { because, detail } = verdict
      // Nobody but the vendor knows this address, so what cannot be understood still says that something happened.
      const marks = because === 'malformed' ? [lookAtConnection(address.connectionId)] : []
      // Keys apart from accepted ones: a forgery must not make the genuine delivery look like its double.
      const key = `${because}:${sameBytes}`
      const reason = storable(`${because}: ${detail}`, 300)
      const delivery: Delivery = { ...at, key, status: 'quarantined', reason, marks, kept }
      return { label: because, status: because === 'malformed' ? 200 : 401, delivery }
    }
  }
}

type Accepted = Extract<WebhookVerdict, { verdict: 'accepted' }>

/** Whom a delivery is for, among the connections of the address's own tenant. */
function routed({ connectionId, receiver, connectionsByAccount }: Address, verdict: Accepted) {
  const { proof, nudges, facts = [], elsewhere = [] } = verdict
  // A fact counts when the vendor signs and this delivery was signed; both, so that one slip is not enough.
  const isFact = proof === 'signature' && receiver.signed
  const parts = [{ to: connectionId, nudges, facts: isFact ? facts : [] }]
  const strangers: Elsewhere[] = []
  for (const part of elsewhere) {
    const to = connectionsByAccount?.get(part.account)
    if (to === undefined) strangers.push(part)
    else parts.push({ to, nudges: part.nudges, facts: isFact ? (part.facts ?? []) : [] })
  }
  const ours = parts.length > 1 || nudges.length + facts.length > 0
  return {
    marks: parts.flatMap((part) => marksFor(part.to, part.nudges, part.facts)),
    facts: parts.flatMap((part) => part.facts.map((fact): HeardFact => ({ connectionId: part.to, fact }))),
    strangers,
    ours,
  }
}

/** A body beyond the cap at a known address: only the fact is kept. */
export function tooLarge(address: Address, receivedAt: Instant, size: number, cap: number): Judgement {
  const delivery: Delivery = {
    ...commonOf(address, receivedAt),
    size,
    bodyHash: '',
    key: `too-large:${bucketOf(receivedAt)}`,
    status: 'quarantined',
    reason: `too-large: more than ${cap} bytes; the body was not kept.`,
    marks: [],
  }
  return { label: 'too-large', status: 413, delivery }
}

/** The same judgement without what was sent, for a quarantine that is full: one row per cause and five minutes. */
export function withoutContent({ delivery, ...judgement }: Judgement): Judgement {
  const { kept: _, ...rest } = delivery
  const key = `overflow:${judgement.label}:${bucketOf(delivery.receivedAt)}`
  const reason = `${judgement.label}: more of these came than are kept; this row counts the rest.`
  return { ...judgement, delivery: { ...rest, key, reason } }
}

function receive(
  { address, method, query, headers, kept, client, receivedAt }: Arrival,
  onBug: (error: unknown) => void,
): WebhookVerdict {
  const { config, account, receiver } = address
  if ('unusable' in config) return { verdict: 'rejected', because: 'malformed', detail: config.unusable }
  try {
    return receiver.receive({
      method,
      // Most receivers read neither; building them costs more than everything else here.
      get query() {
        return new URLSearchParams(query)
      },
      get headers() {
        return headers()
      },
      rawBody: kept.body,
      config: config.parsed,
      ...(account === undefined ? {} : { account }),
      ...(client === undefined ? {} : { client }),
      now: receivedAt,
    })
  } catch (error) {
    // The contract says that it never throws: a bug in the adapter, but no reason to lose the vendor's knock.
    onBug(error)
    const detail =
      'the adapter failed while reading it. This is a bug in the adapter; the delivery can be replayed once it is mended.'
    return { verdict: 'rejected', because: 'malformed', detail }
  }
}

/** What of it may be stored, by the adapter's word; a word that fails is no leave to store anything of the body. */
function storedPart({ address, kept }: Arrival, onBug: (error: unknown) => void): Kept {
  const { receiver } = address
  if (!receiver.keep) return kept
  try {
    return { ...kept, body: receiver.keep(kept.body) }
  } catch (error) {
    onBug(error)
    return { ...kept, body: new Uint8Array() }
  }
}

function commonOf({ tenantId, connectionId, adapterId, secrets }: Address, receivedAt: Instant) {
  return { tenantId, connectionId, adapter: adapterId, secrets, receivedAt }
}

/** Vendors that deliver by GET say everything in the query, so it is part of what makes two deliveries the same. */
function hashOf({ query, kept }: Arrival): string {
  return query === ''
    ? hash('sha256', kept.body, 'hex')
    : hash('sha256', Buffer.concat([Buffer.from(`${query}\n`), kept.body]), 'hex')
}

const bucketOf = (at: Instant): number => Math.floor(millisecondsOf(at) / bucket)

/** Text that PostgreSQL takes, on one line, whatever a stranger wrote. */
function storable(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
}
