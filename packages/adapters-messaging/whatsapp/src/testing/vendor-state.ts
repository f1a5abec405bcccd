/** What the fake remembers. Plain JSON. */
export interface WhatsAppState {
  lastId: number
  /** By token: which business account it opens. */
  readonly tokens: Record<string, string>
  /** Of the Meta app that all accounts here are subscribed to. */
  readonly appSecret: string
  readonly accounts: AccountState[]
  readonly numbers: NumberState[]
  readonly messages: MessageState[]
  readonly inbound: InboundState[]
  readonly behaviour: Behaviour
}

export interface AccountState {
  readonly id: string
  /** `POST /subscribed_apps` was called; before it no webhook comes. */
  subscribed: boolean
  readonly templates: TemplateState[]
}

export interface NumberState {
  readonly id: string
  readonly account: string
  readonly display: string
  readonly name: string
  status: string
  quality: string
}

export interface TemplateState {
  readonly name: string
  readonly language: string
  status: string
  readonly category: string
  readonly format: 'NAMED' | 'POSITIONAL'
  readonly body: string
}

export type StatusName = 'sent' | 'delivered' | 'read' | 'failed'

export interface StatusState {
  readonly status: StatusName
  /** Milliseconds since 1970. */
  readonly at: number
  readonly code?: number
  told: boolean
}

export interface MessageState {
  readonly id: string
  readonly number: string
  /** Digits. */
  readonly to: string
  readonly key: string
  /** What the phone shows. */
  readonly shown: string
  readonly kind: 'text' | 'interactive' | 'template'
  readonly quotes: string
  readonly at: number
  statuses: StatusState[]
}

export interface InboundState {
  readonly id: string
  readonly number: string
  readonly from: string
  readonly at: number
  /** The part of the message that depends on its type. */
  readonly content: Readonly<Record<string, unknown>> & { readonly type: string }
  told: boolean
  read: boolean
}

/** How the vendor behaves from now on; change it to play its people and its moods. */
export interface Behaviour {
  /** The next sends meet these errors of Graph. */
  readonly next: { readonly code: number; readonly http?: number; readonly subcode?: number }[]
  /** With a failure for the day's window: at once, or later as a status. */
  windowFailure: 'later' | 'at-once'
  /** Nothing is ever reported of these messages (a phone that is off, a time that ran out). */
  silent: boolean
  /** Read at once, so `delivered` never comes. */
  skipsDelivered: boolean
  /** How deliveries come. */
  order: 'in-order' | 'reversed' | 'doubled' | 'missing'
  /** All that is due in one POST, whoever it is for. */
  batches: boolean
  /** People hide their number: only user ids come. */
  hidesNumbers: boolean
  /** `conversation` vanished with v24. */
  version: 'v23' | 'v24'
  /** Numbers in Brazil and Mexico come in their old form. */
  oldNumbers: boolean
  signature: 'right' | 'wrong' | 'missing'
}

export const fake = {
  token: 'EAAfaketokenofasystemuser0000000001',
  appSecret: '0123456789abcdef0123456789abcdef',
  account: '102290129340398',
  number: '106540352242922',
} as const

/** Numbers that are refused at once, with the code; from the French range for fiction. */
export const magicNumbers: Readonly<Record<string, number>> = {
  '33639980002': 131026,
  '33639980003': 131050,
  '33639980004': 130497,
  '33639980005': 131049,
}
/** Accepted, and undeliverable later: how most of these failures really come. */
export const unreachableNumber = '33639980006'

const way = (names: readonly string[]) =>
  `Hello ${names[0]}, this is your way into ${names[1]}, ${names[2]}, from ${names[3]} until ${names[4]}: ${names[5]}. Have a good stay!`
const named = ['{{guest_name}}', '{{unit}}', '{{property}}', '{{from}}', '{{until}}', '{{doors}}']

/** Templates as the README asks for them. */
export function templatesOf(language: string, format: TemplateState['format'] = 'NAMED'): TemplateState[] {
  const names = format === 'NAMED' ? named : named.map((_, index) => `{{${index + 1}}}`)
  const text = format === 'NAMED' ? '{{text}}' : '{{1}}'
  const make = (name: string, body: string): TemplateState => ({
    name,
    language,
    status: 'APPROVED',
    category: 'UTILITY',
    format,
    body,
  })
  return [
    make('door_code', way(names)),
    make('door_change', `Something has changed. ${way(names)}`),
    make(
      'door_withdrawal',
      `Hello ${names[0]}, your booking of ${names[1]}, ${names[2]}, is cancelled. The door code no longer works.`,
    ),
    make('door_alarm', `Stayward says: ${text} (end)`),
  ]
}

export function freshState(now: number): WhatsAppState {
  return {
    lastId: 0,
    tokens: { [fake.token]: fake.account },
    appSecret: fake.appSecret,
    accounts: [{ id: fake.account, subscribed: true, templates: templatesOf('en') }],
    numbers: [
      {
        id: fake.number,
        account: fake.account,
        display: '+33 6 39 98 00 00',
        name: 'Test House',
        status: 'CONNECTED',
        quality: 'GREEN',
      },
    ],
    messages: [],
    // The usual guest has just written, so that free words are taken.
    inbound: [
      {
        id: 'wamid.FIRST',
        number: fake.number,
        from: '33639980001',
        at: now,
        content: { type: 'text', text: { body: 'Hello!' } },
        told: true,
        read: false,
      },
    ],
    behaviour: {
      next: [],
      windowFailure: 'later',
      silent: false,
      skipsDelivered: false,
      order: 'in-order',
      batches: true,
      hidesNumbers: false,
      version: 'v24',
      oldNumbers: false,
      signature: 'right',
    },
  }
}

/** What the parts of the fake share. */
export interface Room {
  readonly state: WhatsAppState
  readonly now: () => number
  /** Milliseconds from a send to `sent`, and as long again to `delivered`. */
  readonly statusDelay: number
  readonly nextId: () => number
}

/** `+`-less digits as Meta prints them; older accounts of some countries have another form. */
export function waIdOf({ state }: Room, digits: string): string {
  if (!state.behaviour.oldNumbers) return digits
  return digits.replace(/^(55\d\d)9(\d{8})$/, '$1$2').replace(/^52(\d{10})$/, '521$1')
}

export const userIdOf = (digits: string): string => `FR.9${digits}`
