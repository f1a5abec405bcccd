import { AdapterError, type Call, type CivilDate, type ListedPage, unreadable } from '@stayward/core/adapter'
import * as z from 'zod'
import type { ConversationPace } from './conversation-pace.ts'
import type { Client } from './hospitable-client.ts'

/** Hospitable's ids are UUIDs of any version. Lower case. */
export const hospitableId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
  .transform((id) => id.toLowerCase())

const count = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,9}$/)]).transform(Number)
const text = z.string().nullish().catch(undefined)

const userSchema = z.object({ data: z.object({ id: hospitableId, name: text }) })
const pageSchema = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ current_page: count, last_page: count, total: count }),
})
const oneSchema = z.object({ data: z.unknown() })
const messageSchema = z.object({ sender_type: text, body: text, created_at: text })
const threadSchema = z.object({
  data: z.array(messageSchema),
  meta: z.object({ total: count }).optional().catch(undefined),
})
const sentSchema = z.object({
  data: z
    .object({ sent_reference_id: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  status_code: z.unknown().optional(),
  errors: z.unknown().optional(),
})
const refusalSchema = z.object({ errors: z.record(z.string(), z.unknown()) })

export type HospitableMessage = z.output<typeof messageSchema>

export interface ReservationFilter {
  /** At most 50. */
  readonly properties: readonly string[]
  /** Days of check-out, both included. */
  readonly start: CivilDate
  readonly end: CivilDate
}

export type SendAnswer =
  | { readonly taken: true; readonly sentRef?: string }
  | { readonly taken: false; readonly fields: readonly string[] }

export interface HospitableApi {
  user(call: Call): Promise<z.output<typeof userSchema>['data']>
  /** 100 rows a page. Rows are read one by one elsewhere, so that one bad row spoils only itself. */
  properties(page: number, call: Call): Promise<ListedPage<unknown>>
  /** 100 rows a page, of every state, each with its guest and its property. */
  reservations(filter: ReservationFilter, page: number, call: Call): Promise<ListedPage<unknown>>
  /** `undefined` on 404. */
  reservation(id: string, call: Call): Promise<unknown>
  /** The whole conversation in one answer. Twice a minute and reservation at most. */
  messages(id: string, call: Call): Promise<readonly HospitableMessage[]>
  /** `fields` names what Hospitable did not like in a message that it refused. */
  sendToGuest(id: string, body: string, call: Call): Promise<SendAnswer>
}

/** Singular: `guests` would be ignored, and the answer would look the same but for the missing key. */
const include = ['include', 'guest,properties'] as const

/** Hospitable's HTTP in Hospitable's words: paths, shapes and refusals. Docs: docs/vendors/hospitable.md. */
export function hospitableApi(client: Client, pace: ConversationPace): HospitableApi {
  const get = (path: string, query: URLSearchParams, call: Call, judges: readonly number[] = []) =>
    client({ method: 'GET', path, query: query.toString(), effect: 'read', judges }, call)

  /** `links` is never followed: it begins with http:// and would carry the token in the open. */
  const pageOf = async (
    path: string,
    query: URLSearchParams,
    page: number,
    call: Call,
  ): Promise<ListedPage<unknown>> => {
    query.append('page', String(page))
    query.append('per_page', '100')
    const { data, meta } = (await get(path, query, call)).as(pageSchema)
    if (meta.current_page !== page)
      throw unreadable('Hospitable', { effect: 'read' }, `with page ${meta.current_page} when asked for page ${page}`)
    return { last: page >= meta.last_page, total: meta.total, rows: data }
  }

  return {
    user: async (call) => (await get('/user', new URLSearchParams(), call)).as(userSchema).data,

    properties: (page, call) => pageOf('/properties', new URLSearchParams(), page, call),

    reservations: ({ properties, start, end }, page, call) => {
      const query = new URLSearchParams(properties.map((id) => ['properties[]', id]))
      // Without days Hospitable answers about the next two weeks, or nothing at all.
      query.append('date_query', 'checkout')
      query.append('start_date', start)
      query.append('end_date', end)
      query.append(...include)
      return pageOf('/reservations', query, page, call)
    },

    reservation: async (id, call) => {
      const answer = await get(`/reservations/${id}`, new URLSearchParams([[...include]]), call, [404])
      return answer.status === 404 ? undefined : answer.as(oneSchema).data
    },

    messages: async (id, call) => {
      pace.mayRead(id)
      const answer = await get(`/reservations/${id}/messages`, new URLSearchParams(), call)
      pace.wasRead(id, answer.headers)
      const { data, meta } = answer.as(threadSchema)
      // Somebody looks here before writing again: a conversation with a hole must not say "nothing was sent".
      if (meta && meta.total > data.length)
        throw unreadable('Hospitable', { effect: 'read' }, 'with a part of the conversation only')
      return data
    },

    sendToGuest: async (id, body, call) => {
      const answer = await client(
        {
          method: 'POST',
          path: `/reservations/${id}/messages`,
          body: JSON.stringify({ body }),
          effect: 'write',
          judges: [400, 422],
        },
        call,
      )
      if (answer.status >= 400) return { taken: false, fields: refusedFields(answer.text) }
      // 201 with {}, 202 with a reference, or nothing at all: each has been described as the yes.
      if (answer.text.trim() === '') return { taken: true }
      const { data, status_code = 0, errors } = answer.as(sentSchema)
      if (Number(status_code) >= 400 || errors !== undefined)
        throw new AdapterError('outcome-unknown', `Hospitable answered ${answer.status} with an error inside.`, {
          remedy: 'The hub looks into the conversation before it writes again.',
        })
      const sentRef = data?.sent_reference_id
      return { taken: true, ...(sentRef === undefined ? {} : { sentRef }) }
    },
  }
}

/** Names of the refused fields only: the texts beside them may quote the message. */
function refusedFields(text: string): readonly string[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return [] // a page says no less clearly no
  }
  const parsed = refusalSchema.safeParse(body)
  return parsed.success ? Object.keys(parsed.data.errors).filter((name) => /^[A-Za-z0-9_.-]{1,40}$/.test(name)) : []
}
