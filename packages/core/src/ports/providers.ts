import type { CapabilitiesOf, PortName, ProviderOf } from './capabilities.ts'

/** A connection of the tenant, opened. */
export interface Opened<Port extends PortName> {
  readonly provider: ProviderOf[Port]
  readonly capabilities: CapabilitiesOf[Port]
  /** For people: `Smoobu`. */
  readonly vendor: string
}

/**
 * One tenant's opened connections. Throws `AdapterError` with `auth` or `refused` and a remedy for a connection that
 * cannot be opened; one bad connection does not shut the tenant's others.
 */
export interface Providers {
  /** Which port a connection fills; `undefined` when there is no such connection or no such adapter. */
  portOf(connectionId: string): Promise<PortName | undefined>
  booking(connectionId: string): Promise<Opened<'booking'>>
  keypad(connectionId: string): Promise<Opened<'lock'> | Opened<'intercom'>>
  notifier(connectionId: string): Promise<Opened<'notifier'>>
}
