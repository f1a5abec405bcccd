import type { Pool } from 'pg'

/** A key whose look fails again and again. */
export interface FailingKey {
  readonly tenantId: string
  readonly kind: string
  readonly key: string
  readonly attempt: number
  readonly failingSince?: string
  /** The reason of the last failure, as the work loop wrote it. */
  readonly reason?: string
}

/** Those that fail for longest first. */
export async function failingKeys(pool: Pool, limit: number): Promise<readonly FailingKey[]> {
  interface Row {
    readonly tenant_id: string
    readonly kind: string
    readonly key: string
    readonly attempt: number
    readonly failing_since: Date | null
    readonly last_error: string | null
  }
  const { rows } = await pool.query<Row>(
    `select tenant_id, kind, key, attempt, failing_since, last_error from work where attempt > 0
     order by failing_since nulls last, tenant_id, kind, key limit $1`,
    [limit],
  )
  return rows.map(({ tenant_id: tenantId, kind, key, attempt, failing_since: since, last_error: reason }) => ({
    tenantId,
    kind,
    key,
    attempt,
    ...(since === null ? {} : { failingSince: since.toISOString() }),
    ...(reason === null ? {} : { reason }),
  }))
}
