import {
  type Account,
  AdapterError,
  type AnyAdapter,
  type Call,
  type Device,
  type PortName,
  type ProviderOf,
  type Opened,
  type Providers,
  type SourceUnit,
  systemEntropy,
} from '@stayward/core'
import { demoSlug } from '../compose/demo-slug.ts'
import { connectionVault } from '../tenancy/connection-vault.ts'
import { openProviders } from '../tenancy/open-providers.ts'
import { createOutbound } from '../tenancy/outbound.ts'
import { sharedTurns } from '../tenancy/shared-turns.ts'
import type { Config } from './connection-config.ts'
import type { Output } from './output.ts'
import { refuse } from './refusal.ts'
import type { Session, TenantSession } from './session.ts'

/** Milliseconds in which a vendor has to answer a person who waits. */
const patience = 60_000

export interface Reached {
  /** Whose connection it is. */
  readonly own: Pick<TenantSession, 'tenant' | 'secrets'>
  readonly id: string
  readonly name: string
  /** The vendor's account, once a test has told it. */
  readonly account?: string
  readonly adapter: AnyAdapter
  readonly config: Config
}

/** Asks a vendor through the same guarded way as the hub, out of the same budget. Throws `AdapterError`. */
async function talk<Answer>(
  session: Session,
  reached: Reached,
  ask: (provider: ProviderOf[PortName], call: Call) => Promise<Answer>,
): Promise<Answer> {
  return await withProviders(session, reached, async (providers) => {
    const { adapter, id } = reached
    const { provider } = await (adapter.port === 'booking'
      ? providers.booking(id)
      : adapter.port === 'notifier'
        ? providers.notifier(id)
        : providers.keypad(id))
    return await ask(provider, { signal: AbortSignal.timeout(patience), near: true }) // a person waits
  })
}

async function withProviders<Answer>(
  { adapters, settings, clock, pool }: Session,
  { own, id, name, account, adapter, config }: Reached,
  use: (providers: Providers) => Promise<Answer>,
): Promise<Answer> {
  const { tenant, secrets } = own
  if (tenant.slug === demoSlug)
    throw refuse(
      "The demo's vendors are invented and answer only the running demo.",
      'Its story shows what they hold: npm start',
    )
  const outbound = createOutbound(settings.vendorOrigins)
  const known = account === undefined ? {} : { account }
  const row = { id, adapterId: adapter.id, name, paused: false, version: 1, ...known, config: () => config }
  const connection = `${tenant.slug}/${name}`
  const leave = { connection, networks: settings.privateNetworks.get(connection) ?? [] }
  const providers = openProviders([row], {
    adapters,
    fetch: outbound.fetch,
    onSite: (_, site) => outbound.onSite(site, leave),
    clock,
    entropy: systemEntropy,
    turns: (budget, rate) => sharedTurns({ pool, tenantId: tenant.id, account: budget, rate }),
    vault: (connectionId) => connectionVault({ pool, tenantId: tenant.id, connectionId, secrets }),
  })
  try {
    return await use(providers)
  } finally {
    await providers.close()
    await outbound.close()
  }
}

export type Tested = { readonly account: Account } | { readonly failure: AdapterError }

/** Tests the credentials: whose account do they open? */
export async function testConnection(session: Session, reached: Reached): Promise<Tested> {
  try {
    return { account: await talk(session, reached, (provider, call) => provider.readAccount(call)) }
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    return { failure: error }
  }
}

export async function listUnits(session: Session, reached: Reached): Promise<readonly SourceUnit[]> {
  return await talk(session, reached, async (provider, call) => {
    if (!('listUnits' in provider))
      throw refuse(`${reached.adapter.displayName} knows no flats.`, 'Name a connection to a booking system.')
    return await provider.listUnits(call)
  })
}

export async function listDevices(session: Session, reached: Reached): Promise<readonly Device[]> {
  return await talk(session, reached, async (provider, call) => {
    if (!('listDevices' in provider))
      throw refuse(`${reached.adapter.displayName} knows no devices.`, 'Name a connection to locks or intercoms.')
    return await provider.listDevices(call)
  })
}

/** Has the vendor call this address. Resolves to the fields of the configuration that came of it. */
export async function registerWebhook(session: Session, reached: Reached, address: string): Promise<Config> {
  return await talk(session, reached, async (provider, call) => {
    if (!provider.registerWebhook)
      throw refuse(
        `${reached.adapter.displayName} takes no address through its API.`,
        `A person enters it there: stayward connection address ${reached.name}`,
      )
    return await provider.registerWebhook(address, call)
  })
}

/** Lends a connection's keypad, with what its vendor can do. */
export async function withKeypad<Answer>(
  session: Session,
  reached: Reached,
  use: (keypad: Opened<'lock'> | Opened<'intercom'>) => Promise<Answer>,
): Promise<Answer> {
  return await withProviders(session, reached, async (providers) => use(await providers.keypad(reached.id)))
}

/** A rehearsal must not be taken for the real thing. */
export function noteRehearsal(out: Output, { settings }: Session, { hosts }: AnyAdapter): void {
  for (const [vendor, stand] of settings.vendorOrigins)
    if (hosts.includes(new URL(vendor).hostname))
      out.note(`${vendor} is answered by ${stand} (STAYWARD_VENDOR_ORIGINS).`)
}
