import * as z from 'zod'
import type { DeliveryState, SendRefusal } from '../../ports/notifier.ts'
import type { NotifierVendor } from '../kits/subject.ts'
import type { MemoryWebhook } from './booking-vendor.ts'
import type { NotifierTraits } from './notifier-traits.ts'
import { isStop } from './notifier-provider.ts'
import { type Accounts, answerFrom, memoryToken, type Operations } from './wire.ts'

/**
 * What becomes of everything sent to an address. `silent`: accepted, never arrives, no word about it. `unreported`:
 * arrives, no word about it. `held`: waits for a person of the vendor, then goes out. `fails`: the network says no.
 */
export type Fate = 'silent' | 'unreported' | 'held' | 'fails'

interface StoredText {
  readonly account: string
  readonly ref: string
  readonly key: string
  readonly to: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly fate?: Fate
  /** The network's word, where a test has set it. */
  word?: { readonly state: DeliveryState; readonly at: number }
  /** The last state the webhook told. */
  told?: DeliveryState
}

/** What an in-memory message vendor remembers. Plain JSON. */
export interface MemoryNotifierState {
  readonly accounts: Accounts
  readonly sent: StoredText[]
  readonly replies: {
    readonly account: string
    readonly from: string
    readonly text: string
    readonly at: number
    /** The webhook has told it. */
    told?: true
  }[]
  /** Addresses that are refused, with the reason. */
  readonly refused: Record<string, SendRefusal>
  readonly fates: Record<string, Fate>
}

/** An in-memory message vendor, and what its people can do there. */
export interface MemoryNotifierVendor extends NotifierVendor {
  readonly state: MemoryNotifierState
  dueWebhooks(): readonly MemoryWebhook[]
  /** Another customer of the same vendor. */
  addAccount(token: string, id: string): void
  setFate(to: string, fate: Fate | undefined): void
  /** From now on sends to this address are refused, or with `undefined` taken again. */
  refuse(to: string, reason: SendRefusal | undefined): void
}

export function newMessages(): MemoryNotifierState {
  return {
    accounts: { [memoryToken.token]: { id: 'account-1', name: 'First account' } },
    sent: [],
    replies: [],
    refused: {
      '+33639980002': 'bad-address',
      '+33639980003': 'opted-out',
      '+33639980004': 'not-allowed',
      '+33639980005': 'too-often',
      'gone@guest.example': 'bad-address',
    },
    fates: {},
  }
}

export interface NotifierVendorParts {
  readonly state: MemoryNotifierState
  readonly traits: NotifierTraits
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export function notifierVendor({ state, traits, now }: NotifierVendorParts): MemoryNotifierVendor {
  const { address, deliversAfter } = traits
  const fits = (to: string) => (address === 'phone' ? to.startsWith('+') : to.includes('@'))
  const newestTo = (to: string) => state.sent.findLast((each) => each.to === to)
  const arrived = ({ fate, at }: StoredText) =>
    fate !== 'silent' && fate !== 'held' && fate !== 'fails' && at + deliversAfter <= now()
  const tokenOf = (account: string) =>
    Object.keys(state.accounts).find((token) => state.accounts[token]?.id === account) ?? ''

  const toldReplies = (): MemoryWebhook[] =>
    state.replies.flatMap((each, index) => {
      if (each.told) return []
      each.told = true
      const body = JSON.stringify({ word: `w${index}`, from: each.from, text: each.text, at: each.at })
      return [{ account: each.account, headers: { 'x-token': tokenOf(each.account) }, body }]
    })

  return {
    state,
    goodAddress: address === 'phone' ? '+33639980001' : 'ada@guest.example',
    badAddresses: Object.entries(state.refused).flatMap(([to, reason]) => (fits(to) ? [{ to, reason }] : [])),
    respond: (request) => answerFrom(request, state.accounts, operationsOf(state, traits, now)),
    dueWebhooks: () => [
      ...(traits.listens ? toldReplies() : []),
      ...(!traits.reportsDelivery
        ? []
        : state.sent.flatMap((each) => {
            const report = reportOf(each, traits, now())
            if (!report || report.state === each.told) return []
            each.told = report.state
            const body = JSON.stringify({ key: each.key, state: report.state, at: report.at })
            return [{ account: each.account, headers: { 'x-token': tokenOf(each.account) }, body }]
          })),
    ],
    received: (to) => state.sent.filter((each) => each.to === to && arrived(each)).map(({ text }) => text),
    setDelivery: (to, delivery) => {
      const newest = newestTo(to)
      if (!newest) throw new RangeError('nothing was sent to this address')
      newest.word = { state: delivery, at: now() }
    },
    reply: (from, text) => {
      state.replies.push({ account: newestTo(from)?.account ?? 'account-1', from, text, at: now() })
      if (isStop(text) && !traits.listens) state.refused[from] = 'opted-out'
    },
    addAccount: (token, id) => void (state.accounts[token] = { id, name: id }),
    setFate: (to, fate) => {
      if (fate) state.fates[to] = fate
      else delete state.fates[to]
    },
    refuse: (to, reason) => {
      if (reason) state.refused[to] = reason
      else delete state.refused[to]
    },
  }
}

const sendArgs = z.object({ key: z.string(), to: z.string(), text: z.string() })
const reportArgs = z.object({ key: z.string(), to: z.string() })
const repliesArgs = z.object({ from: z.string(), since: z.number() })

function operationsOf(state: MemoryNotifierState, traits: NotifierTraits, now: () => number): Operations {
  return {
    account: (account) => account,
    send: ({ id: account }, args) => {
      const { key, to, text } = sendArgs.parse(args)
      const reason = Object.hasOwn(state.refused, to) ? state.refused[to] : undefined
      if (reason) return { status: 'refused', reason }
      if (text.length > traits.textMaxLength) return { status: 'refused', reason: 'bad-content' }
      const double = traits.dedupesByKey && state.sent.find((each) => each.key === key && each.account === account)
      if (double) return { status: 'accepted', vendorRef: double.ref }
      const ref = `m${state.sent.length + 1}`
      const fate = Object.hasOwn(state.fates, to) ? state.fates[to] : undefined
      state.sent.push({ account, ref, key, to, text, at: now(), ...(fate === undefined ? {} : { fate }) })
      return { status: 'accepted', vendorRef: ref, ...(fate === 'held' ? { held: true } : {}) }
    },
    report: ({ id: account }, args) => {
      const { key, to } = reportArgs.parse(args)
      const found = state.sent.find((each) => each.key === key && each.to === to && each.account === account)
      const report = found && found.at + traits.showsAfter <= now() ? reportOf(found, traits, now()) : undefined
      return { report: found && report ? { ...report, vendorRef: found.ref } : null }
    },
    replies: ({ id }, args) => {
      const { from, since } = repliesArgs.parse(args)
      const found = state.replies.filter((each) => each.account === id && each.from === from && each.at >= since)
      return { replies: found.map(({ account: _, told: _told, ...reply }) => reply) }
    },
  }
}

/** What the vendor would say of a message now; nothing where it keeps silent. */
function reportOf(
  { at, fate, word }: StoredText,
  { deliversAfter }: NotifierTraits,
  now: number,
): { readonly state: DeliveryState; readonly at: number } | undefined {
  if (word) return word
  if (fate === 'silent' || fate === 'unreported') return undefined
  if (fate === 'held') return { state: 'pending', at }
  if (at + deliversAfter > now) return { state: 'sent', at }
  return { state: fate === 'fails' ? 'failed' : 'delivered', at: at + deliversAfter }
}
