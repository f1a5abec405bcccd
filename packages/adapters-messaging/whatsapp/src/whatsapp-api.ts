import { createHmac } from 'node:crypto'
import {
  type Call,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  type OpenContext,
  unreadable,
} from '@stayward/core/adapter'
import * as z from 'zod'
import type { TemplateMessage } from './templates.ts'
import type { WhatsAppConfig } from './whatsapp-config.ts'
import { authRemedy, failureOf, type GraphError, graphErrorIn, vendor } from './whatsapp-errors.ts'

export const origin = 'https://graph.facebook.com'

/** What one message is; the rest of it is the same for all. */
export type MessageBody =
  | { readonly type: 'text'; readonly text: { readonly preview_url: false; readonly body: string } }
  | { readonly type: 'template'; readonly template: TemplateMessage }
  | {
      readonly type: 'interactive'
      readonly interactive: {
        readonly type: 'button'
        readonly body: { readonly text: string }
        readonly action: {
          readonly buttons: readonly {
            readonly type: 'reply'
            readonly reply: { readonly id: string; readonly title: string }
          }[]
        }
      }
    }

export interface Submission {
  /** Comes back in every status of this message. The vendor does not dedupe by it. */
  readonly key: string
  /** E.164 with `+`. */
  readonly to: string
  readonly body: MessageBody
  /** Quotes an earlier message. */
  readonly replyTo?: string
}

export type Submitted =
  | { readonly status: 'accepted'; readonly id: string; readonly held: boolean }
  | { readonly status: 'refused'; readonly error: GraphError }

export interface BusinessNumber {
  readonly id: string
  readonly display: string
  readonly name: string
  /** GREEN, YELLOW, RED, UNKNOWN. */
  readonly quality: string
  /** CONNECTED where all is well. */
  readonly status: string
}

export interface Template {
  readonly name: string
  readonly language: string
  readonly status: string
  /** The placeholders of its body, as they stand there: `guest_name`, or `1`. */
  readonly placeholders: readonly string[]
}

export interface WhatsAppApi {
  submit(message: Submission, call: Call): Promise<Submitted>
  markRead(id: string, call: Call): Promise<void>
  readNumber(call: Call): Promise<BusinessNumber>
  /** How many apps are told of what happens in the account. */
  countSubscribedApps(call: Call): Promise<number>
  listTemplates(call: Call): Promise<readonly Template[]>
}

const word = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const sent = z.object({
  messages: z.array(z.object({ id: z.string().min(1).max(300), message_status: word })).min(1),
})
const done = z.object({ success: z.boolean() })
const businessNumber = z.object({
  id: z.string(),
  display_phone_number: word,
  verified_name: word,
  quality_rating: word,
  status: word,
})
const subscribed = z.object({ data: z.array(z.unknown()) })
const templatePage = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      status: word,
      components: z.array(z.object({ type: z.string(), text: word })).nullish(),
    }),
  ),
  paging: z.object({ cursors: z.object({ after: word }).nullish(), next: word }).nullish(),
})
const mostPages = 20

/** All that Graph answers besides 2xx; its body says what it means, wherever it is Graph's own. */
const failures = [
  400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 422, 423, 429, 500, 501, 502, 503, 504,
]

export function whatsAppApi(
  config: WhatsAppConfig,
  { fetch, clock }: Pick<OpenContext<unknown>, 'fetch' | 'clock'>,
): WhatsAppApi {
  const { phoneNumberId, businessAccountId, accessToken, appSecret, graphVersion } = config
  const http = createHttp({ fetch, clock, origin, vendor, authRemedy })
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    authorization: `Bearer ${accessToken}`,
  }
  // Proves that whoever holds the token holds the app's secret; apps may require it. Says nothing of either.
  const proof = createHmac('sha256', appSecret).update(accessToken).digest('hex')

  async function ask(
    { query = {}, ...request }: Omit<HttpRequest, 'headers' | 'query'> & { readonly query?: Record<string, string> },
    call: Call,
  ): Promise<{ readonly answer: HttpAnswer; readonly error?: GraphError }> {
    const answer = await http(
      {
        ...request,
        path: `/${graphVersion}${request.path}`,
        query: new URLSearchParams({ ...query, appsecret_proof: proof }).toString(),
        headers,
        judges: failures,
      },
      call,
    )
    if (answer.status < 300) return { answer }
    const error = graphErrorIn(answer, clock.now())
    if (!error) throw answer.failure()
    return { answer, error }
  }

  async function read<T>(path: string, query: Record<string, string>, shape: z.ZodType<T>, call: Call): Promise<T> {
    const { answer, error } = await ask({ method: 'GET', path, query, effect: 'read' }, call)
    if (error) throw failureOf(error, clock.now())
    return answer.as(shape)
  }

  return {
    async submit({ key, to, body, replyTo }, call) {
      const request = {
        method: 'POST',
        path: `/${phoneNumberId}/messages`,
        effect: 'write',
        body: JSON.stringify({
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to,
          ...(replyTo === undefined ? {} : { context: { message_id: replyTo } }),
          ...body,
          biz_opaque_callback_data: key,
        }),
      } as const
      const { answer, error } = await ask(request, call)
      if (error) return { status: 'refused', error }
      const [first] = answer.as(sent).messages
      if (!first) throw unreadable(vendor, request, `${answer.status} without a message`)
      const held = first.message_status !== '' && first.message_status !== 'accepted'
      return { status: 'accepted', id: first.id, held }
    },

    async markRead(id, call) {
      const body = JSON.stringify({ messaging_product: 'whatsapp', status: 'read', message_id: id })
      // Doing it twice changes nothing, so its silence is no doubt.
      const { answer, error } = await ask(
        { method: 'POST', path: `/${phoneNumberId}/messages`, effect: 'read', body },
        call,
      )
      if (error) throw failureOf(error, clock.now())
      if (!answer.as(done).success) throw unreadable(vendor, { effect: 'read' }, '200 without success')
    },

    async readNumber(call) {
      const fields = 'id,display_phone_number,verified_name,quality_rating,status'
      const found = await read(`/${phoneNumberId}`, { fields }, businessNumber, call)
      return {
        id: found.id,
        display: found.display_phone_number,
        name: found.verified_name,
        quality: found.quality_rating,
        status: found.status,
      }
    },

    async countSubscribedApps(call) {
      return (await read(`/${businessAccountId}/subscribed_apps`, {}, subscribed, call)).data.length
    },

    async listTemplates(call) {
      const templates: Template[] = []
      let after: string | undefined
      for (let page = 0; page < mostPages; page++) {
        const query = { fields: 'name,status,language,components', limit: '100', ...(after ? { after } : {}) }
        const { data, paging } = await read(`/${businessAccountId}/message_templates`, query, templatePage, call)
        templates.push(...data.map(templateOf))
        after = paging?.next ? paging.cursors?.after : undefined
        if (!after) return templates
      }
      throw unreadable(vendor, { effect: 'read' }, `with more than ${mostPages * 100} templates`)
    },
  }
}

function templateOf({ name, language, status, components }: z.output<typeof templatePage>['data'][number]): Template {
  const text = components?.find(({ type }) => type.toUpperCase() === 'BODY')?.text ?? ''
  const placeholders = Array.from(text.matchAll(/\{\{\s*(\w+)\s*\}\}/g), ([, placeholder = '']) => placeholder)
  return { name, language, status, placeholders: [...new Set(placeholders)] }
}
