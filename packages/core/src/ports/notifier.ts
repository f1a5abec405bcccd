import type { Instant } from '../domain/instant.ts'
import type { Account, Call } from './call.ts'

/** A channel that carries a text to a person. Throws `AdapterError` for what goes wrong on the way. */
export interface Notifier {
  readonly specVersion: 'v1'
  /** Asks the vendor whose account this is and what is left on it. Sends nothing. */
  readAccount(call: Call): Promise<Account>
  /** Sends once per call: whether the vendor dedupes by `key` is `capabilities.dedupesByKey`. */
  send(message: OutgoingMessage, call: Call): Promise<SendReceipt>
  /**
   * What became of a message, sent or perhaps sent. `undefined`: the vendor does not show it (yet).
   * Declared by `capabilities.looksUp`.
   */
  lookUp?(sent: SentMessage, call: Call): Promise<MessageReport | undefined>
  /** What this address wrote back since. Oldest first. Declared by `capabilities.readsReplies`. */
  readReplies?(query: { readonly from: string; readonly since: Instant }, call: Call): Promise<readonly Reply[]>
  close?(): Promise<void>
}

export interface OutgoingMessage {
  /** Ours, 1–40 characters of `[A-Za-z0-9_-]`, one per message and never reused. */
  readonly key: string
  /** E.164 or a mail address, as `capabilities.address` says. */
  readonly to: string
  readonly subject?: string
  readonly text: string
}

export interface SentMessage {
  readonly key: string
  readonly to: string
  readonly text: string
  readonly sentAt: Instant
  readonly vendorRef?: string
}

export type SendReceipt =
  | {
      readonly status: 'accepted'
      readonly vendorRef?: string
      /** The vendor holds it for a person of theirs; it normally still goes out, so it is never sent again. */
      readonly held?: true
    }
  | { readonly status: 'refused'; readonly reason: SendRefusal; readonly detail?: string }

/** Why a channel did not take a message. Nothing was sent. */
export type SendRefusal =
  | 'bad-address'
  | 'opted-out'
  | 'not-allowed'
  | 'no-credit'
  | 'too-often'
  | 'bad-sender'
  | 'bad-content'

export type DeliveryState = 'pending' | 'sent' | 'delivered' | 'read' | 'failed'

export interface MessageReport {
  readonly state: DeliveryState
  readonly vendorRef?: string
  readonly at?: Instant
  /** For people, when it failed. */
  readonly reason?: string
}

export interface Reply {
  readonly from: string
  readonly text: string
  readonly at: Instant
  /** The person asked for no more messages on this channel. */
  readonly optsOut: boolean
}
