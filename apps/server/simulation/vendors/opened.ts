import { type Clock, createTurns, ownBook, type Providers, type Rate } from '@stayward/core'
import { type Furnished, type HubProcess, Random } from '@stayward/core/testing'
import { openProviders } from '../../src/tenancy/open-providers.ts'
import type { Border } from './border.ts'
import type { Part } from './parts.ts'
import { type KeptSecret, sharedVault } from './shared-vault.ts'

interface OpenedKit {
  readonly seed: number
  readonly clock: Clock
  readonly now: () => number
  readonly border: Border
  /** By where they are: `source`, `sms`, `lock-0` … */
  readonly parts: ReadonlyMap<string, Part>
}

/** Opens the house's connections for one process, as the hub does it; budgets and vaults are shared by all processes. */
export function opening({ seed, clock, now, border, parts }: OpenedKit) {
  const books = new Map<string, ReturnType<typeof ownBook>>()
  const spread = new Random(seed, 'turns')
  const turns = (account: string, rate: Rate) => {
    const book = books.get(account) ?? ownBook(now)
    books.set(account, book)
    return createTurns({ rate, book, spread: () => spread.share(), delay: border.delay })
  }
  const secretsOf = new Map<string, KeptSecret>()
  const secrets = new Random(seed, 'adapters')
  const entropy = { bytes: (count: number) => secrets.bytes(count) }
  const adapters = new Map([...parts.values()].map(({ adapter }) => [adapter.id, adapter]))
  const dials = [...parts.values()].flatMap(({ dial }) => (dial ? [dial(border.fetch, border.delay)] : []))
  const dial = dials[0] ?? (() => Promise.reject(new TypeError('nobody can be dialled here')))
  const onSite = () => ({ fetch: border.fetch, dial, close: async () => {} })

  return (process: HubProcess, { source, sms, locks }: Furnished): Providers => {
    const places = new Map([
      [source, 'source'],
      [sms, 'sms'],
      ...locks.map((id, index) => [id, `lock-${index}`] as const),
    ])
    const vault = (id: string) => {
      const kept = secretsOf.get(id) ?? {}
      secretsOf.set(id, kept)
      return sharedVault(kept, process, border.delay)
    }
    const rows = [...places].flatMap(([id, where]) => {
      const part = parts.get(where)
      if (!part) return []
      return [{ id, adapterId: part.adapter.id, name: where, paused: false, version: 1, config: () => part.config }]
    })
    const opened = openProviders(rows, {
      adapters,
      fetch: border.fetch,
      onSite,
      clock,
      delay: border.delay,
      entropy,
      turns,
      vault,
    })
    const guarded = <Open extends { readonly provider: object }>(id: string, open: Open): Open => ({
      ...open,
      provider: border.guard(places.get(id) ?? '', process, open.provider),
    })
    return {
      portOf: (id) => opened.portOf(id),
      booking: async (id) => guarded(id, await opened.booking(id)),
      notifier: async (id) => guarded(id, await opened.notifier(id)),
      keypad: async (id) => guarded(id, await opened.keypad(id)),
    }
  }
}
