import { type BookingSource, type Instant, instantOf, systemEntropy } from '@stayward/core/adapter'
import { type FaultyFetch, faultyFetch, fetchFrom } from '@stayward/core/testing'
import type * as z from 'zod'
import hospitable from '../src/adapter.ts'
import {
  emptyHospitable,
  fakeId,
  furnishedHospitable,
  type HospitableState,
  type HospitableVendor,
  hospitableVendor,
} from '../src/testing/index.ts'

/** The credentials of every fake that starts by itself. */
export const { accessToken, readOnlyToken, email: ownerEmail, id: user } = emptyHospitable().account
/** The reservation most tests are about, and the flat it is in. */
export const ref = fakeId('reservation', 1)
export const flat = fakeId('property', 1)

export interface Account {
  readonly provider: BookingSource
  readonly vendor: HospitableVendor
  readonly wire: FaultyFetch
  /** Moves the one clock of hub and vendor. */
  readonly advance: (milliseconds: number) => void
  readonly now: () => Instant
}

export interface AccountOptions {
  readonly config?: z.output<typeof hospitable.config>
  readonly at?: string
  readonly state?: (state: HospitableState) => void
}

/** An account at the fake vendor with the adapter in front of it, at a fixed time. */
export function account(options: AccountOptions = {}): Account {
  const { config = { accessToken }, at = '2026-05-01T10:00:00Z', state } = options
  let now = Date.parse(at)
  const furnished = furnishedHospitable(now)
  state?.(furnished)
  const vendor = hospitableVendor({ state: furnished, now: () => now })
  const wire = faultyFetch(fetchFrom(vendor))
  const clock = { now: () => instantOf(now) }
  return {
    vendor,
    wire,
    provider: hospitable.open({ config, fetch: wire.fetch, clock, entropy: systemEntropy }),
    advance: (milliseconds) => {
      now += milliseconds
    },
    now: () => instantOf(now),
  }
}

/** An adapter in front of one fixed answer. */
export function answering(status: number, body: string, headers: Record<string, string> = {}): BookingSource {
  const now = instantOf(Date.parse('2026-05-01T10:00:00Z'))
  return hospitable.open({
    config: { accessToken },
    fetch: async () => new Response(body, { status, headers }),
    clock: { now: () => now },
    entropy: systemEntropy,
  })
}

/** What was asked of the list of reservations, in order. */
export function listQueries({ wire }: Account): readonly URLSearchParams[] {
  return wire.calls
    .map(({ request }) => new URL(request.url))
    .filter(({ pathname }) => pathname === '/v2/reservations')
    .map(({ searchParams }) => searchParams)
}
