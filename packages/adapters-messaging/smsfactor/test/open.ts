import { guardFetch, type Instant, instantOf, type Notifier, systemEntropy } from '@stayward/core/adapter'
import { type FaultyFetch, faultyFetch, fetchFrom } from '@stayward/core/testing'
import smsFactor, { type SmsFactorConfig } from '../src/adapter.ts'
import { fakeToken, type SmsFactorVendor, type SmsFactorVendorOptions, smsFactorVendor } from '../src/testing/index.ts'

/** An adapter in front of a fake, on a clock that moves when told. */
export interface Bench {
  readonly provider: Notifier
  readonly vendor: SmsFactorVendor
  readonly wire: FaultyFetch
  now(): Instant
  advance(milliseconds: number): void
}

export const minute = 60_000
export const guest = '+33639980001'

export function configOf(more: Record<string, unknown> = {}): SmsFactorConfig {
  return smsFactor.config.parse({ apiToken: fakeToken, ...more })
}

export function bench(
  config: Record<string, unknown> = {},
  options: SmsFactorVendorOptions = {},
  start = '2026-07-01T14:00:00.000Z',
): Bench {
  let now = Date.parse(start)
  const vendor = smsFactorVendor({ now: () => now, ...options })
  const wire = faultyFetch(fetchFrom(vendor))
  const clock = { now: () => instantOf(now) }
  const fetch = guardFetch(wire.fetch, { hosts: smsFactor.hosts, rate: { perSecond: 1e6, burst: 1e6 } })
  const provider = smsFactor.open({ config: configOf(config), fetch, clock, entropy: systemEntropy })
  return { provider, vendor, wire, now: clock.now, advance: (milliseconds) => void (now += milliseconds) }
}

/** What is sent when the words do not matter. */
export function message(more: Partial<{ key: string; to: string; text: string }> = {}) {
  return { key: 'msg_01J8ZK3Q', to: guest, text: 'Bonjour Ana, votre code est 4821.', ...more }
}

/** `lookUp` or `readReplies`, which the manifest promises. */
export function reports({ provider }: Bench) {
  if (!provider.lookUp || !provider.readReplies) throw new Error('the adapter lacks what its capabilities promise')
  return {
    lookUp: provider.lookUp.bind(provider),
    readReplies: provider.readReplies.bind(provider),
  }
}
