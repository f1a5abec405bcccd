import { type Engine, type LostTime, paceOf } from '@stayward/core'
import { createMessageWriter } from '../messages/message-writer.ts'
import { postgresTenantStore } from '../persistence/store/postgres-tenant-store.ts'
import { tenantKeys } from '../persistence/tenant-keys.ts'
import { tenantSecrets } from '../secrets/tenant-secrets.ts'
import { connectionVault } from '../tenancy/connection-vault.ts'
import { readConfiguration } from '../tenancy/connection-rows.ts'
import { openProviders } from '../tenancy/open-providers.ts'
import { sharedTurns } from '../tenancy/shared-turns.ts'
import { type TenantCradle, versionsOf } from '../tenancy/tenants.ts'
import { e164 } from './phone-numbers.ts'
import type { RootCradle } from './root.ts'

/** Opens one tenant: its own key, its own connections, its own memory, and the engine over them. */
export async function openTenant(
  root: RootCradle,
  tenantId: string,
  markedLocally: () => void,
  lostTime: () => LostTime | undefined,
): Promise<TenantCradle<Engine>> {
  const { pool, masters, adapters, clock, entropy, privateNetworks } = root
  const demo = root.demo?.tenantIds.includes(tenantId) ? root.demo : undefined
  const outbound = demo ? root.demoOutbound : root.outbound
  const secrets = tenantSecrets(await tenantKeys(pool, masters, tenantId))
  const configuration = await readConfiguration(pool, tenantId, secrets)
  const providers = openProviders(configuration.connections, {
    adapters,
    fetch: outbound.fetch,
    onSite: (name, site) => {
      const connection = `${configuration.tenant}/${name}`
      return outbound.onSite(site, { connection, networks: privateNetworks.get(connection) ?? [] })
    },
    clock,
    entropy,
    ...(demo ? { hurry: demo.divisor } : {}),
    turns: (account, rate) => sharedTurns({ pool, tenantId, account, rate }),
    vault: (connectionId) => connectionVault({ pool, tenantId, connectionId, secrets }),
  })
  const { policy, templates } = configuration
  return {
    tenantId,
    versions: versionsOf(configuration),
    providers,
    engine: {
      store: postgresTenantStore({ pool, tenantId, secrets, markedLocally }),
      providers,
      fingerprints: secrets,
      writer: createMessageWriter(templates, policy.language ?? 'en'),
      clock,
      entropy,
      pace: paceOf(demo?.divisor),
      lostTime,
      e164,
    },
  }
}
