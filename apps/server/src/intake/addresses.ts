import { hash } from 'node:crypto'
import type { AnyAdapter, Instant, WebhookReceiver } from '@stayward/core'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'

/** A connection's own address and what is needed to judge what comes to it. */
export interface Address {
  readonly tenantId: string
  readonly connectionId: string
  readonly adapterId: string
  readonly receiver: WebhookReceiver<never>
  /** `unusable`: in words for the webhook log. */
  readonly config: { readonly parsed: never } | { readonly unusable: string }
  readonly account?: string
  readonly secrets: TenantSecrets
  /** Connections of this tenant and adapter by the account each is for; only where one address hears of several. */
  readonly connectionsByAccount?: ReadonlyMap<string, string>
}

/** An address as the database knows it. */
export interface StoredAddress {
  readonly tenantId: string
  readonly slug: string
  readonly connectionId: string
  readonly adapterId: string
  readonly expiresAt?: Instant
  readonly account?: string
  readonly secrets: TenantSecrets
  /** The connection's configuration as JSON; throws when it does not open. */
  config(): string
  /** Every connection of this tenant and adapter, the oldest first. */
  siblings(): Promise<readonly Sibling[]>
}

export interface Sibling {
  readonly connectionId: string
  /** As above. */
  config(): string
}

export interface Asked {
  readonly adapterId: string
  readonly slug: string
  readonly token: string
}

export interface Addresses {
  /**
   * The address that all three parts name together. `undefined` for anything else, always after the same look-up, so
   * that the answer's time says nothing about which part was wrong. Rejects when the database cannot be asked.
   */
  find(asked: Asked, now: Instant): Promise<Address | undefined>
}

export interface AddressOptions {
  readonly read: (tokenHash: string) => Promise<StoredAddress | undefined>
  readonly adapters: ReadonlyMap<string, AnyAdapter>
  /** Milliseconds for which a found address is believed without asking again: how long a rotation takes to hold. */
  readonly remember?: number
  /** Monotonic milliseconds. */
  readonly elapsed?: () => number
}

const most = 4_096

export function createAddresses({
  read,
  adapters,
  remember = 2_000,
  elapsed = () => performance.now(),
}: AddressOptions): Addresses {
  const known = new Map<string, { readonly found: Promise<Found | undefined>; readonly until: number }>()

  const look = (tokenHash: string): Promise<Found | undefined> => {
    const cached = known.get(tokenHash)
    if (cached && cached.until > elapsed()) return cached.found
    const found = read(tokenHash).then(async (stored) => {
      if (!stored) return undefined
      const siblings = adapters.get(stored.adapterId)?.webhook?.accountOf ? await stored.siblings() : []
      return { stored, address: addressOf(stored, adapters, siblings) }
    })
    // In order of insertion, so the first ones are the oldest.
    known.delete(tokenHash)
    known.set(tokenHash, { found, until: elapsed() + remember })
    if (known.size > most) for (const oldest of known.keys()) if (known.size > most) known.delete(oldest)
    // What does not exist is asked for again: strangers' guesses must not fill the memory.
    const forget = (): void => {
      if (known.get(tokenHash)?.found === found) known.delete(tokenHash)
    }
    found.then((address) => (address ? undefined : forget()), forget)
    return found
  }

  return {
    async find({ adapterId, slug, token }, now) {
      const found = await look(hash('sha256', token, 'hex'))
      if (!found) return undefined
      const { stored, address } = found
      if (stored.adapterId !== adapterId || stored.slug !== slug) return undefined
      if (stored.expiresAt !== undefined && stored.expiresAt <= now) return undefined
      return address
    },
  }
}

interface Found {
  readonly stored: StoredAddress
  /** Absent when this hub has no such adapter, or the adapter takes no webhooks. */
  readonly address?: Address | undefined
}

/** `undefined` when this hub has no such adapter, or the adapter takes no webhooks. */
export function addressOf(
  stored: Omit<StoredAddress, 'slug' | 'siblings'>,
  adapters: ReadonlyMap<string, AnyAdapter>,
  siblings: readonly Sibling[] = [],
): Address | undefined {
  const { tenantId, connectionId, adapterId, account, secrets } = stored
  const adapter = adapters.get(adapterId)
  if (!adapter?.webhook) return undefined
  return {
    tenantId,
    connectionId,
    adapterId,
    receiver: adapter.webhook,
    config: configOf(stored, adapter),
    ...(account === undefined ? {} : { account }),
    secrets,
    ...(adapter.webhook.accountOf ? { connectionsByAccount: byAccount(siblings, adapter) } : {}),
  }
}

/** Of two connections for one account the older one. */
function byAccount(siblings: readonly Sibling[], adapter: AnyAdapter): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const sibling of siblings) {
    const config = configOf(sibling, adapter)
    const account = 'parsed' in config ? adapter.webhook?.accountOf?.(config.parsed) : undefined
    if (account !== undefined && !found.has(account)) found.set(account, sibling.connectionId)
  }
  return found
}

function configOf(stored: Pick<StoredAddress, 'config'>, adapter: AnyAdapter): Address['config'] {
  let text: string
  try {
    text = stored.config()
  } catch {
    // The error could only repeat that a seal did not open; the sentence says what to do about it.
    return { unusable: "the connection's configuration does not open: is this the right master key?" }
  }
  const parsed = adapter.config.safeParse(JSON.parse(text))
  return parsed.success
    ? { parsed: parsed.data as never } // what this adapter's own schema gave is what its receiver takes
    : { unusable: "the connection's configuration no longer fits its adapter: enter it again." }
}
