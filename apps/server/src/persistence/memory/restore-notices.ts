import { type Alert, type Instant, type Mark, plus } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../in-tenant.ts'
import { applyEffects } from '../store/effects.ts'
import type { Run } from '../store/tenant-session.ts'
import { listTenants } from '../tenants.ts'
import type { Noticed } from './judge-memory.ts'

const subject = 'database'

/**
 * Puts it before every tenant's people that the database was set back, or takes that away again, and has everything looked
 * at that may matter: what was found is adopted, and after a person's word what waited is done.
 */
export async function announceRestore(pool: Pool, noticed: Noticed, now: Instant): Promise<void> {
  for (const { id } of await listTenants(pool))
    await inTenant(pool, id, async (client) => {
      const run: Run = async (statement, values) => (await client.query({ ...statement, values: [...values] })).rows
      const { rows } = await client.query<{ kind: Mark['kind']; key: string }>(everything, [
        id,
        plus(now, -2 * 86_400_000).slice(0, 10),
      ])
      const marks = rows.map(({ kind, key }): Mark => ({ kind, key, why: 'edit' }))
      const isOver = noticed.confirmedAt !== undefined
      await applyEffects(run, id, {
        now,
        marks,
        ...(isOver ? { settle: [{ kind: 'restore', subject }] } : { raise: [alertOf(noticed)] }),
      })
    })
}

/** $1 tenant, $2 the day before which stays are over everywhere. */
const everything = `
select 'connection' as kind, id::text as key from connection where tenant_id = $1
union all select 'device', id::text from device where tenant_id = $1
union all select kind, b.id::text from booking b cross join (values ('booking'), ('messages')) as look (kind)
  where b.tenant_id = $1 and (b.departure is null or b.departure >= $2::date
    or exists (select from code k where k.tenant_id = $1 and k.booking_id = b.id and k.gone_at is null))`

function alertOf({ from, until }: Noticed): Alert {
  return {
    kind: 'restore',
    subject,
    text: `The database was set back and has forgotten what happened from ${minute(from)} to ${minute(until)}. Nothing is sent, written to doors or removed from them until a person has confirmed.`,
    remedy: 'See what was found, then confirm: stayward restore status',
    loud: 'page',
  }
}

const minute = (at: Instant) => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
