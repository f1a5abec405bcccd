import type { Instant } from '../domain/instant.ts'
import type { HeardReport, HeardWord } from '../ports/notifier.ts'

/** A request at a connection's own address. The address's token is not in it. */
export interface InboundWebhook<Config> {
  readonly method: 'GET' | 'POST'
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly rawBody: Uint8Array
  readonly config: Config
  /** The vendor's id of the account, as `readAccount` gave it at set-up. Absent before the first test. */
  readonly account?: string
  /** The sender's network address, told by the nearest proxy that the operator trusts. Absent in a replay. */
  readonly client?: string
  readonly now: Instant
}

/** "Look there." Always honoured; at worst it costs a look. Refs are at most 100 of `[A-Za-z0-9._:-]`. */
export type Nudge =
  | { readonly kind: 'booking'; readonly ref: string }
  | { readonly kind: 'device'; readonly ref: string }
  /** `key` is the one `send` was given. */
  | { readonly kind: 'message'; readonly key: string }
  | { readonly kind: 'everything' }

/** "This happened." Counts only with `proof: 'signature'`. */
export type Fact =
  | ({ readonly kind: 'message-delivery' } & HeardReport)
  /** At most as many characters of `text` are kept as a message may have. */
  | ({ readonly kind: 'word' } & HeardWord)

/** What one delivery says of another of the vendor's accounts than the address's own. */
export interface Elsewhere {
  /** As `accountOf` names it. */
  readonly account: string
  /** For people: `WhatsApp number 1065403`. */
  readonly title: string
  readonly nudges: readonly Nudge[]
  readonly facts?: readonly Fact[]
}

export type WebhookVerdict =
  | {
      readonly verdict: 'accepted'
      readonly proof: 'signature' | 'address-only'
      /** The vendor's own id of this delivery, where it sends one. */
      readonly deliveryKey?: string
      /** For the webhook log: `updateReservation`. */
      readonly topic: string
      readonly nudges: readonly Nudge[]
      readonly facts?: readonly Fact[]
      /**
       * Goes to the connection of the same tenant and adapter with that account, never to another tenant's; where there
       * is none it waits in quarantine and a person is alarmed.
       */
      readonly elsewhere?: readonly Elsewhere[]
    }
  | { readonly verdict: 'challenge'; readonly body: string }
  /** Understood, and nothing of ours. `reason` is for the webhook log. */
  | { readonly verdict: 'ignored'; readonly topic: string; readonly reason: string }
  /** `detail` says in words what was wrong, without quoting the payload. */
  | { readonly verdict: 'rejected'; readonly because: 'bad-signature' | 'stale' | 'malformed'; readonly detail: string }

export interface WebhookReceiver<Config> {
  /** Whether the vendor signs. An unsigned delivery is a nudge and nothing more. */
  readonly signed: boolean
  /** The largest body worth reading, bytes; 1 MB when absent. */
  readonly maxBytes?: number
  /** Headers that are not kept with the delivery because they may hold a credential. Lower case. */
  readonly secretHeaders?: readonly string[]
  /** The account of a connection, where one address may hear of several accounts. Equal to `readAccount`'s id. */
  accountOf?(config: Config): string
  /**
   * What of a body is stored, for a vendor that may send what nobody may keep (card data): another body, which `receive`
   * reads the same way. Absent: all of it is stored, sealed. Synchronous, never throws.
   */
  keep?(rawBody: Uint8Array): Uint8Array
  /** What a person does at the vendor so that deliveries come, as sentences. */
  readonly setUp: string
  /** Reads one request. Synchronous, no I/O, never throws for anything a stranger can send. */
  receive(request: InboundWebhook<Config>): WebhookVerdict
}
