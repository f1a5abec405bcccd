/** Everything the fake remembers: plain JSON, so that it can be stored and continued. Times are milliseconds since 1970. */
export interface SmsFactorState {
  accounts: AccountState[]
  messages: MessageState[]
  inbound: InboundState[]
  /** Numbers that answered STOP, per account. */
  blacklist: { account: string; number: string }[]
  webhooks: WebhookState[]
  /** The last number given to anything. */
  lastId: number
  behaviour: Behaviour
}

export interface AccountState {
  /** The token's `sub`, and `account_id` in webhooks. */
  id: string
  tokens: { id: string; name: string; token: string }[]
  credits: number
  postpaid: boolean
  unlimited: boolean
}

export interface MessageState {
  id: number
  account: string
  /** The vendor's `campaign_id` of it. */
  ticket: string
  /** `gsmsmsid`, empty when none was given. */
  key: string
  /** Digits without `+`. */
  to: string
  text: string
  /** As a phone shows it: what GSM-7 lacks is gone when Unicode was not asked for. */
  shown: string
  sender: string
  parts: number
  cost: number
  sentAt: number
  standing: 'going' | 'held' | 'denied' | 'cancelled'
  /** Delivery codes with their times, oldest first; those ahead of the clock have not happened yet. */
  reports: { code: number; at: number; told: boolean }[]
}

export interface InboundState {
  id: number
  account: string
  /** Digits without `+`. */
  from: string
  text: string
  at: number
  /** `gsmsmsid` of the newest message to that number. */
  lastKey: string
  stop: boolean
  told: boolean
}

export type WebhookType = 'DLR' | 'MO' | 'STOP' | 'CLICKER' | 'BALANCE_ALERT'

export interface WebhookState {
  id: string
  account: string
  type: WebhookType
  url: string
  signature: string
  status: 'live' | 'paused'
}

/** What one `/send` does instead of its work. `…-after`: it does its work as well, and the caller cannot know. */
export type InjectedAnswer =
  /** Only the status; −8 holds the message for moderation. */
  | { readonly status: number; readonly details?: string }
  /** `{"error": "…"}` without a status. */
  | 'error-key'
  /** HTTP 502 with a page, before or after having sent. */
  | 'html-502'
  | 'html-502-after'
  /** Sent, but the answer never came. */
  | 'silence-after'
  /** Status 1, nothing sent, no counter says why. */
  | 'nothing-counted'
  /** Status 1, the one recipient counted as a double. */
  | 'duplicated'

/** Settings of the vendor that tests turn. */
export interface Behaviour {
  /** Taken one per `/send`, in order. */
  next: InjectedAnswer[]
  /** Answers of before the counters `not_allowed`, `flood` and `country_limit`. */
  olderAnswers: boolean
  /** Numbers as text, in answers and webhooks. */
  numbersAsText: boolean
  webhookContentType: 'application/json' | 'text/plain' | 'application/x-www-form-urlencoded'
  webhookMishap: 'none' | 'doubled' | 'reversed' | 'missing'
  /** How webhooks with a secret are signed; the real way is not published. */
  signature: 'none' | 'plain' | 'hmac-sha256-hex'
  /** Which of its two number fields a received message has the guest in; not documented. */
  inboundNumberIn: 'sender' | 'destination'
}

/** A JWT of the vendor's shape for a made-up account; the signature part is no signature. */
export function tokenOf(account: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: account, iat: 1_767_225_600 })}.c3ludGhldGljLXNpZ25hdHVyZQ`
}

/** The account every fresh fake has, and its token. */
export const fakeAccount = '11656'
export const fakeToken = tokenOf(fakeAccount)

export function freshState(): SmsFactorState {
  return {
    accounts: [
      {
        id: fakeAccount,
        tokens: [{ id: '1', name: 'hub', token: fakeToken }],
        credits: 44_690,
        postpaid: false,
        unlimited: false,
      },
    ],
    messages: [],
    inbound: [],
    blacklist: [],
    webhooks: [],
    lastId: 14_672_467,
    behaviour: {
      next: [],
      olderAnswers: false,
      numbersAsText: false,
      webhookContentType: 'application/json',
      webhookMishap: 'none',
      signature: 'none',
      inboundNumberIn: 'sender',
    },
  }
}

/**
 * Numbers with a fate, digits without `+`. All lie in 06 39 98, which the French regulator keeps free for fiction.
 * `reporting(code)`: accepted, then reported with that delivery code.
 */
export const magicNumbers = {
  npai: '33639989001',
  blacklisted: '33639989002',
  flood: '33639989003',
  notAllowed: '33639989004',
  countryLimit: '33639989005',
  /** Accepted, held for moderation: status −8. */
  held: '33639989008',
  /** Accepted, and no report ever comes. */
  silent: '33639989009',
  reporting: (code: number) => `336399880${String(code).padStart(2, '0')}`,
} as const

/** What every route of the fake works with. */
export interface Room {
  readonly state: SmsFactorState
  now(): number
  nextId(): number
  /** From the send to `SENT`; as long again to the final report. */
  readonly reportDelay: number
  /** From the send until `GET /messages` shows it. */
  readonly listingLag: number
}
