import * as z from 'zod'

/** A delivery report or a reply, with only the fields we read. */
export type Item =
  | {
      readonly kind: 'report'
      readonly key: string
      readonly status: string
      readonly date: string
      readonly number: string
    }
  | { readonly kind: 'reply'; readonly lastKey: string; readonly text: string; readonly number: string }
  | { readonly kind: 'unknown' }

const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => (value ?? '').trim())
const report = z
  .object({
    status: z.union([z.number(), z.string().trim().min(1)]).transform(String),
    message_id: word,
    campaign_id: word,
    destination: word,
    date: word,
  })
  .refine(({ message_id, campaign_id, destination }) => message_id !== '' || campaign_id !== '' || destination !== '')
const reply = z.object({
  from: z.union([z.string(), z.number()]).transform(String),
  message: word,
  last_message_id: word,
})

/**
 * The content type says nothing dependable here, so the body is tried as JSON, as a form (fields, or one field `data`
 * of JSON), and as JSON whose outer braces are missing, as on the vendor's own page
 * (docs/vendors/smsfactor.md, webhook bodies). `undefined`: none of these.
 */
export function itemsIn(rawBody: Uint8Array): readonly Item[] | undefined {
  const text = new TextDecoder().decode(rawBody).trim() // drops a byte order mark, never throws
  if (text === '') return []
  const value = objectsIn(jsonIn(text)) ?? objectsIn(formIn(text)) ?? objectsIn(jsonIn(`{${text}}`))
  return value?.map(itemOf)
}

function itemOf(value: object): Item {
  const replied = reply.safeParse(value)
  if (replied.success) {
    const { from, message, last_message_id } = replied.data
    return { kind: 'reply', lastKey: last_message_id, text: message, number: from }
  }
  const reported = report.safeParse(value)
  if (!reported.success) return { kind: 'unknown' }
  const { message_id, status, date, destination } = reported.data
  return { kind: 'report', key: message_id, status, date, number: destination }
}

/** The objects of a list, or the one object. `undefined` for anything that holds something else. */
function objectsIn(value: unknown): readonly object[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const objects = list.filter(
    (each): each is object => typeof each === 'object' && each !== null && !Array.isArray(each),
  )
  return objects.length === list.length ? objects.filter((each) => Object.keys(each).length > 0) : undefined
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function formIn(text: string): unknown {
  if (!/^[\w.~%+-]+=/.test(text)) return undefined
  const fields = new URLSearchParams(text)
  const data = fields.get('data')
  return data === null ? Object.fromEntries(fields) : jsonIn(data)
}
