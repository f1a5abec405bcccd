import * as z from 'zod'
import type { WebhookReceiver } from '../../adapter/webhook.ts'
import { between, type Instant, instantOf, millisecondsOf } from '../../domain/instant.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier, SendReceipt } from '../../ports/notifier.ts'
import type { NotifierTraits } from './notifier-traits.ts'
import type { MemoryConfig, Wire } from './wire.ts'

const account = z.object({ id: z.string(), name: z.string() })
const sent = z.discriminatedUnion('status', [
  z.object({ status: z.literal('accepted'), vendorRef: z.string(), held: z.literal(true).exactOptional() }),
  z.object({
    status: z.literal('refused'),
    reason: z.enum([
      'bad-address',
      'opted-out',
      'not-allowed',
      'no-credit',
      'too-often',
      'bad-sender',
      'bad-content',
      'outside-window',
    ]),
  }),
])
const states = z.enum(['pending', 'sent', 'delivered', 'read', 'failed'])
const report = z.object({ report: z.object({ state: states, vendorRef: z.string(), at: z.number() }).nullable() })
const replies = z.object({ replies: z.array(z.object({ from: z.string(), text: z.string(), at: z.number() })) })

export function notifierProvider(
  wire: Wire,
  clock: Clock,
  { looksUp, readsReplies, freeFor }: NotifierTraits,
): Notifier {
  const lookUp: Notifier['lookUp'] = async ({ key, to }, call) => {
    const answer = await wire.ask({ operation: 'report', args: { key, to }, effect: 'read', shape: report }, call)
    return answer.report === null ? undefined : { ...answer.report, at: instantOf(answer.report.at) }
  }
  const readReplies: Notifier['readReplies'] = async ({ from, since }, call) => {
    const args = { from, since: millisecondsOf(since) }
    const answer = await wire.ask({ operation: 'replies', args, effect: 'read', shape: replies }, call)
    return answer.replies.map(({ at, ...reply }) => ({ ...reply, at: instantOf(at), optsOut: isStop(reply.text) }))
  }
  return {
    specVersion: 'v1',
    readAccount: (call) => wire.ask({ operation: 'account', effect: 'read', shape: account }, call),
    send: async ({ key, to, subject, text, content, heardAt }, call): Promise<SendReceipt> => {
      const send = (words: string) =>
        wire.ask({ operation: 'send', args: { key, to, subject, text: words }, effect: 'write', shape: sent }, call)
      const isFree = freeFor === undefined || (heardAt !== undefined && between(heardAt, clock.now()) < freeFor)
      if (isFree) return await send(text)
      if (content === undefined) return { status: 'refused', reason: 'outside-window' }
      const receipt = await send(`[${content.kind}] ${Object.values(content.values).join('; ')}`)
      return receipt.status === 'accepted' ? { ...receipt, wording: `as the template ${content.kind}` } : receipt
    },
    ...(looksUp ? { lookUp } : {}),
    ...(readsReplies ? { readReplies } : {}),
  }
}

export function isStop(text: string): boolean {
  return text.trim().toUpperCase() === 'STOP'
}

const instant = z.number().min(0).max(4e12)
const written = z.object({
  word: z.string().regex(/^[\w-]{1,40}$/),
  from: z.string().max(100),
  text: z.string().max(5000),
  at: instant,
})
const delivery = z.object({
  key: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  state: states,
  at: instant,
})

/** Signed: a delivery under the account's own token is a fact, any other is refused. */
export const messageReceiver: WebhookReceiver<MemoryConfig> = {
  signed: true,
  secretHeaders: ['x-token'],
  setUp: 'The test hands the deliveries over.',
  receive: ({ rawBody, headers, config }) => {
    if (headers.get('x-token') !== config.token)
      return { verdict: 'rejected', because: 'bad-signature', detail: 'The token of the delivery is another one.' }
    const body = json(rawBody)
    const heard = written.safeParse(body)
    if (heard.success) {
      const { word: id, from, text, at } = heard.data
      const word = { kind: 'word' as const, id, from: [from], text, at: instantOf(at), optsOut: isStop(text) }
      return { verdict: 'accepted', proof: 'signature', topic: 'word', nudges: [{ kind: 'everything' }], facts: [word] }
    }
    const parsed = delivery.safeParse(body)
    if (!parsed.success) return { verdict: 'rejected', because: 'malformed', detail: 'The body is no delivery report.' }
    const { key, state, at } = parsed.data
    const happened: Instant = instantOf(at)
    return {
      verdict: 'accepted',
      proof: 'signature',
      topic: 'delivery',
      nudges: [{ kind: 'message', key }],
      facts: [{ kind: 'message-delivery', key, state, at: happened }],
    }
  },
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined // not JSON: malformed, which the caller says
  }
}
