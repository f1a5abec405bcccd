import { type Instant, parseInstant } from '@stayward/core'
import type { Pool } from 'pg'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { addTenantKey } from './tenant-keys.ts'
import { HouseProblem } from './house/house-problem.ts'
import { inTenant } from './in-tenant.ts'
import { orderedId } from './ordered-id.ts'

export interface Tenant {
  readonly id: string
  readonly slug: string
  readonly state: 'active' | 'paused'
  readonly createdAt: Instant
}

/** As it stands in addresses and keys: part of every webhook address, so it is never changed. */
const slugShape = /^[a-z0-9][a-z0-9-]{0,62}$/

export async function createTenant(pool: Pool, masters: MasterKeys, slug: string, now: Instant): Promise<Tenant> {
  if (!slugShape.test(slug))
    throw new HouseProblem(
      `"${slug}" cannot be a tenant's name.`,
      'Use small letters, digits and hyphens, beginning with a letter or digit: my-flats',
    )
  if (await findTenant(pool, slug))
    throw new HouseProblem(`There is a tenant "${slug}" already.`, 'Choose another name, or go on with that one.')
  const id = orderedId()
  await inTenant(pool, id, async (client) => {
    await client.query(`insert into tenant (id, slug, state, created_at) values ($1, $2, 'active', $3)`, [
      id,
      slug,
      now,
    ])
    await addTenantKey(client, masters, id, now)
    await client.query('insert into tenant_setting (tenant_id, updated_at) values ($1, $2)', [id, now])
  })
  return { id, slug, state: 'active', createdAt: now }
}

export async function findTenant(pool: Pool, slug: string): Promise<Tenant | undefined> {
  return (await listTenants(pool)).find((tenant) => tenant.slug === slug)
}

/** In the order they were made. */
export async function listTenants(pool: Pool): Promise<readonly Tenant[]> {
  const { rows } = await pool.query<{ id: string; slug: string; state: Tenant['state']; created_at: Date }>(
    'select id, slug, state, created_at from tenant order by created_at, id',
  )
  return rows.map(({ id, slug, state, created_at }) => ({ id, slug, state, createdAt: instantOfDate(created_at) }))
}

function instantOfDate(date: Date): Instant {
  const at = parseInstant(date.toISOString())
  if (at === undefined) throw new RangeError('a time of the database that is none')
  return at
}

/** Every table of a tenant, those that others point at last. */
const tables = [
  'api_key',
  'door_opening',
  'fetch_outcome',
  'webhook_delivery',
  'alert',
  'timeline',
  'reply',
  'message',
  'foreign_code',
  'pin_refusal',
  'event',
  'code_transition',
  'code',
  'access_grant',
  'access_loss',
  'booking',
  'unit_source',
  'unit_door',
  'door',
  'device',
  'unit',
  'property',
  'tenant_setting',
  'connection_token',
  'connection_address',
  'connection',
  'tenant_key',
  'work',
]

/**
 * Removes a tenant and everything it has, its key first of all: what a backup still holds is unreadable from now on. Codes
 * that stand on devices are not touched; end the stays first.
 */
export async function eraseTenant(pool: Pool, tenantId: string): Promise<void> {
  await inTenant(pool, tenantId, async (client) => {
    for (const table of tables) await client.query(`delete from ${table} where tenant_id = $1`, [tenantId])
    await client.query('delete from tenant where id = $1', [tenantId])
  })
}
