import type { WebhookDelivery } from '@stayward/core/testing'
import { bookingFacts, secondsOf } from './beds24-answers.ts'
import type { Beds24Row, Beds24State } from './beds24-state.ts'

/** A delivery that was not taken comes again after this, milliseconds; nobody has published it. */
const comesAgain = 5 * 60_000
const mostRetries = 5

/** Puts a webhook on its way. What happens to one booking before it has left becomes one delivery. */
export function enqueue(state: Beds24State, bookingId: number, message: boolean, dueAt: number): void {
  const waiting = state.hooks.find((one) => one.bookingId === bookingId && one.retries === 0)
  if (waiting) waiting.message ||= message
  else state.hooks.push({ bookingId, dueAt, retries: 0, message })
}

/** Takes what has to leave by now, as its booking is now. */
export function take(state: Beds24State, now: number): readonly WebhookDelivery[] {
  const due = state.hooks.filter(({ dueAt }) => dueAt <= now).toSorted((a, b) => a.dueAt - b.dueAt)
  for (const one of due) state.hooks.splice(state.hooks.indexOf(one), 1)
  return due.flatMap(({ bookingId, retries, message }) => {
    const row = state.bookings.find(({ id }) => id === bookingId)
    const property = state.properties.find(({ rooms }) => rooms.some(({ id }) => id === row?.roomId))
    // A booking that is gone by now has nothing to tell, and a property without an address nobody to tell it to.
    if (!row || !property || property.webhook.url.trim() === '') return []
    const delivery = {
      headers: { 'content-type': 'application/json', ...linesOf(property.webhook.customHeader) },
      body: JSON.stringify(payloadOf(state, row, { at: now, retries, message })),
    }
    return property.webhook.url
      .trim()
      .split('\n')
      .flatMap(() => Array.from({ length: state.switches.copies }, () => delivery))
  })
}

/** What the receiver answered: 400 or more makes it come again. */
export function settle(
  state: Beds24State,
  { body }: WebhookDelivery,
  status: number,
  { now, pace }: { readonly now: number; readonly pace: number },
): void {
  if (status < 400) return
  const { booking, retries, messages } = JSON.parse(body) as Payload // our own
  if (retries >= mostRetries) return
  const dueAt = now + comesAgain / pace
  state.hooks.push({ bookingId: booking.id, dueAt, retries: retries + 1, message: messages.length > 0 })
}

type Payload = ReturnType<typeof payloadOf>

/** The body of version 2 (docs/vendors/beds24.md, webhooks). */
export function payloadOf(
  state: Beds24State,
  row: Beds24Row,
  { at, retries = 0, message = false }: { readonly at: number; readonly retries?: number; readonly message?: boolean },
) {
  const property = state.properties.find(({ rooms }) => rooms.some(({ id }) => id === row.roomId))
  const personal = property?.webhook.version === 'twoWithPersonalData' ? row.guest : {}
  const newest = state.messages.findLast(({ bookingId }) => bookingId === row.id)
  return {
    timeStamp: secondsOf(at),
    booking: {
      ...bookingFacts(row, state),
      ...personal,
      ...(state.switches.cardData ? { stripeToken: 'tok_invented' } : {}),
    },
    infoItems: [],
    invoiceItems: [],
    messages: message && newest ? [{ id: newest.id, message: newest.text, source: newest.source }] : [],
    ...(state.switches.cardData ? { cvc: '000', cardNumber: '0000000000000000' } : {}),
    retries,
  }
}

/** `name: value`, one a line. */
function linesOf(customHeader: string): Record<string, string> {
  return Object.fromEntries(
    customHeader.split('\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : []
    }),
  )
}
