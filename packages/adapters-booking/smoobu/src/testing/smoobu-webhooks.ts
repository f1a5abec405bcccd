import { createHash } from 'node:crypto'
import type { WebhookDelivery } from '@stayward/core/testing'
import { type SmoobuPayload, smoobuPayload } from './payloads.ts'
import type { SmoobuState } from './smoobu-state.ts'

/** How long a refused delivery waits for its next try, milliseconds, where `retries` allows one. */
const retryPause = 5_000

/** Puts a webhook on its way, as the switches say. `latency` in milliseconds. */
export function enqueue(state: SmoobuState, payload: SmoobuPayload, now: number, latency: number): void {
  const { webhooks } = state.switches
  if (webhooks.lost > 0) {
    webhooks.lost--
    return
  }
  const dueAt = now + latency + webhooks.delay
  if (webhooks.unknownActions)
    push(state, JSON.stringify(smoobuPayload('guestbookEntryAdded', state.account.id, { id: 1 })), dueAt, 1)
  for (let copy = 0; copy < webhooks.copies; copy++) push(state, JSON.stringify(payload), dueAt, 1)
}

/** Takes what has to leave by now: oldest first, or the other way round. */
export function take(state: SmoobuState, now: number): readonly WebhookDelivery[] {
  const due = state.deliveries.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
  state.deliveries = state.deliveries.filter(({ dueAt }) => dueAt > now)
  if (state.switches.webhooks.retries > 0) state.underway.push(...due)
  if (state.switches.webhooks.reversed) due.reverse()
  return due.map(({ headers, body }) => ({ headers, body }))
}

/** What the receiver answered. A refused delivery is sent again where the switch says so. */
export function settle(state: SmoobuState, { headers }: WebhookDelivery, status: number, now: number): void {
  const sent = state.underway.find((delivery) => delivery.headers['api-key'] === headers['api-key'])
  if (!sent) return
  state.underway = state.underway.filter((delivery) => delivery !== sent)
  if ((status >= 200 && status < 300) || sent.attempts > state.switches.webhooks.retries) return
  push(state, sent.body, now + retryPause, sent.attempts + 1)
}

function push(state: SmoobuState, body: string, dueAt: number, attempts: number): void {
  state.counters.delivery++
  const id = state.counters.delivery
  state.deliveries.push({
    id,
    dueAt,
    attempts,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Symfony BrowserKit',
      // Another value each time, as in the one recorded delivery (docs/vendors/smoobu.md, webhooks).
      'api-key': createHash('sha256').update(`delivery ${id}`).digest('hex').slice(0, 32),
    },
  })
}
