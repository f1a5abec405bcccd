import type { CivilDate, SourceBooking } from '../domain/booking.ts'
import type { Instant } from '../domain/instant.ts'
import type { Account, Call } from './call.ts'
import type { SendReceipt } from './notifier.ts'
import type { RegistersWebhook } from './registers-webhook.ts'

/**
 * A system that holds bookings. Every operation throws `AdapterError` for what goes wrong on the way; a list returns
 * what it lists or throws, it never returns less for a failure.
 */
export interface BookingSource extends RegistersWebhook {
  readonly specVersion: 'v1'
  /** Asks the vendor whose account this is. Has no other effect. */
  readAccount(call: Call): Promise<Account>
  listUnits(call: Call): Promise<readonly SourceUnit[]>
  /** Bookings of every state, cancellations and blocks included. */
  listBookings(query: BookingQuery, call: Call): Promise<BookingPage>
  /** `undefined` when the vendor says that there is no such booking: a hint, proof only together with rule 2's. */
  readBooking(ref: string, call: Call): Promise<SourceBooking | undefined>
  /** Writes into the vendor's own inbox for this booking. Declared by `capabilities.messagesGuest`. */
  messageGuest?(message: GuestMessage, call: Call): Promise<SendReceipt>
  /** Newest last. Declared by `capabilities.readsMessages`. */
  readMessages?(ref: string, call: Call): Promise<readonly SourceMessage[]>
  close?(): Promise<void>
}

export interface SourceUnit {
  readonly ref: string
  readonly name: string
  /** IANA name, when the vendor knows it. */
  readonly zone?: string
}

/** Either what changed since an instant (overlap is welcome), or every stay that touches a span of days. */
export type BookingQuery = (
  | { readonly changedSince: Instant; readonly stays?: never }
  | { readonly stays: { readonly from: CivilDate; readonly to: CivilDate }; readonly changedSince?: never }
) & { readonly cursor?: string }

export interface BookingPage {
  readonly bookings: readonly SourceBooking[]
  /** Ask again with this cursor. Absent on the last page. */
  readonly next?: string
  /** Whether the vendor's own counts prove that nothing is missing from this page and those before it. */
  readonly complete: boolean
}

export interface GuestMessage {
  readonly ref: string
  readonly subject?: string
  readonly text: string
}

export interface SourceMessage {
  readonly from: 'guest' | 'host'
  /** Plain text; markup is taken off. */
  readonly text: string
  readonly at?: Instant
}
