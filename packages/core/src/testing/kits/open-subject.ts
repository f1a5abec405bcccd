import type { PortName, ProviderOf } from '../../ports/capabilities.ts'
import { guardFetch } from '../../adapter/guard-fetch.ts'
import { guardLine } from '../../adapter/line.ts'
import type { Turns } from '../../adapter/turns.ts'
import { type Instant, plus } from '../../domain/instant.ts'
import type { Entropy } from '../../ports/entropy.ts'
import type { Vault } from '../../ports/vault.ts'
import { type FaultyFetch, faultyFetch } from '../faults.ts'
import { memoryVault } from '../memory/memory-vault.ts'
import { fetchFrom, type VendorFake } from '../vendor-fake.ts'
import type { Subject, TestClock } from './subject.ts'

/** A Sunday in winter, before either clock change of the year. */
export const start = '2026-02-01T09:00:00.000Z' as Instant // has the shape

/** A clock that stands still until it is moved. */
export function testClock(from: Instant = start): TestClock {
  let now = from
  return {
    now: () => now,
    advance: (milliseconds) => {
      now = plus(now, milliseconds)
    },
  }
}

/** Repeatable bytes (xorshift32); only for tests. */
export function seededEntropy(seed: number): Entropy {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  const byte = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return (state >>> 11) & 0xff
  }
  return { bytes: (count) => Uint8Array.from({ length: count }, byte) }
}

/** An opened adapter with everything a test needs to act on both of its sides. */
export interface Opened<Port extends PortName, Vendor> {
  readonly provider: ProviderOf[Port]
  readonly vendor: Vendor
  readonly clock: TestClock
  readonly wire: FaultyFetch
}

export interface OpenOptions<Vendor, Config> {
  readonly at?: Instant
  readonly config?: Config
  /** Opens another instance in front of a vendor that exists. */
  readonly beside?: { readonly vendor: Vendor; readonly clock: TestClock }
}

/** Opens the adapter as the hub does, with faults between the guard and the vendor. The rate budget is left out. */
export function openSubject<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  { at, config = subject.config, beside }: OpenOptions<Vendor, Config> = {},
): Opened<Port, Vendor> {
  const { adapter } = subject
  const clock = beside?.clock ?? testClock(at)
  const vendor = beside?.vendor ?? subject.vendor(clock)
  const wire = faultyFetch(fetchFrom(vendor), { now: () => clock.now() })
  const fetch = guardFetch(wire.fetch, {
    hosts: adapter.hosts,
    ...(adapter.onSite ? { site: adapter.onSite(config) } : {}),
    rate: adapter.rate,
    turns: always,
    maxBytes: 2_000_000,
  })
  const vault = vaultOf(vendor, config)
  const line = subject.dial && guardLine(subject.dial(wire.fetch), always)
  const entropy = seededEntropy(opened++)
  const provider = adapter.open({ config, fetch, clock, entropy, vault, ...(line ? { line } : {}) })
  return { provider, vendor, clock, wire }
}

/** One for each account's configuration: whoever opens it again finds what was kept. */
function vaultOf(vendor: object, config: unknown): Vault {
  const own = vaults.get(vendor) ?? new Map<string, Vault>()
  vaults.set(vendor, own)
  const name = JSON.stringify(config)
  const vault = own.get(name) ?? memoryVault()
  own.set(name, vault)
  return vault
}
const vaults = new WeakMap<object, Map<string, Vault>>()

/** It is always everybody's turn. */
const always: Turns = {
  take: async (signal) => signal.throwIfAborted(),
  ended: async () => {},
}

// Two instances must not draw the same nonces.
let opened = 1
