import type { Pool } from 'pg'
import type { GaugeSources } from './hub-metrics.ts'

/** Milliseconds for which a reading is good enough: a scrape by three collectors costs one walk over the tenants. */
const fresh = 5_000

/** Counts open alerts by kind over all tenants. */
export function readOpenAlerts(pool: Pool): NonNullable<GaugeSources['openAlerts']> {
  const read = async () => {
    const { rows } = await pool.query<{ kind: string; count: string }>('select * from open_alerts()')
    return rows.map(({ kind, count }) => ({ kind, count: Number(count) }))
  }
  let last: { readonly counts: ReturnType<typeof read>; readonly at: number } | undefined
  return () => {
    if (last && performance.now() - last.at <= fresh) return last.counts
    const mine = { counts: read(), at: performance.now() }
    last = mine
    // A failed reading is not remembered; who asked for it hears of the failure.
    mine.counts.catch(() => {
      if (last === mine) last = undefined
    })
    return mine.counts
  }
}
