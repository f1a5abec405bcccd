import type { Policy } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantTemplates } from '../messages/message-writer.ts'
import { inTenant } from '../persistence/in-tenant.ts'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'

/** A connection as it is configured now. */
export interface ConnectionRow {
  readonly id: string
  readonly adapterId: string
  readonly name: string
  readonly paused: boolean
  /** The vendor's account, once the set-up has seen it. */
  readonly account?: string
  /** Goes up on every edit, secrets included. */
  readonly version: number
  /** Opens the configuration; throws when the seal does not open. */
  config(): unknown
}

export interface TenantConfiguration {
  /** As it stands in addresses. */
  readonly tenant: string
  readonly connections: readonly ConnectionRow[]
  readonly policy: Partial<Policy>
  readonly templates: TenantTemplates
}

interface Row {
  readonly id: string
  readonly adapter: string
  readonly name: string
  readonly state: string
  readonly account: string | null
  readonly config_version: number
  readonly config_sealed: string
}

/** What a tenant's scope is opened from. */
export async function readConfiguration(
  pool: Pool,
  tenantId: string,
  secrets: TenantSecrets,
): Promise<TenantConfiguration> {
  return await inTenant(pool, tenantId, async (client) => {
    const rows = await client.query<Row>(
      'select id, adapter, name, state, account, config_version, config_sealed from connection where tenant_id = $1',
      [tenantId],
    )
    const settings = await client.query<{ policy: Partial<Policy>; templates: TenantTemplates }>(
      'select policy, templates from tenant_setting where tenant_id = $1',
      [tenantId],
    )
    const tenants = await client.query<{ slug: string }>('select slug from tenant where id = $1', [tenantId])
    const [setting] = settings.rows
    return {
      tenant: tenants.rows[0]?.slug ?? '',
      connections: rows.rows.map((row) => ({
        id: row.id,
        adapterId: row.adapter,
        name: row.name,
        paused: row.state === 'paused',
        ...(row.account === null ? {} : { account: row.account }),
        version: row.config_version,
        config: (): unknown =>
          JSON.parse(secrets.open(row.config_sealed, { table: 'connection', column: 'config_sealed', row: row.id })),
      })),
      policy: setting?.policy ?? {},
      templates: setting?.templates ?? {},
    }
  })
}
