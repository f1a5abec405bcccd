/** An answer that a test or a person of the provider has laid ready: once, at its moment. */
export interface Answer {
  readonly at: 'connect' | 'sign-in' | 'sender' | 'recipient' | 'letter'
  /** Of this recipient alone. */
  readonly to?: string
  readonly code: number
  /** With its enhanced code, where it has one: `4.7.1 Greylisted`. */
  readonly text: string
}

/** Everything the mail server remembers, as plain JSON. */
export interface SmtpState {
  /** Who may sign in; absent where nobody has to. */
  account?: { user: string; password: string }
  /** Addresses that may be sent from. */
  senders: string[]
  /** Mailboxes that do not exist, and those that are full. */
  unknown: string[]
  full: string[]
  /** Largest mail, bytes. */
  maxSize: number
  mails: { from: string; to: string; raw: string; at: number; user?: string }[]
  /** What people answered, in the host's own mailbox. */
  inbox: { from: string; text: string; at: number }[]
  deliveries: Record<string, string>
  answers: Answer[]
  lastId: number
}

export const fakeAccount = { user: 'stay@quai.example.test', password: 'plum-lantern-93' } as const

export function freshState(): SmtpState {
  return {
    account: { ...fakeAccount },
    senders: [fakeAccount.user],
    unknown: ['nobody@guest.test'],
    full: ['full@guest.test'],
    maxSize: 10_000_000,
    mails: [],
    inbox: [],
    deliveries: {},
    answers: [],
    lastId: 0x4f1a,
  }
}
