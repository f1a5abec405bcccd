import type { Fact, Instant, Mark } from '@stayward/core'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'

export type DeliveryStatus = 'accepted' | 'ignored' | 'quarantined' | 'challenge'

/** One delivery on its way into the webhook log, with the keys it wants looked at. Not sealed yet. */
export interface Delivery {
  readonly tenantId: string
  readonly connectionId: string
  readonly adapter: string
  readonly receivedAt: Instant
  /** Equal for doubles of the same delivery; unique within the connection. */
  readonly key: string
  readonly status: DeliveryStatus
  readonly topic?: string
  /** For the webhook log, where something was not done as asked. */
  readonly reason?: string
  readonly proof?: 'signature' | 'address-only'
  /** Bytes of the body, as far as it was read. */
  readonly size: number
  readonly bodyHash: string
  /** What is kept to look at and to replay. Absent where only the fact is kept. */
  readonly kept?: Kept
  readonly secrets: TenantSecrets
  readonly marks: readonly Mark[]
  /** What the vendor signed, and for which connection of the tenant. Kept with the delivery. */
  readonly facts?: readonly HeardFact[]
  /** A person is alarmed: this connection's address is told of an account that no connection is for. */
  readonly stranger?: { readonly title: string }
}

export interface HeardFact {
  readonly connectionId: string
  readonly fact: Fact
}

export interface Kept {
  /** Asked only when the row is written: of a hundred doubles one is. */
  head(): DeliveryHead
  readonly body: Uint8Array
}

/** What came before the body, without credentials. Sealed as JSON. */
export interface DeliveryHead {
  readonly method: 'GET' | 'POST'
  /** Without `?`. */
  readonly query: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Where a delivery's sealed parts live. */
export const headPlace = (row: string) => ({ table: 'webhook_delivery', column: 'headers_sealed', row })
export const payloadPlace = (row: string) => ({ table: 'webhook_delivery', column: 'payload_sealed', row })
