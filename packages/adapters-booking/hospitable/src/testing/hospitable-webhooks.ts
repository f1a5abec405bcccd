import type { WebhookDelivery } from '@stayward/core/testing'
import { hostSecrets, signatureOf } from '../signature.ts'
import { secondsOf } from './hospitable-answers.ts'
import type { HospitableState } from './hospitable-state.ts'
import { hospitablePayload, phpJson } from './payloads.ts'

export interface Happening {
  readonly action: string
  readonly data: Readonly<Record<string, unknown>>
  readonly triggers?: readonly string[]
  /** The fields that changed, for a delivery that brings those alone. */
  readonly changed?: readonly string[]
}

/** Waits before a delivery that was not answered 200 comes again, milliseconds. After the last one it is lost. */
const pauses = [1_000, 5_000, 10_000, 3_600_000, 21_600_000]

/** Puts a webhook on its way, as the switches say. `latency` in milliseconds. */
export function enqueue(state: HospitableState, happening: Happening, now: number, latency: number): void {
  const { webhooks } = state.switches
  if (webhooks.lost > 0) {
    webhooks.lost--
    return
  }
  const { action, data, triggers, changed } = happening
  state.counters.delivery++
  const id = `01J9Z3Q4M7N8P2R5S6T7${String(state.counters.delivery).padStart(6, '0')}`
  const partial = webhooks.partial && changed !== undefined
  const body = partial ? Object.fromEntries(changed.map((name) => [name, data[name]])) : data
  const payload = hospitablePayload(action, webhooks.dataAsList ? [body] : body, {
    id,
    created: secondsOf(now),
    ...(triggers === undefined ? {} : { triggers: webhooks.triggersAsText ? (triggers[0] ?? '') : triggers }),
  })
  for (let copy = 0; copy < webhooks.copies; copy++) push(state, phpJson(payload), now + latency)
}

/** Takes what has to leave by now: oldest first, or the other way round. */
export function take(state: HospitableState, now: number): readonly WebhookDelivery[] {
  const due = state.deliveries.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
  state.deliveries = state.deliveries.filter(({ dueAt }) => dueAt > now)
  if (state.switches.webhooks.reversed) due.reverse()
  return due.map(({ headers, body }) => ({ headers, body }))
}

/** What the receiver answered. Only 200 counts; anything else comes again, five times at most. `pace` divides the waits. */
export function settle(
  state: HospitableState,
  { headers, body }: WebhookDelivery,
  status: number,
  now: number,
  pace: number,
): void {
  const { id } = JSON.parse(body) as { readonly id: string } // our own envelope
  const count = state.refused[id] ?? 0
  const pause = pauses[count]
  if (status === 200 || pause === undefined) {
    delete state.refused[id]
    return
  }
  state.refused[id] = count + 1
  const number = ++state.counters.delivery
  state.deliveries.push({ id: number, dueAt: now + pause / pace, headers, body })
}

function push(state: HospitableState, body: string, dueAt: number): void {
  const { account, switches } = state
  const [host = ''] = hostSecrets(account.email)
  const wrong = switches.webhooks.wronglySigned > 0
  if (wrong) switches.webhooks.wronglySigned--
  const signature = signatureOf(body, wrong ? 'somebody else' : (account.partnerSecret ?? host))
  const headers = { 'content-type': 'application/json', 'user-agent': 'Hospitable', signature }
  state.deliveries.push({ id: ++state.counters.delivery, dueAt, headers, body })
}
