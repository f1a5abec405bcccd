import { AdapterError, type Call, type ListedPage, unreadable } from '@stayward/core/adapter'
import * as z from 'zod'
import type { Client } from './smoobu-client.ts'
import { queryOf } from './signing.ts'

/** Smoobu's ids are integers; they arrive as text now and then. Canonical digits. */
export const smoobuId = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,14}$/)])
  .transform((id): string => String(id))

const count = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,9}$/)]).transform(Number)
const text = z.string().nullish().catch(undefined)

const meSchema = z.object({ id: smoobuId, firstName: text, lastName: text })
const apartmentsSchema = z.object({ apartments: z.array(z.object({ id: smoobuId, name: text })) })
const apartmentSchema = z.object({ timeZone: text })
const reservationPageSchema = z.object({ page_count: count, total_items: count, bookings: z.array(z.unknown()) })
const messageSchema = z.object({
  id: smoobuId.nullish(),
  type: count,
  message: text,
  htmlMessage: text,
  createdAt: text,
})
// Cautious clients have met the list under other names (docs/vendors/smoobu.md, messages).
const messageRows = z.array(messageSchema).optional()
const messagePageSchema = z
  .object({ page_count: count, total_items: count, messages: messageRows, data: messageRows, entries: messageRows })
  .transform(({ messages, data, entries, ...counts }) => ({ ...counts, rows: messages ?? data ?? entries }))
const validationSchema = z.object({ validation_messages: z.record(z.string(), z.unknown()) })
const errorSchema = z.looseObject({ status: z.unknown().optional() })

export type SmoobuMessage = z.output<typeof messageSchema>

/** Filters of `GET /api/reservations`, spelt as Smoobu spells them: a name it does not know is ignored in silence. */
export type ReservationFilter = { readonly modifiedFrom: string } | { readonly from: string; readonly to: string }

export type SendAnswer = { readonly taken: true } | { readonly taken: false; readonly fields: readonly string[] }

export interface SmoobuApi {
  me(call: Call): Promise<z.output<typeof meSchema>>
  apartments(call: Call): Promise<z.output<typeof apartmentsSchema>['apartments']>
  /** `undefined` on 404. */
  apartment(id: string, call: Call): Promise<z.output<typeof apartmentSchema> | undefined>
  /** 100 rows a page, cancellations included. Rows are read one by one elsewhere, so that one bad row spoils only itself. */
  reservations(filter: ReservationFilter, page: number, call: Call): Promise<ListedPage<unknown>>
  /** `undefined` on 404. */
  reservation(id: string, call: Call): Promise<unknown>
  /** 25 messages a page, the oldest on page 1; the host's included. */
  messages(id: string, page: number, call: Call): Promise<ListedPage<SmoobuMessage>>
  /** `fields` names what Smoobu did not like in a message that it refused. */
  sendToGuest(id: string, message: { subject?: string; messageBody: string }, call: Call): Promise<SendAnswer>
}

/** Smoobu's HTTP in Smoobu's words: paths, shapes and refusals. Docs: docs/vendors/smoobu.md. */
export function smoobuApi(client: Client): SmoobuApi {
  const get = (path: string, query: string, call: Call, judges: readonly number[] = []) =>
    client({ method: 'GET', path, query, effect: 'read', judges }, call)
  return {
    me: async (call) => (await get('/api/me', '', call)).as(meSchema),

    apartments: async (call) => (await get('/api/apartments', '', call)).as(apartmentsSchema).apartments,

    apartment: async (id, call) => {
      const answer = await get(`/api/apartments/${id}`, '', call, [404])
      return answer.status === 404 ? undefined : answer.as(apartmentSchema)
    },

    reservations: async (filter, page, call) => {
      // Cancellations are hidden unless asked for, and `page_size` would be ignored: 25 rows, no complaint.
      const query = queryOf({ ...filter, showCancellation: 'true', page, pageSize: 100 })
      const { page_count, total_items, bookings } = (await get('/api/reservations', query, call)).as(
        reservationPageSchema,
      )
      return { last: page >= page_count, total: total_items, rows: bookings }
    },

    reservation: async (id, call) => {
      const answer = await get(`/api/reservations/${id}`, '', call, [404])
      return answer.status === 404 ? undefined : answer.json()
    },

    messages: async (id, page, call) => {
      const query = queryOf({ page, onlyRelatedToGuest: 'false' })
      const answer = await get(`/api/reservations/${id}/messages`, query, call)
      const { page_count, total_items, rows } = answer.as(messagePageSchema)
      if (!rows) throw unreadable('Smoobu', { effect: 'read' }, `${answer.status} without a list of messages`)
      return { last: page >= page_count, total: total_items, rows }
    },

    sendToGuest: async (id, message, call) => {
      const path = `/api/reservations/${id}/messages/send-message-to-guest`
      const body = JSON.stringify(message)
      const answer = await client({ method: 'POST', path, body, effect: 'write', judges: [400, 409, 422] }, call)
      if (answer.status >= 400) return { taken: false, fields: refusedFields(answer.text) }
      // 201 is the documented yes and its body says nothing. Any other 2xx counts only if it is not a page in between
      // or an error in disguise.
      if (answer.status !== 201 && Number(answer.as(errorSchema).status ?? 0) >= 400)
        throw new AdapterError('outcome-unknown', `Smoobu answered ${answer.status} with an error inside.`, {
          remedy: 'The hub looks into the conversation before it writes again.',
        })
      return { taken: true }
    },
  }
}

/** Names of the refused fields only: the texts beside them may quote the message. */
function refusedFields(text: string): readonly string[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return [] // an HTML page says no less clearly no
  }
  const parsed = validationSchema.safeParse(body)
  return parsed.success
    ? Object.keys(parsed.data.validation_messages).filter((name) => /^[A-Za-z_-]{1,40}$/.test(name))
    : []
}
