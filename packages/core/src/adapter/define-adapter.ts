import * as z from 'zod'
import type { CapabilitiesOf, PortName, ProviderOf } from '../ports/capabilities.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Vault } from '../ports/vault.ts'
import type { Line } from './line.ts'
import type { OnSite } from './on-site.ts'
import { type Rate, rateFault } from './rate.ts'
import type { WebhookReceiver } from './webhook.ts'

export interface OpenContext<Config> {
  readonly config: Config
  /** The only way out. Refuses every host that is not in `hosts`, caps time and size, keeps the rate budget. */
  readonly fetch: typeof globalThis.fetch
  /** Beside `fetch`, for an adapter with `onSite` whose site does not speak HTTP. Absent where there is no site. */
  readonly line?: Line
  readonly clock: Clock
  readonly entropy: Entropy
  /**
   * Where renewed credentials are kept. Absent where nobody keeps any (a script, an embedding program): what was renewed
   * then lasts as long as the provider does.
   */
  readonly vault?: Vault
}

/** An adapter's whole introduction: everything the hub must know is data, readable before `open()`. */
export interface Adapter<Port extends PortName = PortName, Config = unknown> {
  /** Stored with every connection: never rename it. `[a-z0-9-]`. */
  readonly id: string
  readonly displayName: string
  readonly port: Port
  readonly specVersion: 'v1'
  /**
   * A field is secret unless its `.meta({ shown: true })` says that it may be shown. `.meta({ title, description })` is
   * what forms and the CLI print. Must convert to JSON Schema.
   */
  readonly config: z.ZodObject & z.ZodType<Config>
  /** Host names that `open()`'s fetch may call. */
  readonly hosts: readonly string[]
  /**
   * For a device or server of the tenant's own: where this connection's is. It may be called besides `hosts`, and lie in
   * a private network if the operator of the hub has allowed that network for this connection.
   */
  readonly onSite?: (config: Config) => OnSite
  readonly capabilities: CapabilitiesOf[Port]
  /** What a device id looks like (locks and intercoms); a refusal says where to find the right one. */
  readonly deviceId?: z.ZodType<string>
  /** What the vendor allows one account. */
  readonly rate: Rate
  readonly webhook?: WebhookReceiver<Config>
  /** How a person checks that the connection is healthy, as sentences. */
  readonly health: string
  /** Makes the provider. Sends nothing; checking the credentials is `readAccount`. */
  open(context: OpenContext<Config>): ProviderOf[Port]
}

/**
 * An adapter whose configuration is not known to the compiler: adapters of all vendors live in one list, and each is
 * opened only with what its own schema parsed.
 */
export type AnyAdapter = { readonly [Port in PortName]: Erased<Port> }[PortName]

interface Erased<Port extends PortName> extends Omit<Adapter<Port, never>, 'config'> {
  readonly config: z.ZodObject
}

/** Checks and freezes an introduction. Throws `TypeError` naming what is wrong with it. */
export function defineAdapter<Port extends PortName, Schema extends z.ZodObject>(
  introduction: Omit<Adapter<Port, z.output<Schema>>, 'config'> & { readonly config: Schema },
): Adapter<Port, z.output<Schema>> {
  const { id, hosts, port, rate, capabilities } = introduction
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(id)) throw new TypeError(`adapter id "${id}": 2–40 of a-z, 0-9, -, a letter first`)
  for (const host of hosts)
    if (!/^[a-z0-9.-]+$/.test(host)) throw new TypeError(`adapter "${id}": "${host}" is not a host name`)
  if ((port === 'lock' || port === 'intercom') && !introduction.deviceId)
    throw new TypeError(`adapter "${id}": a ${port} adapter says what its device ids look like (deviceId)`)
  if ('writesAreVisible' in capabilities && capabilities.writesAreVisible === 'later' && !capabilities.showsWithin)
    throw new TypeError(`adapter "${id}": a list that shows writes later says how much later (showsWithin)`)
  if ('listens' in capabilities && capabilities.listens && !introduction.webhook?.signed)
    throw new TypeError(`adapter "${id}": a channel that only listens needs a signed webhook`)
  if ('freeFor' in capabilities && capabilities.freeFor !== undefined && !capabilities.listens)
    throw new TypeError(`adapter "${id}": who does not listen cannot know when free words are taken (freeFor)`)
  const fault = rateFault(rate)
  if (fault) throw new TypeError(`adapter "${id}": its rate lets nothing through (${fault})`)
  assertFormCanBeMade(id, introduction.config)
  // The schema's own output is Config by construction; zod cannot express "object schema whose output is Config".
  return Object.freeze(introduction) as unknown as Adapter<Port, z.output<Schema>>
}

/** Forms and the CLI are made of the schema's JSON form, so a type that has none would show up only at a host's. */
function assertFormCanBeMade(id: string, config: z.ZodObject): void {
  try {
    z.toJSONSchema(config, { io: 'input' })
  } catch (cause) {
    throw new TypeError(`adapter "${id}": its config does not convert to JSON Schema`, { cause })
  }
}
