import type { PinRules } from '../domain/pin.ts'
import type { BookingSource } from './booking-source.ts'
import type { Intercom } from './intercom.ts'
import type { LockProvider } from './lock-provider.ts'
import type { Notifier } from './notifier.ts'

export interface ProviderOf {
  readonly booking: BookingSource
  readonly lock: LockProvider
  readonly intercom: Intercom
  readonly notifier: Notifier
}
export type PortName = keyof ProviderOf

export interface BookingCapabilities {
  /** How changes are learned besides the poll. `notify`: the webhook is a hint and the booking is read. */
  readonly changes: 'notify' | 'poll'
  readonly messagesGuest: boolean
  readonly readsMessages: boolean
  /** Longest message to a guest, characters. */
  readonly messageMaxLength?: number
}

export interface KeypadCapabilities {
  readonly pin: PinRules
  /** Longest label for people, characters, besides the mark. 0: labels are not kept. */
  readonly labelMaxLength: number
  /** Codes one device holds; absent when the vendor names no limit. */
  readonly capacity?: number
  /**
   * For a device with little room: a code goes to it no earlier than this many milliseconds before its start, at least
   * 24 h. Absent: as early as the tenant's policy says.
   */
  readonly pushAhead?: number
  /** Windows are stored in steps of this many milliseconds; starts are rounded down and ends up. */
  readonly windowStep: number
  readonly canUpdate: boolean
  readonly readsPin: boolean
  readonly readsWindow: boolean
  /** `now`: the next `readCodes` shows a write. `later`: within `showsWithin` milliseconds. */
  readonly writesAreVisible: 'now' | 'later'
  readonly showsWithin?: number
  /** How a device is known to hold what the vendor lists (words of design: evidence). */
  readonly readBack: 'device' | 'synced' | 'heartbeat' | 'cloud'
  readonly readsState: boolean
  readonly readsActivity: boolean
  readonly opens: boolean
}

export interface IntercomCapabilities extends KeypadCapabilities {
  readonly writesEntries: boolean
  readonly drawsQr?: true
}

export interface NotifierCapabilities {
  readonly address: 'phone' | 'email'
  readonly dedupesByKey: boolean
  readonly looksUp: boolean
  readonly readsReplies: boolean
  /** Whether delivery reports ever come, by webhook or look-up. */
  readonly reportsDelivery: boolean
  /** Longest text, characters. */
  readonly textMaxLength?: number
  /** `chat`: people call it by the vendor's name. Absent: SMS for phones, mail for mail addresses. */
  readonly medium?: 'chat'
  /**
   * What becomes of messages and what people answer is learned from signed webhooks alone, so the hub keeps it. Excludes
   * `looksUp` and `readsReplies`.
   */
  readonly listens?: true
  /** Free words are taken only this many milliseconds after the person wrote; otherwise a template. Needs `listens`. */
  readonly freeFor?: number
  /** A message that was not delivered this many milliseconds after the send never will be, and nobody says so. */
  readonly expiresAfter?: number
  /** How many answers to tap one message takes. */
  readonly choices?: number
  readonly marksRead?: true
}

export interface CapabilitiesOf {
  readonly booking: BookingCapabilities
  readonly lock: KeypadCapabilities
  readonly intercom: IntercomCapabilities
  readonly notifier: NotifierCapabilities
}
