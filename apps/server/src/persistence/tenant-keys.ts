import type { ClientBase, Pool } from 'pg'
import { inTenant } from './in-tenant.ts'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { type DataKey, newDataKey, openDataKey, sealDataKey } from '../secrets/tenant-secrets.ts'

interface Row {
  readonly kid: string
  readonly sealed_key: string
}

/** Makes the first or the next key of a tenant, inside a transaction of that tenant. */
export async function addTenantKey(
  client: Pick<ClientBase, 'query'>,
  masters: MasterKeys,
  tenantId: string,
  createdAt: string,
  previous?: DataKey,
): Promise<DataKey> {
  const key = newDataKey(tenantId, previous)
  await client.query('insert into tenant_key (tenant_id, kid, sealed_key, created_at) values ($1, $2, $3, $4)', [
    tenantId,
    key.kid,
    sealDataKey(key, masters),
    createdAt,
  ])
  return key
}

/** The tenant's keys, newest first. Throws when there are none: then what they sealed is gone for ever. */
export async function tenantKeys(pool: Pool, masters: MasterKeys, tenantId: string): Promise<[DataKey, ...DataKey[]]> {
  const rows = await inTenant(pool, tenantId, (client) => storedKeys(client, tenantId))
  const [first, ...rest] = rows.map(({ kid, sealed_key }) => openDataKey(tenantId, kid, sealed_key, masters))
  if (!first) throw new Error(`Tenant ${tenantId} has no key: it does not exist or was erased.`)
  return [first, ...rest]
}

/** After a change of the master key: seals every tenant's keys under the new one. Resolves to how many those were. */
export async function resealTenantKeys(pool: Pool, masters: MasterKeys): Promise<number> {
  const tenants = await pool.query<{ id: string }>('select id from tenant order by id')
  let resealed = 0
  for (const { id } of tenants.rows) {
    resealed += await inTenant(pool, id, async (client) => {
      const old = (await storedKeys(client, id, 'for update')).filter(({ sealed_key }) => masters.isOld(sealed_key))
      for (const { kid, sealed_key } of old) {
        const sealed = sealDataKey(openDataKey(id, kid, sealed_key, masters), masters)
        await client.query('update tenant_key set sealed_key = $3 where tenant_id = $1 and kid = $2', [id, kid, sealed])
      }
      return old.length
    })
  }
  return resealed
}

/** Makes everything the tenant ever sealed unreadable, in copies of the database made from now on. */
export async function destroyTenantKeys(pool: Pool, tenantId: string): Promise<void> {
  await inTenant(pool, tenantId, (client) => client.query('delete from tenant_key where tenant_id = $1', [tenantId]))
}

async function storedKeys(client: Pick<ClientBase, 'query'>, tenantId: string, lock: '' | 'for update' = '') {
  const { rows } = await client.query<Row>(
    `select kid, sealed_key from tenant_key where tenant_id = $1 order by created_at desc, kid ${lock}`,
    [tenantId],
  )
  return rows
}
