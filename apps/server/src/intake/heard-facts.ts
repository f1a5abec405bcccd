import { randomUUIDv7 } from 'node:crypto'
import type { Fact } from '@stayward/core'
import { addressPrint, wordPlace } from '../persistence/heard-places.ts'
import type { Delivery } from './delivery.ts'

type Telling = Pick<Delivery, 'tenantId' | 'connectionId' | 'secrets' | 'facts' | 'stranger'>

/** The facts of these deliveries as `webhook_heard` takes them; `undefined` when there are none. */
export function heardJson(deliveries: readonly Telling[]): string | undefined {
  const told = deliveries.filter(({ facts, stranger }) => (facts?.length ?? 0) > 0 || stranger)
  if (told.length === 0) return undefined
  const all = told.flatMap(({ facts = [], ...delivery }) => facts.map((heard) => ({ ...delivery, ...heard })))
  return JSON.stringify({
    reports: all.flatMap(({ fact, ...of }) => (fact.kind === 'message-delivery' ? [reportRow(of, fact)] : [])),
    words: all.flatMap(({ fact, ...of }) => (fact.kind === 'word' ? wordRows(of, fact) : [])),
    strangers: told.flatMap((delivery) => (delivery.stranger ? [strangerRow(delivery, delivery.stranger)] : [])),
  })
}

type Of = Pick<Delivery, 'tenantId' | 'connectionId' | 'secrets'>

function reportRow({ tenantId, connectionId, secrets }: Of, fact: Extract<Fact, { kind: 'message-delivery' }>) {
  return {
    tenant_id: tenantId,
    connection_id: connectionId,
    key: fact.key,
    state: fact.state,
    at: fact.at,
    reason: fact.reason === undefined ? undefined : storable(fact.reason, 300),
    vendor_ref: fact.vendorRef === undefined ? undefined : storable(fact.vendorRef, 300),
    alias_print: fact.alias === undefined ? undefined : addressPrint(secrets, connectionId, fact.alias),
  }
}

function wordRows({ tenantId, connectionId, secrets }: Of, fact: Extract<Fact, { kind: 'word' }>) {
  const id = storable(fact.id, 300)
  const text_sealed = secrets.seal(fact.text.slice(0, 5_000).toWellFormed(), wordPlace(id))
  return [...new Set(fact.from)].slice(0, 5).map((address) => ({
    tenant_id: tenantId,
    connection_id: connectionId,
    address_print: addressPrint(secrets, connectionId, address),
    id,
    at: fact.at,
    text_sealed,
    opts_out: fact.optsOut,
  }))
}

function strangerRow({ tenantId, connectionId }: Of, { title }: { readonly title: string }) {
  return {
    tenant_id: tenantId,
    id: randomUUIDv7(),
    subject: strangerSubject(connectionId),
    text: `A webhook told of ${title}, which no connection here is for. It is in quarantine and nothing of it was used.`,
    remedy:
      'Add a connection for it and replay the delivery (stayward webhooks), or stop it at the vendor. This closes with the next good test of the connection.',
  }
}

const strangerSubject = (connectionId: string) => `connection:${connectionId}:stranger`

/** Text that PostgreSQL takes, on one line. */
function storable(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
}
