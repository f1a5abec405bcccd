import * as z from 'zod'

/** What of a delivery may be stored. Guests' names are not needed for it: the booking is read by its id. */
const kept = [
  'id',
  'masterId',
  'propertyId',
  'roomId',
  'unitId',
  'roomQty',
  'status',
  'subStatus',
  'arrival',
  'departure',
  'channel',
  'bookingTime',
  'modifiedTime',
  'cancelTime',
] as const

/** One delivery that names more bookings than this is answered with a look at everything. */
export const mostBookings = 100

const scalar = z.union([z.string().max(100), z.number(), z.boolean(), z.null()])
const object = z.record(z.string(), z.unknown())

/**
 * The part of a body that is kept in the webhook log. Beds24 can be told to send card numbers along, and nobody may store
 * those; so a short list of fields is kept and everything else is gone, whatever it is called. Of a body that is not
 * understood nothing is kept.
 */
export function keptBody(rawBody: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(rawBody)
  const body = jsonIn(text)
  if (body !== undefined)
    return encoded(JSON.stringify(Array.isArray(body) ? body.slice(0, mostBookings + 1).map(keptOf) : keptOf(body)))
  const bookid = formOf(text)?.get('bookid')
  return encoded(/^\d{1,15}$/.test(bookid ?? '') ? `bookid=${bookid}` : '')
}

export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // forms are none, and whoever asks says what it is then
  }
}

/** The older webhook posts a form when it has more to say than fits into an address. */
export function formOf(text: string): URLSearchParams | undefined {
  return /^[\w.%+-]{1,100}=/.test(text) ? new URLSearchParams(text) : undefined
}

/** Whether somebody has told Beds24 to send payment data along. */
export function hasCardData(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > 4) return false
  return Object.entries(value).some(
    ([name, inner]: [string, unknown]) =>
      (/cvc|cvv|card|stripetoken|pcibookingtoken/i.test(name) && inner !== null && inner !== '') ||
      hasCardData(inner, depth + 1),
  )
}

function keptOf(value: unknown): unknown {
  const { booking, timeStamp, retries, ...bare } = object.safeParse(value).data ?? {}
  const wrapped = booking !== undefined
  const fields = picked(wrapped ? booking : bare)
  return wrapped ? { ...picked({ timeStamp, retries }, ['timeStamp', 'retries']), booking: fields } : fields
}

function picked(value: unknown, names: readonly string[] = kept): Record<string, unknown> {
  const fields = object.safeParse(value).data ?? {}
  return Object.fromEntries(
    names.flatMap((name) => (scalar.safeParse(fields[name]).success ? [[name, fields[name]]] : [])),
  )
}

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)
