import {
  AdapterError,
  type AnyAdapter,
  type Clock,
  type Entropy,
  faster,
  createTurns,
  type Delay,
  guardFetch,
  guardLine,
  type Opened,
  type OnSite,
  type OpenContext,
  ownBook,
  type PortName,
  type ProviderOf,
  type Providers,
  type Rate,
  type Turns,
  type Vault,
} from '@stayward/core'
import type { ConnectionRow } from './connection-rows.ts'
import type { SiteWay } from './outbound.ts'

export interface OpenKit {
  readonly adapters: ReadonlyMap<string, AnyAdapter>
  readonly fetch: typeof globalThis.fetch
  /** The way to a device or server of the tenant's own, for the connection of this name. */
  readonly onSite: (connection: string, site: OnSite) => SiteWay
  readonly clock: Clock
  /** What an adapter's requests are timed by; this machine's time when absent. */
  readonly delay?: Delay
  readonly entropy: Entropy
  /** For fakes that are that many times faster: multiplies the vendor's rate budget, and divides how late it shows a write. */
  readonly hurry?: number
  /** The budget that all processes share, by account; each connection has its own in this process when absent. */
  readonly turns?: (account: string, rate: Rate) => Turns
  /** Where a connection's renewed credentials are kept; only in its provider when absent. */
  readonly vault?: (connectionId: string) => Vault
}

interface OpenConnection {
  readonly port: PortName
  readonly adapter: AnyAdapter
  readonly provider: ProviderOf[PortName]
  close(): Promise<void>
}

export interface OpenedProviders extends Providers {
  close(): Promise<void>
}

/**
 * One tenant's connections, each opened with its own configuration and its own way out. A connection that cannot be
 * opened says why when it is asked for; the others work.
 */
export function openProviders(rows: readonly ConnectionRow[], kit: OpenKit): OpenedProviders {
  const open = new Map<string, OpenConnection>()
  const broken = new Map<string, { readonly port?: PortName; readonly error: AdapterError }>()
  for (const row of rows) {
    const adapter = kit.adapters.get(row.adapterId)
    const opened = adapter
      ? openOne(row, adapter, kit)
      : notUsable(
          `There is no adapter "${row.adapterId}" in this hub.`,
          'List its package in STAYWARD_ADAPTERS, or remove the connection.',
        )
    if (opened instanceof AdapterError)
      broken.set(row.id, { ...(adapter ? { port: adapter.port } : {}), error: opened })
    else open.set(row.id, opened)
  }

  const find = <Port extends PortName>(connectionId: string, ports: readonly Port[]): Opened<Port> => {
    const connection = open.get(connectionId)
    if (!connection)
      throw (
        broken.get(connectionId)?.error ??
        notUsable(
          'This connection does not exist any more.',
          'Choose another one where it is used: stayward doctor lists what is set.',
        )
      )
    const { adapter, provider } = connection
    if (!ports.some((port) => port === connection.port))
      throw notUsable(
        `${adapter.displayName} is not a ${ports.join(' or ')}.`,
        'Choose a connection of that kind where this one is used.',
      )
    // The port has just been checked, and an adapter's provider and capabilities are those of its port.
    const capabilities = hurried(adapter.capabilities, kit.hurry)
    return { provider, capabilities, vendor: adapter.displayName } as Opened<Port>
  }
  return {
    portOf: async (id) => open.get(id)?.port ?? broken.get(id)?.port,
    booking: async (id) => find(id, ['booking']),
    keypad: async (id) => find(id, ['lock', 'intercom']) as Opened<'lock'> | Opened<'intercom'>, // one of the two ports asked for
    notifier: async (id) => find(id, ['notifier']),
    close: async () => {
      await Promise.all(Array.from(open.values(), (connection) => connection.close()))
    },
  }
}

function openOne(
  row: ConnectionRow,
  adapter: AnyAdapter,
  { fetch, onSite, clock, delay, entropy, hurry = 1, turns, vault }: OpenKit,
): OpenConnection | AdapterError {
  if (row.paused)
    return notUsable(`The connection "${row.name}" is paused.`, `Resume it: stayward connection resume ${row.name}`)
  let stored: unknown
  try {
    stored = row.config()
  } catch {
    // What went wrong with a seal says nothing more than that it did not open; the sentence says what to do.
    return notUsable(
      `The configuration of "${row.name}" cannot be opened.`,
      'Is this the master key it was sealed with? Otherwise enter the configuration again.',
    )
  }
  const config = adapter.config.safeParse(stored)
  if (!config.success) {
    const where = config.error.issues.map((issue) => issue.path.join('.')).join(', ')
    return notUsable(
      `The configuration of "${row.name}" does not fit ${adapter.displayName} (${where}).`,
      `Enter it again: stayward connection set ${row.name} --config …`,
    )
  }
  const rate = faster(adapter.rate, hurry)
  // The adapter's own schema has just parsed the configuration it is given.
  const site = adapter.onSite?.(config.data as never)
  const way = site && onSite(row.name, site)
  // Two connections to one account share what the vendor gives it.
  const shared = turns?.(`${adapter.id}:${row.account ?? row.id}`, rate) ?? createTurns({ rate, book: ownBook() })
  const guarded = guardFetch(way?.fetch ?? fetch, {
    hosts: adapter.hosts,
    ...(site ? { site } : {}),
    rate,
    turns: shared,
    clock,
    ...(delay ? { delay } : {}),
  })
  const context = {
    config: config.data,
    fetch: guarded,
    ...(way ? { line: guardLine(way.dial, shared) } : {}),
    clock,
    entropy,
    ...(vault ? { vault: vault(row.id) } : {}),
  } as OpenContext<never>
  const provider = adapter.open(context)
  const close = async () => {
    await provider.close?.()
    await way?.close()
  }
  return { port: adapter.port, adapter, provider, close }
}

function hurried(capabilities: AnyAdapter['capabilities'], hurry = 1): AnyAdapter['capabilities'] {
  if (!('showsWithin' in capabilities) || capabilities.showsWithin === undefined) return capabilities
  return { ...capabilities, showsWithin: capabilities.showsWithin / hurry }
}

function notUsable(message: string, remedy: string): AdapterError {
  return new AdapterError('refused', message, { remedy })
}
