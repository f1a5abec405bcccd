import {
  type Call,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  type OpenContext,
  unreadable,
} from '@stayward/core/adapter'
import * as z from 'zod'
import type { SmsText } from './sms-text.ts'
import type { SmsFactorConfig } from './smsfactor-config.ts'
import { authRemedy, type Counters, failureOfStatus, failureWithoutStatus, vendor } from './smsfactor-status.ts'

export const origin = 'https://api.smsfactor.com'

/** One message to one number, so that the counters of the answer speak of it alone. */
export interface Submission {
  /** `gsmsmsid`: comes back in reports; the vendor does not dedupe by it. */
  readonly id: string
  /** Digits without `+`. */
  readonly number: string
  readonly text: SmsText
  readonly sender?: string
}

export type Submitted =
  | { readonly status: 'ok'; readonly ticket?: string; readonly counters: Counters }
  /** Status −8: a person of theirs looks at it first. It normally goes out. */
  | { readonly status: 'held'; readonly ticket?: string }
  /** Status −3. */
  | { readonly status: 'no-credit' }

export interface Credits {
  readonly credits: number
  readonly postpaid: boolean
  readonly unlimited: boolean
}

/** One line of `GET /messages`, in either direction. */
export interface ListedMessage {
  /** Our `gsmsmsid`. The list's `message_id` is another id, the vendor's own. */
  readonly clientMessageId: string
  /** The ticket of the send. */
  readonly campaignId: string
  readonly text: string
  readonly sender: string
  readonly destination: string
  readonly status: string
  readonly date: string
  readonly reportDate: string
}

export interface ListQuery {
  readonly type: 'messages-out' | 'messages-in'
  /** `Y-m-d H:i:s` in Paris. */
  readonly from: string
  readonly until: string
  /** Digits without `+`. */
  readonly destination?: string
}

export interface SmsFactorApi {
  submit(message: Submission, call: Call): Promise<Submitted>
  readCredits(call: Call): Promise<Credits>
  list(query: ListQuery, call: Call): Promise<readonly ListedMessage[]>
}

// Numbers come as numbers or as text, differently from call to call (docs/vendors/smsfactor.md, types).
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^-?\d+(?:\.\d+)?$/)
    .transform(Number),
])
const count = number.nullish().transform((value) => value ?? 0)
const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => value ?? '')
const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .nullish()
  .transform((value) => value === true || String(value) === '1')

const envelope = z.object({ status: number.nullish(), error: z.unknown().optional(), details: z.unknown().optional() })
const sent = z.object({
  ticket: word,
  sent: count,
  blacklisted: count,
  invalid: count,
  npai: count,
  duplicated: count,
  // The last three are absent from older answers.
  not_allowed: count,
  country_limit: count,
  flood: count,
})
const held = z.object({ ticket: word })
const balance = z.object({ credits: number, postpaid: flag, unlimited: flag })
const listed = z
  .object({
    client_message_id: word,
    campaign_id: word,
    message: word,
    sender: word,
    destination: word,
    status: word,
    date: word,
    dlr_date: word,
  })
  .transform(
    (row): ListedMessage => ({
      clientMessageId: row.client_message_id,
      campaignId: row.campaign_id,
      text: row.message,
      sender: row.sender,
      destination: row.destination,
      status: row.status,
      date: row.date,
      reportDate: row.dlr_date,
    }),
  )
const page = z.object({ messages: z.array(listed) })

/** The longest page the vendor gives, and how many of them are read before the list is called too long. */
const pageLength = 1000
const mostPages = 10

export function smsFactorApi(
  config: SmsFactorConfig,
  { fetch, clock }: Pick<OpenContext<unknown>, 'fetch' | 'clock'>,
): SmsFactorApi {
  const http = createHttp({ fetch, clock, origin, vendor, authRemedy })
  // Without these two the vendor speaks XML in both directions.
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    authorization: `Bearer ${config.apiToken}`,
  }

  /** The answer and its status; HTTP 200 says nothing here. Throws for every status that `takes` does not name. */
  async function ask(
    request: Omit<HttpRequest, 'headers'>,
    takes: readonly number[],
    text: string,
    call: Call,
  ): Promise<{ status: number; answer: HttpAnswer }> {
    const answer = await http({ ...request, headers }, call)
    const { status, error, details } = answer.as(envelope)
    if (status === undefined || status === null) {
      if (error !== undefined) throw failureWithoutStatus()
      throw unreadable(vendor, request, `${answer.status} without a status`)
    }
    if (!takes.includes(status)) throw failureOfStatus(status, request.effect, quotable(details, text))
    return { status, answer }
  }

  return {
    async submit({ id, number, text, sender }, call) {
      const request = {
        method: 'POST',
        path: config.simulate ? '/send/simulate' : '/send',
        // A simulation has no effect, so its silence is no doubt.
        effect: config.simulate ? 'read' : 'write',
        body: JSON.stringify({
          sms: {
            message: {
              text: text.text,
              pushtype: 'alert',
              unicode: text.unicode,
              ...(sender === undefined ? {} : { sender }),
            },
            recipients: { gsm: [{ gsmsmsid: id, value: number }] },
          },
        }),
      } as const
      const { status, answer } = await ask(request, [1, -3, -8], text.text, call)
      if (status === -3) return { status: 'no-credit' }
      if (status === -8) return { status: 'held', ...ticketOf(answer.as(held)) }
      const counters = answer.as(sent)
      return { status: 'ok', counters, ...ticketOf(counters) }
    },

    async readCredits(call) {
      const { answer } = await ask({ method: 'GET', path: '/credits', effect: 'read' }, [1], '', call)
      return answer.as(balance)
    },

    async list({ type, from, until, destination }, call) {
      const rows: ListedMessage[] = []
      for (let at = 0; at < mostPages; at++) {
        const query = new URLSearchParams({
          date_start: from,
          date_end: until,
          type,
          start: String(at * pageLength),
          length: String(pageLength),
          ...(destination === undefined ? {} : { destination }),
        })
        const request = { method: 'GET', path: '/messages', query: query.toString(), effect: 'read' } as const
        const { answer } = await ask(request, [1], '', call)
        const { messages } = answer.as(page)
        rows.push(...messages)
        if (messages.length < pageLength) return rows
      }
      throw unreadable(vendor, { effect: 'read' }, `with more than ${mostPages * pageLength} messages`)
    },
  }
}

function ticketOf({ ticket }: { readonly ticket: string }): { readonly ticket?: string } {
  return ticket === '' ? {} : { ticket }
}

/**
 * The vendor's free text, as far as it may be shown: not when it repeats a word of ours (a name, a PIN), and without
 * digits, which may be the number.
 */
function quotable(details: unknown, text: string): string | undefined {
  if (typeof details !== 'string' || details.trim() === '') return undefined
  const said = details.toLowerCase()
  const ours = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
  return ours.some((each) => said.includes(each)) ? undefined : details.replaceAll(/\d/g, '#').slice(0, 120)
}
