import { AdapterError, type Call, type CivilDate, type ListedPage, unreadable } from '@stayward/core/adapter'
import * as z from 'zod'
import { type Client, detailsSchema } from './beds24-client.ts'

/** Beds24's ids are integers; in webhooks they come as text now and then. Canonical digits. */
export const beds24Id = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,14}$/)])
  .transform((id): string => String(id))

/** Every status there is. Without them Beds24 leaves cancelled bookings out, also when asked by id. */
export const statuses = ['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry'] as const

const text = z.string().nullish().catch(undefined)
const pageSchema = z.object({
  success: z.literal(true),
  count: z.int().nonnegative().optional().catch(undefined),
  pages: z
    .object({ nextPageExists: z.boolean() })
    .nullish()
    .transform((pages) => pages ?? { nextPageExists: false }),
  data: z.array(z.unknown()),
})
const messageSchema = z.object({
  id: beds24Id.optional().catch(undefined),
  bookingId: beds24Id.optional().catch(undefined),
  time: text,
  message: text,
  source: text,
})
const itemSchema = z.object({
  success: z.boolean(),
  new: z
    .object({ id: beds24Id.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  errors: z
    .array(z.object({ field: text }))
    .optional()
    .catch(undefined),
})

export type Beds24Message = z.output<typeof messageSchema>
export type Beds24Details = z.output<typeof detailsSchema>

/** Spelt as Beds24 spells them: a name it does not know is ignored in silence. Each may be repeated. */
export type BookingFilter =
  | { readonly id: string }
  | { readonly modifiedFrom: string }
  | { readonly departureFrom: CivilDate; readonly arrivalTo: CivilDate }

export type SendAnswer =
  | { readonly taken: true; readonly id?: string }
  | { readonly taken: false; readonly fields: readonly string[] }

export interface Beds24Api {
  details(call: Call): Promise<Beds24Details>
  /** 100 rows a page, each with its rooms, their units and its webhook settings. */
  properties(page: number, call: Call): Promise<ListedPage<unknown>>
  /** 100 rows a page, of every status. Rows are read one by one elsewhere, so that one bad row spoils only itself. */
  bookings(filter: BookingFilter, page: number, call: Call): Promise<ListedPage<unknown>>
  /** Of all sides, internal notes and system texts included. */
  messages(bookingId: string, page: number, call: Call): Promise<ListedPage<Beds24Message>>
  /** `fields` names what Beds24 did not like in a message that it refused. */
  sendToGuest(bookingId: string, message: string, call: Call): Promise<SendAnswer>
}

/** Beds24's HTTP in Beds24's words: paths, shapes and refusals. Docs: docs/vendors/beds24.md. */
export function beds24Api(client: Client): Beds24Api {
  /** Arrays are repeated names: a comma list is a 400. The link to the next page is not followed: it may lack filters. */
  const pageOf = async (path: string, scope: string, query: URLSearchParams, page: number, call: Call) => {
    query.append('page', String(page))
    const answer = await client({ method: 'GET', path, query: query.toString(), effect: 'read', scope }, call)
    const { count, pages, data } = answer.as(pageSchema)
    return listed(data, count, page, !pages.nextPageExists)
  }

  return {
    details: async (call) =>
      (await client({ method: 'GET', path: '/authentication/details', effect: 'read' }, call)).as(detailsSchema),

    properties: (page, call) => {
      // Without the first there are no rooms at all, without the second no units.
      const query = new URLSearchParams({ includeAllRooms: 'true', includeUnitDetails: 'true' })
      return pageOf('/properties', 'read:properties', query, page, call)
    },

    bookings: (filter, page, call) => {
      const query = new URLSearchParams([...Object.entries(filter), ...statuses.map((status) => ['status', status])])
      return pageOf('/bookings', 'read:bookings', query, page, call)
    },

    messages: async (bookingId, page, call) => {
      const query = new URLSearchParams({ bookingId })
      const { rows, ...rest } = await pageOf('/bookings/messages', 'read:bookings-personal', query, page, call)
      const messages = z.array(messageSchema).safeParse(rows)
      if (!messages.success) throw unreadable('Beds24', { effect: 'read' }, 'with messages of an unexpected shape')
      return { ...rest, rows: messages.data }
    },

    sendToGuest: async (bookingId, message, call) => {
      const answer = await client(
        {
          method: 'POST',
          path: '/bookings/messages',
          body: JSON.stringify([{ bookingId: Number(bookingId), message }]),
          effect: 'write',
          judges: [400],
          scope: 'write:bookings-personal',
        },
        call,
      )
      if (answer.status === 400) return { taken: false, fields: [] }
      // 201 whatever became of it: the answer about the one message is inside.
      const [item, ...others] = answer.as(z.array(itemSchema))
      if (item === undefined || others.length > 0)
        throw new AdapterError('outcome-unknown', 'Beds24 did not say what became of the message.', {
          remedy: 'The hub looks into the conversation before it writes again.',
        })
      const { success, new: made, errors = [] } = item
      if (success) return { taken: true, ...(made?.id === undefined ? {} : { id: made.id }) }
      return { taken: false, fields: errors.flatMap(({ field }) => (isFieldName(field) ? [field] : [])) }
    },
  }
}

/**
 * A page with what proves that nothing is missing. Whether `count` means this page or all of them is not documented
 * (docs/vendors/beds24.md, paging), and on an only page both are the same. Elsewhere it is taken for the whole where it
 * is more than the page holds.
 */
function listed(rows: readonly unknown[], count: number | undefined, page: number, last: boolean): ListedPage<unknown> {
  const ids = new Set(rows.map((row) => JSON.stringify(rowId.safeParse(row).data?.id ?? row)))
  const counts = count !== undefined && ((page === 1 && last) || count > ids.size)
  return { rows, last, ...(counts ? { total: count } : {}) }
}
const rowId = z.object({ id: beds24Id })

/** The texts beside it may quote the message. */
function isFieldName(field: string | null | undefined): field is string {
  return /^[A-Za-z0-9_.[\]-]{1,40}$/.test(field ?? '')
}
