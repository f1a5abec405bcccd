import { createReadModel } from '../../src/persistence/read-models.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import type { TestHub } from './open-store.ts'

/** The read model over a test database. */
export function readModelOf({ orm, pool }: TestHub) {
  return createReadModel({
    orm,
    secretsOf: async (tenantId) => tenantSecrets(await tenantKeys(pool, testMasters, tenantId)),
  })
}
