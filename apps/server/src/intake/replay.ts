import type { AnyAdapter, Clock, Instant, Mark, WorkQueue } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../persistence/in-tenant.ts'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { type Address, addressOf } from './addresses.ts'
import type { DeliveryLog, OpenedDelivery } from './delivery-log.ts'
import type { Delivery } from './delivery.ts'
import { heardJson } from './heard-facts.ts'
import { judge } from './judge.ts'
import { lookAtConnection } from './marks.ts'
import { configPlace, readSiblings } from './read-address.ts'

/** Which deliveries: these, or all that came in a span of time (`until` not included). */
export type ReplayOf =
  | { readonly ids: readonly string[] }
  | { readonly from: Instant; readonly until: Instant; readonly connectionId?: string }

export interface Replayed {
  readonly deliveries: number
  /** Keys that will be looked at; fewer than deliveries when several point at one thing. */
  readonly keys: number
}

export interface ReplayOptions {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly adapters: ReadonlyMap<string, AnyAdapter>
  readonly log: DeliveryLog
  readonly work: Pick<WorkQueue, 'mark'>
  readonly clock: Clock
}

/**
 * Marks again what stored deliveries point at, quarantined ones included. A replay is a nudge and nothing else: whatever
 * is in a delivery, and however often it is replayed, it costs one look per key. What it tells is kept as when it came:
 * the furthest state stays, so telling it again changes nothing.
 */
export type Replay = (tenantId: string, which: ReplayOf) => Promise<Replayed>

const pageSize = 200

export function createReplay({ pool, secretsOf, adapters, log, work, clock }: ReplayOptions): Replay {
  return async (tenantId, which) => {
    const secrets = await secretsOf(tenantId)
    const addresses = new Map<string, Promise<Address | undefined>>()
    const addressFor = (connectionId: string): Promise<Address | undefined> => {
      const known = addresses.get(connectionId) ?? readAddressOf(pool, adapters, tenantId, connectionId, secrets)
      addresses.set(connectionId, known)
      return known
    }
    const marks = new Map<string, Mark>()
    let deliveries = 0
    for await (const id of idsOf(log, tenantId, which)) {
      const delivery = await log.open(tenantId, id)
      if (!delivery) continue
      deliveries++
      const address = await addressFor(delivery.line.connection.id)
      const { marks: again, told } = againOf(delivery, address)
      for (const mark of again) marks.set(`${mark.kind}:${mark.key}`, mark)
      const heard = heardJson(told)
      if (heard !== undefined)
        await inTenant(pool, tenantId, (client) =>
          client.query('select webhook_heard($1::jsonb, $2::timestamptz)', [heard, clock.now()]),
        )
    }
    if (marks.size > 0) await work.mark(tenantId, [...marks.values()], [], clock.now())
    return { deliveries, keys: marks.size }
  }
}

interface Again {
  readonly marks: readonly Mark[]
  readonly told: readonly Delivery[]
}

/** What the adapter says today of a delivery as it came; what it still does not understand costs a look at everything. */
function againOf({ line, head, body }: OpenedDelivery, address: Address | undefined): Again {
  const everything = { marks: [lookAtConnection(line.connection.id)], told: [] }
  if (line.status === 'challenge') return { marks: [], told: [] }
  if (!head || !body || !address) return everything
  const headers = () => new Headers(head.headers.map(([name, value]): [string, string] => [name, value]))
  const kept = { head: () => head, body }
  const { method, query } = head
  // Judged at the time it came: an old delivery is not stale for being replayed.
  const again = judge({ address, method, query, headers, kept, receivedAt: line.receivedAt }, () => undefined)
  if (again.status !== 200) return everything
  const told = [again.delivery, ...(again.besides ? [again.besides] : [])]
  return { marks: told.flatMap(({ marks }) => marks), told }
}

async function readAddressOf(
  pool: Pool,
  adapters: ReadonlyMap<string, AnyAdapter>,
  tenantId: string,
  connectionId: string,
  secrets: TenantSecrets,
): Promise<Address | undefined> {
  interface Row {
    readonly adapter: string
    readonly account: string | null
    readonly config_sealed: string
  }
  const { rows } = await inTenant(pool, tenantId, (client) =>
    client.query<Row>('select adapter, account, config_sealed from connection where tenant_id = $1 and id = $2', [
      tenantId,
      connectionId,
    ]),
  )
  const [row] = rows
  if (!row) return undefined
  const config = () => secrets.open(row.config_sealed, configPlace(connectionId))
  const account = row.account === null ? {} : { account: row.account }
  const many = adapters.get(row.adapter)?.webhook?.accountOf !== undefined
  const siblings = many ? await readSiblings(pool, { tenant_id: tenantId, adapter: row.adapter }, secrets) : []
  return addressOf({ tenantId, connectionId, adapterId: row.adapter, secrets, config, ...account }, adapters, siblings)
}

async function* idsOf(log: DeliveryLog, tenantId: string, which: ReplayOf): AsyncGenerator<string> {
  if ('ids' in which) {
    yield* new Set(which.ids)
    return
  }
  let after: string | undefined
  do {
    const { items, next } = await log.list(tenantId, {
      ...which,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    })
    for (const { id } of items) yield id
    after = next
  } while (after !== undefined)
}
