import { randomUUIDv7 } from 'node:crypto'
import { systemClock } from '@stayward/core/adapter'
import pg from 'pg'
import { expect, it } from 'vitest'
import { inTenant } from '../../src/persistence/in-tenant.ts'
import { readOpenAlerts } from '../../src/telemetry/open-alerts.ts'
import { freshDatabase } from '../fresh-database.ts'

it('counts open alerts over all tenants, as the hub’s own login that sees one tenant at a time', async () => {
  const { appUrl } = await freshDatabase()
  const pool = new pg.Pool({ connectionString: appUrl, max: 1 })
  try {
    const now = systemClock.now()
    for (const slug of ['one', 'two', 'quiet']) {
      const id = randomUUIDv7()
      await pool.query('insert into tenant (id, slug, state, created_at) values ($1, $2, $3, $4)', [
        id,
        slug,
        'active',
        now,
      ])
      if (slug === 'quiet') continue
      await inTenant(pool, id, (client) =>
        client.query(
          `insert into alert (tenant_id, id, kind, subject, text, remedy, loud, opened_at, closed_at) values
             ($1, gen_random_uuid(), 'arrival', 'a', '', '', 'page', $2, null),
             ($1, gen_random_uuid(), 'arrival', 'b', '', '', 'page', $2, null),
             ($1, gen_random_uuid(), 'pin', 'b', '', '', 'warn', $2, $2)`,
          [id, now],
        ),
      )
    }
    expect(await readOpenAlerts(pool)()).toEqual([{ kind: 'arrival', count: 4 }])
    const { rows } = await pool.query('select * from alert')
    expect(rows).toEqual([])
  } finally {
    await pool.end()
  }
})
