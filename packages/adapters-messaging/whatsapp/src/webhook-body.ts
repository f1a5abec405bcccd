import * as z from 'zod'

/** One change, with only the fields we read. */
export interface Change {
  /** The WhatsApp business account. */
  readonly business: string
  readonly field: string
  /** Absent where the change is about the account and not about one number. */
  readonly phoneNumberId?: string
  readonly statuses: readonly Status[]
  readonly messages: readonly Inbound[]
}

export interface Status {
  readonly id: string
  readonly status: string
  /** Unix seconds, as text. */
  readonly timestamp: string
  /** Our key, where the message was ours. */
  readonly key: string
  readonly recipientUserId: string
  /** The first error's code, of a failure. */
  readonly code?: number
}

export interface Inbound {
  readonly id: string
  readonly type: string
  readonly timestamp: string
  /** The number as digits; empty for people who show only a user name. */
  readonly from: string
  readonly userId: string
  readonly text: string
}

const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? '')
const list = <T>(item: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .nullish()
    .catch(undefined)
    .transform((items) =>
      (items ?? []).flatMap((each) => {
        const parsed = item.safeParse(each)
        return parsed.success ? [parsed.data] : []
      }),
    )
const optional = <T>(shape: z.ZodType<T>) => shape.nullish().catch(undefined)

const status = z
  .object({
    id: word,
    status: word,
    timestamp: word,
    biz_opaque_callback_data: word,
    recipient_user_id: word,
    errors: list(z.object({ code: z.coerce.number().int() })),
  })
  .transform(
    ({ id, status, timestamp, biz_opaque_callback_data: key, recipient_user_id: recipientUserId, errors }): Status => ({
      id,
      status,
      timestamp,
      key,
      recipientUserId,
      ...(errors[0] ? { code: errors[0].code } : {}),
    }),
  )

const reply = optional(z.object({ title: word }))
const media = optional(z.object({ caption: word }))
const rawInbound = z.object({
  id: z.string().min(1).max(300),
  type: word,
  timestamp: word,
  from: word,
  from_user_id: word,
  text: optional(z.object({ body: word })),
  button: optional(z.object({ text: word })),
  interactive: optional(z.object({ button_reply: reply, list_reply: reply })),
  location: optional(z.object({ name: word, address: word })),
  reaction: optional(z.object({ emoji: word })),
  image: media,
  video: media,
  document: media,
})
const inbound = rawInbound.transform(
  (one): Inbound => ({
    id: one.id,
    type: one.type,
    timestamp: one.timestamp,
    from: one.from.replace(/\D/g, ''),
    userId: one.from_user_id,
    text: textOf(one),
  }),
)

/** What a person reads of it; what is no text is named. */
function textOf(message: z.output<typeof rawInbound>): string {
  const { type, text, button, interactive, location, reaction } = message
  const said = text?.body || button?.text || interactive?.button_reply?.title || interactive?.list_reply?.title
  if (said) return said
  if (location) return ['[location]', location.name, location.address].filter((part) => part !== '').join(' ')
  if (reaction) return `[reaction ${reaction.emoji || 'taken back'}]`
  const caption = message.image?.caption || message.video?.caption || message.document?.caption
  return [`[${/^[a-z_]{1,30}$/.test(type) ? type : 'message'}]`, caption].filter(Boolean).join(' ')
}

const contact = z.object({ wa_id: word, user_id: word })
const value = z.object({
  metadata: optional(z.object({ phone_number_id: word })),
  contacts: list(contact),
  statuses: list(status),
  messages: list(inbound),
})
const entry = z.object({ id: word, changes: list(z.object({ field: word, value: z.unknown() })) })
const envelope = z.object({ object: z.literal('whatsapp_business_account'), entry: list(entry) })

/** Every change of every entry: one delivery may speak of several numbers and accounts. `undefined`: not of this vendor. */
export function changesIn(rawBody: Uint8Array): readonly Change[] | undefined {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(rawBody))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const parsed = envelope.safeParse(json)
  if (!parsed.success) return undefined
  return parsed.data.entry.flatMap(({ id, changes }) =>
    changes.map(({ field, value: given }): Change => {
      const found = value.safeParse(given)
      if (!found.success) return { business: id, field, statuses: [], messages: [] }
      const { metadata, contacts, statuses, messages } = found.data
      return {
        business: id,
        field,
        ...(metadata?.phone_number_id ? { phoneNumberId: metadata.phone_number_id } : {}),
        statuses,
        messages: messages.map((message, index) => withContact(message, contacts, index)),
      }
    }),
  )
}

type Contact = z.output<typeof contact>

/** Numbers and user ids may stand only beside the message: with the same name, or else in the same place. */
function withContact(message: Inbound, contacts: readonly Contact[], index: number): Inbound {
  const { from, userId } = message
  const found =
    contacts.find(({ wa_id }) => wa_id !== '' && wa_id === from) ??
    contacts.find(({ user_id }) => user_id !== '' && user_id === userId) ??
    (from === '' && userId === '' ? contacts[index] : undefined)
  if (!found) return message
  return { ...message, from: from || found.wa_id.replace(/\D/g, ''), userId: userId || found.user_id }
}
