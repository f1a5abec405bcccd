import { openDataKey } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import type { TestHub } from './open-store.ts'

/** A tenant's key as it lies in the database, opened with the test's master key. */
export async function storedKey({ owner }: TestHub, tenantId: string) {
  const { rows } = await owner.query<{ kid: string; sealed_key: string }>(
    'select kid, sealed_key from tenant_key where tenant_id = $1',
    [tenantId],
  )
  const [row] = rows
  if (!row) throw new Error('the tenant has no key')
  return openDataKey(tenantId, row.kid, row.sealed_key, testMasters)
}
