import type { Instant } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../persistence/in-tenant.ts'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { type DeliveryHead, type DeliveryStatus, headPlace, payloadPlace } from './delivery.ts'

/** A line of the webhook log. */
export interface DeliveryLine {
  readonly id: string
  readonly connection: { readonly id: string; readonly name: string }
  readonly adapter: string
  readonly receivedAt: Instant
  readonly lastAt: Instant
  /** How many times the same delivery came. */
  readonly copies: number
  readonly status: DeliveryStatus
  readonly topic?: string
  readonly reason?: string
  readonly proof?: 'signature' | 'address-only'
  readonly size: number
}

/** A delivery with what was sent, opened from its seal. */
export interface OpenedDelivery {
  readonly line: DeliveryLine
  /** Absent where only the fact was kept, or the retention time is over. */
  readonly head?: DeliveryHead
  readonly body?: Uint8Array
}

export interface DeliveryQuery {
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
  readonly status?: DeliveryStatus
  readonly connectionId?: string
  readonly from?: Instant
  readonly until?: Instant
}

export interface DeliveryLog {
  /** Newest first. */
  list(
    tenantId: string,
    query: DeliveryQuery,
  ): Promise<{ readonly items: readonly DeliveryLine[]; readonly next?: string }>
  line(tenantId: string, id: string): Promise<DeliveryLine | undefined>
  open(tenantId: string, id: string): Promise<OpenedDelivery | undefined>
}

interface Row {
  readonly id: string
  readonly connection_id: string
  readonly connection: string
  readonly adapter: string
  readonly received_at: Date
  readonly last_at: Date
  readonly copies: number
  readonly status: DeliveryStatus
  readonly topic: string | null
  readonly reason: string | null
  readonly proof: 'signature' | 'address-only' | null
  readonly size: number
  readonly headers_sealed: string | null
  readonly payload_sealed: string | null
}

const columns = `d.id, d.connection_id, c.name as connection, d.adapter, d.received_at, d.last_at, d.copies, d.status, d.topic,
  d.reason, d.proof, d.size`
const from = 'webhook_delivery d join connection c on c.tenant_id = d.tenant_id and c.id = d.connection_id'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface DeliveryLogOptions {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
}

export function createDeliveryLog({ pool, secretsOf }: DeliveryLogOptions): DeliveryLog {
  const one = async (tenantId: string, id: string, more: string): Promise<Row | undefined> => {
    if (!uuid.test(id)) return undefined
    const { rows } = await inTenant(pool, tenantId, (client) =>
      client.query<Row>(`select ${columns}${more} from ${from} where d.tenant_id = $1 and d.id = $2`, [tenantId, id]),
    )
    return rows[0]
  }

  return {
    async list(tenantId, { limit, after, status, connectionId, from: since, until }) {
      // The id is time-ordered, so it alone is the place in the log.
      const { rows } = await inTenant(pool, tenantId, (client) =>
        client.query<Row>(
          `select ${columns} from ${from}
           where d.tenant_id = $1 and ($2::uuid is null or d.id < $2) and ($3::text is null or d.status = $3)
             and ($4::text is null or d.connection_id::text = $4)
             and ($5::timestamptz is null or d.received_at >= $5) and ($6::timestamptz is null or d.received_at < $6)
           order by d.id desc limit $7`,
          [tenantId, after ?? null, status ?? null, connectionId ?? null, since ?? null, until ?? null, limit + 1],
        ),
      )
      const items = rows.slice(0, limit).map(lineOf)
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last ? { next: last.id } : {}) }
    },
    async line(tenantId, id) {
      const row = await one(tenantId, id, '')
      return row && lineOf(row)
    },
    async open(tenantId, id) {
      const row = await one(tenantId, id, ', d.headers_sealed, d.payload_sealed')
      if (!row) return undefined
      const { headers_sealed: head, payload_sealed: payload } = row
      if (head === null) return { line: lineOf(row) }
      const secrets = await secretsOf(tenantId)
      return {
        line: lineOf(row),
        head: JSON.parse(secrets.open(head, headPlace(id))) as DeliveryHead, // sealed by intake, from a DeliveryHead
        body: payload === null ? new Uint8Array() : secrets.openBytes(payload, payloadPlace(id)),
      }
    },
  }
}

function lineOf(row: Row): DeliveryLine {
  const { topic, reason, proof } = row
  return {
    id: row.id,
    connection: { id: row.connection_id, name: row.connection },
    adapter: row.adapter,
    // toISOString has the shape of Instant
    receivedAt: row.received_at.toISOString() as Instant,
    lastAt: row.last_at.toISOString() as Instant,
    copies: row.copies,
    status: row.status,
    ...(topic === null ? {} : { topic }),
    ...(reason === null ? {} : { reason }),
    ...(proof === null ? {} : { proof }),
    size: row.size,
  }
}
