import type { Pool, PoolClient } from 'pg'
import { inTransaction, withClient } from './with-client.ts'

/** A transaction that sees one tenant's rows and no others, for code that speaks SQL itself. */
export async function inTenant<T>(pool: Pool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return await withClient(pool, async (client) => {
    const enter = async () => {
      await client.query('begin')
      await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId])
    }
    return await inTransaction(client, enter, () => work(client))
  })
}
