import { asValue, type AwilixContainer } from 'awilix'
import type { TenantConfiguration } from './connection-rows.ts'
import type { OpenedProviders } from './open-providers.ts'

/** One tenant's opened world. Everything in it was opened with this tenant's own secrets. */
export interface TenantCradle<Engine> {
  readonly tenantId: string
  readonly versions: string
  readonly providers: OpenedProviders
  readonly engine: Engine
}

export interface TenantsOptions<Root extends object, Engine> {
  readonly root: AwilixContainer<Root>
  readonly open: (tenantId: string) => Promise<TenantCradle<Engine>>
  /** Scopes kept open in this process. */
  readonly most?: number
}

export interface Tenants<Engine> {
  engine(tenantId: string): Promise<Engine>
  /** Somebody changed this tenant's configuration: the next look opens it anew. */
  forget(tenantId: string): void
  forgetAll(): void
  close(): Promise<void>
}

/** Names what a scope was opened from: a scope is right as long as this is. */
export function versionsOf({ connections, policy, templates }: Omit<TenantConfiguration, 'tenant'>): string {
  const rows = connections.map(({ id, version, paused }) => `${id}:${version}:${paused ? 'p' : 'a'}`).sort()
  return JSON.stringify([rows, policy, templates])
}

/**
 * Opened tenants, least recently used out first. Each has a scope of its own under the root; nothing opened for one
 * tenant is ever resolved from another's.
 */
export function createTenants<Root extends object, Engine>({
  root,
  open,
  most = 1000,
}: TenantsOptions<Root, Engine>): Tenants<Engine> {
  const scopes = new Map<string, Promise<AwilixContainer<Root & TenantCradle<Engine>>>>()

  const openScope = async (tenantId: string) => {
    const { providers, engine, versions } = await open(tenantId)
    const scope = root.createScope<TenantCradle<Engine>>()
    // Opened first and registered as values: awilix would build a scoped registration again for every child scope.
    scope.register({
      tenantId: asValue(tenantId),
      versions: asValue(versions),
      providers: asValue(providers),
      engine: asValue(engine),
    })
    return scope
  }
  const closeScope = async (opening: Promise<AwilixContainer<Root & TenantCradle<Engine>>>) => {
    const scope = await opening.catch(() => undefined) // what never opened needs no closing; its look has the error
    await scope?.cradle.providers.close()
    await scope?.dispose()
  }
  const drop = (tenantId: string) => {
    const scope = scopes.get(tenantId)
    scopes.delete(tenantId)
    if (scope) void closeScope(scope)
  }
  return {
    engine: async (tenantId) => {
      const known = scopes.get(tenantId)
      const scope = known ?? openScope(tenantId)
      scopes.delete(tenantId) // and in again, as the newest
      scopes.set(tenantId, scope)
      const [oldest] = scopes.keys()
      if (scopes.size > most && oldest !== undefined) drop(oldest)
      try {
        return (await scope).cradle.engine
      } catch (error) {
        if (scopes.get(tenantId) === scope) scopes.delete(tenantId)
        throw error
      }
    },
    forget: drop,
    forgetAll: () => {
      for (const tenantId of Array.from(scopes.keys())) drop(tenantId)
    },
    close: async () => {
      const all = Array.from(scopes.values())
      scopes.clear()
      await Promise.all(all.map(closeScope))
    },
  }
}
