import type { Pool } from 'pg'
import type { GaugeSources } from './hub-metrics.ts'
import { keptFor } from './kept-for.ts'

/** Milliseconds for which a reading is good enough: a scrape by three collectors costs one walk over the tenants. */
const fresh = 5_000

/** Counts open alerts by kind over all tenants. */
export function readOpenAlerts(pool: Pool): NonNullable<GaugeSources['openAlerts']> {
  return keptFor(fresh, async () => {
    const { rows } = await pool.query<{ kind: string; count: string }>('select * from open_alerts()')
    return rows.map(({ kind, count }) => ({ kind, count: Number(count) }))
  })
}
