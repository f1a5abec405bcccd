import type { Adapter } from '../../src/adapter/define-adapter.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { PortName } from '../../src/ports/capabilities.ts'
import type { Opened, Providers } from '../../src/ports/providers.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { type FaultyFetch, faultyFetch, fetchFrom, seededEntropy, type VendorFake } from '../../src/testing/index.ts'

/** One connection of the tenant: the opened adapter and the wire that can be cut. */
export interface Connection<Port extends PortName = PortName> extends Opened<Port> {
  readonly port: Port
  readonly name: string
  readonly wire: FaultyFetch
}

export function connect<Port extends PortName, Config>(
  name: string,
  { adapter, config }: { readonly adapter: Adapter<Port, Config>; readonly config: Config },
  vendor: VendorFake,
  clock: Clock,
): Connection<Port> {
  const wire = faultyFetch(fetchFrom(vendor), { now: () => clock.now() })
  let faulty = false
  const spoil =
    (plan: FaultyFetch['failNext']): FaultyFetch['failNext'] =>
    (fault, where) => {
      faulty = true
      plan(fault, where)
    }
  const fetch: typeof globalThis.fetch = (input, init) =>
    faulty || typeof input !== 'string' ? wire.fetch(input, init) : directly(vendor, input, init)
  const provider = adapter.open({ config, fetch, clock, entropy: seededEntropy(11) })
  return {
    port: adapter.port,
    name,
    wire: { ...wire, failNext: spoil(wire.failNext), failAll: spoil(wire.failAll) },
    provider,
    capabilities: adapter.capabilities,
    vendor: adapter.displayName,
  }
}

/** The same answer without a Request: thousands of stories are played, and most of their time went there. */
async function directly(vendor: VendorFake, url: string, init: RequestInit | undefined): Promise<Response> {
  init?.signal?.throwIfAborted()
  const headers = new Map(Object.entries((init?.headers ?? {}) as Record<string, string>)) // as our adapters write them
  // The memory vendors read nothing else of a request.
  const body = typeof init?.body === 'string' ? init.body : ''
  const request = { url, headers, text: async () => body } as unknown as Request
  return await vendor.respond(request)
}

/** The tenant's opened connections. A `broken` one cannot be opened, as with a secret that no longer unseals. */
export function providersOf(
  connections: ReadonlyMap<string, Connection>,
  broken: ReadonlySet<string>,
  wrap: <Target extends object>(target: Target, name: string) => Target,
): Providers {
  const open = <Port extends PortName>(id: string, ...ports: readonly Port[]): Opened<Port> => {
    const connection = connections.get(id)
    if (!connection || !ports.some((port) => port === connection.port)) throw new TypeError(`no such connection: ${id}`)
    if (broken.has(id))
      throw new AdapterError('auth', `${connection.name} cannot be opened.`, { remedy: 'Enter its secrets again.' })
    const provider = wrap(connection.provider, connection.name)
    return { ...connection, provider } as unknown as Opened<Port> // its port was just compared
  }
  return {
    portOf: async (id) => connections.get(id)?.port,
    booking: async (id) => open(id, 'booking'),
    keypad: async (id) => open<'lock' | 'intercom'>(id, 'lock', 'intercom') as Opened<'lock'> | Opened<'intercom'>,
    notifier: async (id) => open(id, 'notifier'),
  }
}
