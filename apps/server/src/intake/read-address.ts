import { type Instant, parseInstant } from '@stayward/core'
import type { Pool } from 'pg'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { openDataKey, tenantSecrets } from '../secrets/tenant-secrets.ts'
import { inTenant } from '../persistence/in-tenant.ts'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import type { Sibling, StoredAddress } from './addresses.ts'

interface Row {
  readonly tenant_id: string
  readonly slug: string
  readonly connection_id: string
  readonly adapter: string
  readonly expires_at: Date | null
  readonly account: string | null
  readonly config_sealed: string
  readonly keys: readonly { readonly kid: string; readonly sealed: string }[] | null
}

/** Where a connection's configuration is sealed. */
export const configPlace = (connectionId: string) => ({
  table: 'connection',
  column: 'config_sealed',
  row: connectionId,
})

/** Asks the database for an address by its token's SHA-256. */
export function readAddress(
  pool: Pool,
  masters: MasterKeys,
): (tokenHash: string) => Promise<StoredAddress | undefined> {
  return async (tokenHash) => {
    const { rows } = await pool.query<Row>({
      name: 'webhook_address',
      text: 'select * from webhook_address($1)',
      values: [tokenHash],
    })
    const [row] = rows
    // Without a key the tenant was erased: nothing can be sealed for it any more, so it has no address either.
    const [first, ...rest] = (row?.keys ?? []).map(({ kid, sealed }) =>
      openDataKey(row?.tenant_id ?? '', kid, sealed, masters),
    )
    if (!row || !first) return undefined
    const secrets = tenantSecrets([first, ...rest])
    const expiresAt = instantOrNone(row.expires_at)
    return {
      tenantId: row.tenant_id,
      slug: row.slug,
      connectionId: row.connection_id,
      adapterId: row.adapter,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(row.account === null ? {} : { account: row.account }),
      secrets,
      config: () => secrets.open(row.config_sealed, configPlace(row.connection_id)),
      siblings: () => readSiblings(pool, row, secrets),
    }
  }
}

/** Connections of one tenant and adapter, the oldest first. */
export async function readSiblings(
  pool: Pool,
  { tenant_id: tenantId, adapter }: Pick<Row, 'tenant_id' | 'adapter'>,
  secrets: TenantSecrets,
): Promise<readonly Sibling[]> {
  const { rows } = await inTenant(pool, tenantId, (client) =>
    client.query<{ id: string; config_sealed: string }>(
      'select id, config_sealed from connection where tenant_id = $1 and adapter = $2 order by id',
      [tenantId, adapter],
    ),
  )
  return rows.map(({ id, config_sealed }) => ({
    connectionId: id,
    config: () => secrets.open(config_sealed, configPlace(id)),
  }))
}

function instantOrNone(at: Date | null): Instant | undefined {
  return at === null ? undefined : parseInstant(at.toISOString())
}
