import type { Clock, HeldLosses } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { postgresTenantStore } from './store/postgres-tenant-store.ts'

/** Where a person sees what the brake holds, and says what becomes of it. */
export interface BrakeDesk {
  lists(tenantId: string): Promise<readonly HeldLosses[]>
  /** How many stays were on the list; `undefined` when no such list waits (any more). */
  decide(tenantId: string, list: string, approve: boolean): Promise<number | undefined>
}

export interface BrakeDeskOptions {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly clock: Clock
  readonly markedLocally?: () => void
}

export function createBrakeDesk({ pool, secretsOf, clock, markedLocally }: BrakeDeskOptions): BrakeDesk {
  const storeOf = async (tenantId: string) =>
    postgresTenantStore({
      pool,
      tenantId,
      secrets: await secretsOf(tenantId),
      ...(markedLocally ? { markedLocally } : {}),
    })
  return {
    lists: async (tenantId) => await (await storeOf(tenantId)).heldLosses(),
    decide: async (tenantId, list, approve) =>
      await (await storeOf(tenantId)).decideLosses({ list, approve, now: clock.now() }),
  }
}
