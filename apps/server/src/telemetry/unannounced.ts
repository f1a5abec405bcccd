import { type Clock, plus } from '@stayward/core'
import type { Pool } from 'pg'
import type { GaugeSources } from './hub-metrics.ts'
import { keptFor } from './kept-for.ts'

/** Milliseconds for which a reading is good enough: it walks over a day of every tenant. */
const fresh = 300_000
const day = 86_400_000

/** Changes of the last day that polls and sweeps found and no webhook had announced, by connection, over all tenants. */
export function readUnannounced(pool: Pool, clock: Clock): NonNullable<GaugeSources['unannounced']> {
  return keptFor(fresh, async () => {
    const { rows } = await pool.query<{ adapter: string; connection_id: string; changes: string }>(
      'select * from unannounced_changes(null, $1)',
      [plus(clock.now(), -day)],
    )
    return rows.map((row) => ({ adapter: row.adapter, connection: row.connection_id, count: Number(row.changes) }))
  })
}
