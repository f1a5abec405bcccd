import { type Clock, type Entropy, systemEntropy } from '@stayward/core'
import { asFunction, asValue, type AwilixContainer, createContainer, InjectionMode } from 'awilix'
import type { Pool } from 'pg'
import type { Adapters } from '../adapters/load-adapters.ts'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import type { Log } from '../telemetry/log.ts'
import { createOutbound, type Outbound } from '../tenancy/outbound.ts'

/** What is shared by all tenants. Nothing in it belongs to one. */
export interface RootCradle {
  readonly log: Log
  readonly clock: Clock
  readonly entropy: Entropy
  readonly adapters: Adapters
  readonly masters: MasterKeys
  /** The engine's and the API's connections; intake and the queue have their own. */
  readonly pool: Pool
  readonly metrics: Metrics
  readonly vendorOrigins: ReadonlyMap<string, string>
  readonly privateNetworks: ReadonlyMap<string, readonly string[]>
  /** The tenants whose vendors are fakes, while the demo plays. */
  readonly demo: DemoTenants | undefined
  readonly outbound: Outbound
  readonly demoOutbound: Outbound
}

/** Tenants that live faster than others and whose vendors are answered on loopback. */
export interface DemoTenants {
  readonly tenantIds: readonly string[]
  readonly origins: ReadonlyMap<string, string>
  /** The fakes' delays are this many times shorter than a vendor's. */
  readonly divisor: number
}

export type Root = AwilixContainer<RootCradle>

/** The composition root. `strict`: a shared thing cannot be built from a tenant's. */
export function createRoot(
  given: Pick<
    RootCradle,
    'log' | 'clock' | 'adapters' | 'masters' | 'pool' | 'vendorOrigins' | 'privateNetworks' | 'demo'
  >,
): Root {
  const root = createContainer<RootCradle>({ injectionMode: InjectionMode.PROXY, strict: true })
  root.register({
    log: asValue(given.log),
    demo: asValue(given.demo),
    adapters: asValue(given.adapters),
    masters: asValue(given.masters),
    pool: asValue(given.pool),
    vendorOrigins: asValue(given.vendorOrigins),
    privateNetworks: asValue(given.privateNetworks),
    clock: asValue(given.clock),
    entropy: asValue(systemEntropy),
    metrics: asFunction(createMetrics).singleton(),
    outbound: asFunction(({ vendorOrigins }: Pick<RootCradle, 'vendorOrigins'>) => createOutbound(vendorOrigins))
      .singleton()
      .disposer((outbound) => outbound.close()),
    demoOutbound: asFunction(({ demo }: Pick<RootCradle, 'demo'>) => createOutbound(demo?.origins ?? new Map()))
      .singleton()
      .disposer((outbound) => outbound.close()),
  })
  return root
}
