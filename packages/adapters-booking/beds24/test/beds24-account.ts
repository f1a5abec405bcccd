import { type BookingSource, instantOf, systemEntropy, type Vault } from '@stayward/core/adapter'
import { type FaultyFetch, faultyFetch, fetchFrom, memoryVault } from '@stayward/core/testing'
import beds24, { type Beds24Config } from '../src/adapter.ts'
import {
  type Beds24State,
  beds24Vendor,
  furnishedBeds24,
  sampleInvite,
  sampleRefreshToken,
} from '../src/testing/index.ts'

export const day = 86_400_000
export const withInvite: Beds24Config = { credential: sampleInvite, kind: 'invite-code' }
export const withRefreshToken: Beds24Config = { credential: sampleRefreshToken, kind: 'refresh-token' }

export interface AccountOptions {
  readonly config?: Beds24Config
  readonly at?: string
  readonly state?: (state: Beds24State) => void
}

/** An account at the fake vendor with the adapter in front of it, at a fixed time. */
export function account({ config = withRefreshToken, at = '2026-05-01T10:00:00Z', state }: AccountOptions = {}) {
  let now = Date.parse(at)
  const furnished = furnishedBeds24(now)
  state?.(furnished)
  const vendor = beds24Vendor({ state: furnished, now: () => now })
  const wire = faultyFetch(fetchFrom(vendor))
  const clock = { now: () => instantOf(now) }
  const vault = memoryVault()
  /** Another process or a restart: the same account and vault, nothing in memory. */
  const open = (other: Beds24Config = config, kept: Vault | undefined = vault): BookingSource =>
    beds24.open({ config: other, fetch: wire.fetch, clock, entropy: systemEntropy, ...(kept ? { vault: kept } : {}) })
  return {
    vendor,
    wire,
    vault,
    open,
    openAlone: () => beds24.open({ config, fetch: wire.fetch, clock, entropy: systemEntropy }),
    provider: open(),
    ref: vendor.knownBooking,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
    now: () => instantOf(now),
  }
}

export type TestAccount = ReturnType<typeof account>

/** What was asked, in order: `GET /bookings`. */
export function asked(wire: FaultyFetch): readonly string[] {
  return wire.calls.map(({ request }) => `${request.method} ${new URL(request.url).pathname.replace('/v2', '')}`)
}
