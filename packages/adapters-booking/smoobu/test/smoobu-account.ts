import { type BookingSource, type Instant, instantOf, systemEntropy } from '@stayward/core/adapter'
import { type FaultyFetch, faultyFetch, fetchFrom } from '@stayward/core/testing'
import smoobu from '../src/adapter.ts'
import {
  emptySmoobu,
  furnishedSmoobu,
  type SmoobuState,
  type SmoobuVendor,
  smoobuVendor,
} from '../src/testing/index.ts'

/** The credentials of every fake that starts by itself. */
export const { apiKey, apiSecret, id: user } = emptySmoobu().account

export interface SmoobuAccount {
  readonly provider: BookingSource
  readonly vendor: SmoobuVendor
  readonly wire: FaultyFetch
  /** Moves the one clock of hub and vendor. */
  readonly advance: (milliseconds: number) => void
  readonly now: () => Instant
}

export interface AccountOptions {
  readonly config?: { readonly apiKey: string; readonly apiSecret?: string }
  readonly at?: string
  /** How far this server's clock is ahead of Smoobu's, milliseconds. */
  readonly ahead?: number
  readonly state?: (state: SmoobuState) => void
}

/** An account at the fake vendor with the adapter in front of it, at a fixed time. */
export function smoobuAccount(options: AccountOptions = {}): SmoobuAccount {
  const { config = { apiKey, apiSecret }, at = '2026-05-01T10:00:00Z', ahead = 0, state } = options
  let now = Date.parse(at)
  const furnished = furnishedSmoobu(now)
  state?.(furnished)
  const vendor = smoobuVendor({ state: furnished, now: () => now })
  const wire = faultyFetch(fetchFrom(vendor))
  const clock = { now: () => instantOf(now + ahead) }
  return {
    vendor,
    wire,
    provider: smoobu.open({ config, fetch: wire.fetch, clock, entropy: systemEntropy }),
    advance: (milliseconds) => {
      now += milliseconds
    },
    now: () => instantOf(now),
  }
}

/** Lays fields over a JSON answer; `undefined` takes one away. */
export async function withFields(answer: Response, fields: object): Promise<Response> {
  return Response.json({ ...((await answer.json()) as object), ...fields }) // every answer of the fake is an object
}
