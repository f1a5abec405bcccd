import type { Instant } from '../domain/instant.ts'
import type { MessageKind } from '../domain/message.ts'
import type { Account, Call } from './call.ts'
import type { RegistersWebhook } from './registers-webhook.ts'

/** A channel that carries a text to a person. Throws `AdapterError` for what goes wrong on the way. */
export interface Notifier extends RegistersWebhook {
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
  /** Shows the person that their message was read; a failure loses nothing. Declared by `capabilities.marksRead`. */
  markRead?(ref: string, call: Call): Promise<void>
  close?(): Promise<void>
}

export interface OutgoingMessage {
  /** Ours, 1–40 characters of `[A-Za-z0-9_-]`, one per message and never reused. */
  readonly key: string
  /** E.164 or a mail address, as `capabilities.address` says. */
  readonly to: string
  readonly subject?: string
  readonly text: string
  /** The same as values for a template, for channels that take free words only at times (`capabilities.freeFor`). */
  readonly content?: TemplateContent
  /** When this person last wrote on this channel, as signed webhooks told. Absent: not known to have written. */
  readonly heardAt?: Instant
  /** Our earlier message that this one is about, as `vendorRef`; shown as a quotation where the channel can. */
  readonly replyTo?: string
  /** Answers that the person may tap, at most `capabilities.choices`. */
  readonly choices?: readonly { readonly id: string; readonly title: string }[]
}

/** What a message says, in values. `alarm` is told to the operator, everything else to guests. */
export interface TemplateContent {
  readonly kind: MessageKind | 'alarm'
  /** Of the values, two lower-case letters. */
  readonly language: string
  /** `guestName`, `unit`, `property`, `from`, `until`, `doors` (one line each); for an alarm `text`. */
  readonly values: Readonly<Record<string, string>>
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
      /** For people, where other words went out than `text`: `as the template door_code (fr)`. */
      readonly wording?: string
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
  /** Free words are not taken now, and no template says this. */
  | 'outside-window'

export type DeliveryState = 'pending' | 'sent' | 'delivered' | 'read' | 'failed'

export interface MessageReport {
  readonly state: DeliveryState
  readonly vendorRef?: string
  readonly at?: Instant
  /** For people, when it failed. */
  readonly reason?: string
}

/** What a signed webhook told of a message of ours. */
export interface HeardReport extends MessageReport {
  /** The one `send` was given. */
  readonly key: string
  readonly at: Instant
  /** What the vendor calls the recipient besides the address: a later word may come from there. */
  readonly alias?: string
}

/** What a signed webhook told that a person wrote to us. */
export interface HeardWord {
  /** The vendor's id of it, at most 300 characters. */
  readonly id: string
  /** Every address it may have come from, in the form of `OutgoingMessage.to`, and the vendor's own name for the person. */
  readonly from: readonly string[]
  readonly text: string
  readonly at: Instant
  /** The person asked for no more messages on this channel. */
  readonly optsOut: boolean
}

export interface Reply {
  readonly from: string
  readonly text: string
  readonly at: Instant
  /** The person asked for no more messages on this channel. */
  readonly optsOut: boolean
}
