import type { SourceBooking } from '../domain/booking.ts'
import type { Instant } from '../domain/instant.ts'
import type { Policy } from '../domain/policy.ts'

export interface SourceView {
  readonly connectionId: string
  readonly name: string
  /** The vendor's account id, as first seen. */
  readonly account?: string
  /** Changes up to here have been read. */
  readonly readThrough?: Instant
  readonly sweptAt?: Instant
  readonly policy: Policy
}

export interface FoundBookings {
  readonly connectionId: string
  readonly bookings: readonly (SourceBooking & { readonly e164?: string })[]
  readonly cause: 'webhook' | 'poll' | 'sweep'
  readonly account?: string
  readonly readThrough?: Instant
  readonly sweptAt?: Instant
  /**
   * The store was set back: of a booking that is as the store knows it, it also takes over that it was changed since, and marks
   * its messages. A change and its opposite may lie in the time that is forgotten, and the guest may have heard the first alone.
   */
  readonly setBack?: true
}

export interface SavedBookings {
  readonly created: number
  readonly changed: number
}

/** One per connection and ref; the newest replaces the one before. */
export interface FetchOutcome {
  readonly connectionId: string
  readonly ref: string
  readonly outcome: 'changed' | 'unchanged' | 'not-found' | 'doubtful' | 'failed'
  /** For people: `Smoobu knows no booking 12345; nothing was done.` */
  readonly text: string
}
