import type { DeliveryState } from '@stayward/core/adapter'
import type { FakeOptions, NotifierVendor } from '@stayward/core/testing'
import { getResponse } from 'msw'
import { latestCode, reportRoutes } from './vendor-reports.ts'
import { reportsAhead, sendingRoutes } from './vendor-sending.ts'
import { newWebhook, settingRoutes } from './vendor-settings.ts'
import {
  fakeAccount,
  freshState,
  type InjectedAnswer,
  magicNumbers,
  type MessageState,
  type Room,
  type SmsFactorState,
} from './vendor-state.ts'
import { takeDue } from './vendor-webhooks.ts'

export interface SmsFactorVendorOptions extends FakeOptions<SmsFactorState> {
  /** Milliseconds from the send to the report `SENT`, and as long again to the final one. */
  readonly reportDelay?: number
  /** Milliseconds from a send or a reply until `GET /messages` shows it. */
  readonly listingLag?: number
  /** Webhooks of the types DLR, MO and STOP are registered for the fresh account, as a host would in the web account. */
  readonly webhooks?: boolean
  /** The "signature" these webhooks are registered with. */
  readonly webhookSecret?: string
}

export interface SmsFactorVendor extends NotifierVendor {
  readonly state: SmsFactorState
  /** The next `/send` meets this. */
  answerNext(...answers: readonly InjectedAnswer[]): void
  /** A person of the vendor decides on everything held for this number. Denied messages give their credits back. */
  moderate(to: string, decision: 'release' | 'deny'): void
}

/** SMSFactor with a memory. `state` of an earlier one, also after a round trip through JSON, continues it. */
export function smsFactorVendor(options: SmsFactorVendorOptions = {}): SmsFactorVendor {
  const { state = freshState(), now = Date.now, reportDelay = 4000, listingLag = 20_000, webhookSecret } = options
  const room: Room = { state, now, reportDelay, listingLag, nextId: () => ++state.lastId }
  if (options.webhooks && state.webhooks.length === 0)
    for (const type of ['DLR', 'MO', 'STOP'] as const)
      state.webhooks.push(
        newWebhook(String(room.nextId()), fakeAccount, type, 'https://hub.example/webhook', webhookSecret),
      )

  const handlers = [...sendingRoutes(room), ...reportRoutes(room), ...settingRoutes(room)]
  const newestTo = (to: string) =>
    state.messages.findLast((each) => each.to === digits(to) && each.standing !== 'cancelled')

  return {
    state,
    goodAddress: '+33639980001',
    badAddresses: [
      { to: '+331', reason: 'bad-address' },
      { to: '+3363998', reason: 'bad-address' },
      { to: `+${magicNumbers.npai}`, reason: 'bad-address' },
      { to: `+${magicNumbers.blacklisted}`, reason: 'opted-out' },
      { to: `+${magicNumbers.notAllowed}`, reason: 'not-allowed' },
      { to: `+${magicNumbers.countryLimit}`, reason: 'not-allowed' },
      { to: `+${magicNumbers.flood}`, reason: 'too-often' },
    ],
    respond: async (request) => (await getResponse(handlers, request)) ?? new Response('Not found', { status: 404 }),
    dueWebhooks: () => takeDue(room),
    received: (to) =>
      state.messages.filter((each) => each.to === digits(to) && arrived(each, now())).map(({ shown }) => shown),
    setDelivery(to, delivery) {
      const message = newestTo(to)
      if (!message) throw new RangeError('nothing was sent to this address')
      const past = message.reports.filter(({ at }) => at <= now())
      message.reports = [...past, { code: codeOf[delivery], at: now(), told: false }]
    },
    reply(from, text) {
      const last = newestTo(from)
      // A phone cannot answer a name; without a name the message comes from a number, and people write to it unasked.
      if (last !== undefined && last.sender !== '') return
      const { account, key } = last ?? { account: fakeAccount, key: '' }
      const stop = text.trim().toUpperCase() === 'STOP'
      const number = digits(from)
      state.inbound.push({ id: room.nextId(), account, from: number, text, at: now(), lastKey: key, stop, told: false })
      if (stop) state.blacklist.push({ account, number })
    },
    answerNext: (...answers) => void state.behaviour.next.push(...answers),
    moderate(to, decision) {
      for (const message of state.messages.filter((each) => each.to === digits(to) && each.standing === 'held')) {
        message.standing = decision === 'release' ? 'going' : 'denied'
        const account = state.accounts.find(({ id }) => id === message.account)
        if (decision === 'release') message.reports = reportsAhead(room, message.to, now())
        else if (account && !account.unlimited) account.credits += message.cost
      }
    },
  }
}

/** An SMS is never known to be read: the network's last word is that it arrived. */
const codeOf: Readonly<Record<DeliveryState, number>> = { pending: 0, sent: 1, delivered: 3, read: 3, failed: 2 }

function digits(address: string): string {
  return address.replace(/^\+/, '')
}

function arrived(message: MessageState, now: number): boolean {
  const code = latestCode(message, now)
  return message.standing === 'going' && message.sentAt <= now && (code === undefined || code === 1 || code === 3)
}
