import { plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { type Channel, channelName } from '../domain/policy.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { BookingSource } from '../ports/booking-source.ts'
import type { Call } from '../ports/call.ts'
import type { MessageReport, OutgoingMessage, Reply, SendReceipt, SentMessage } from '../ports/notifier.ts'
import type { StayView } from '../ports/stores.ts'
import type { Engine } from './engine.ts'
import { listen } from './heard.ts'

/** One way to this guest, whatever carries it. */
export interface OpenedChannel {
  readonly name: string
  /** For people: `SMS`, `Smoobu's inbox`. */
  readonly title: string
  readonly connectionId: string
  readonly form: 'plain' | 'letter'
  /** The guest's address on it; absent when there is none. */
  readonly to?: string
  /** Whether delivery states ever come. */
  readonly reports: boolean
  /** What is not delivered this many milliseconds after the send has expired, and nobody says so. */
  readonly expiresAfter?: number
  /** Asking costs nothing: what it says was told by webhooks before. */
  readonly listens?: true
  /** Why it cannot be used now. */
  readonly broken?: AdapterError
  send(message: OutgoingMessage, call: Call): Promise<SendReceipt>
  lookUp?(sent: SentMessage, call: Call): Promise<MessageReport | undefined>
  readReplies?(
    query: { readonly from: string; readonly since: SentMessage['sentAt'] },
    call: Call,
  ): Promise<readonly Reply[]>
}

/** A channel that cannot be opened is returned broken, so that the others still speak. */
export async function openChannel(engine: Engine, view: StayView, channel: Channel): Promise<OpenedChannel> {
  const name = channelName(channel)
  try {
    return channel.kind === 'inbox'
      ? await openInbox(engine, view)
      : await openNotifier(engine, view, channel.connectionId)
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    const send = () => Promise.reject(error)
    return {
      name,
      title: 'A channel',
      connectionId: channel.kind === 'inbox' ? view.booking.connectionId : channel.connectionId,
      form: 'plain',
      reports: false,
      broken: error,
      send,
    }
  }
}

async function openInbox({ providers }: Engine, { booking }: StayView): Promise<OpenedChannel> {
  const { provider, capabilities, vendor } = await providers.booking(booking.connectionId)
  const can = capabilities.messagesGuest && provider.messageGuest !== undefined
  return {
    name: 'inbox',
    title: `${vendor}'s inbox`,
    connectionId: booking.connectionId,
    form: 'letter',
    ...(can ? { to: booking.ref } : {}),
    reports: false,
    send: async ({ to, subject, text }, call) => {
      if (!provider.messageGuest) throw new TypeError(`${vendor} declares messagesGuest and has no messageGuest`)
      return await provider.messageGuest({ ref: to, text, ...(subject === undefined ? {} : { subject }) }, call)
    },
    ...(capabilities.readsMessages && provider.readMessages
      ? { lookUp: (sent: SentMessage, call: Call) => findInInbox(provider, sent, call) }
      : {}),
  }
}

async function openNotifier(engine: Engine, view: StayView, connectionId: string): Promise<OpenedChannel> {
  const { providers, store } = engine
  const { provider, capabilities, vendor } = await providers.notifier(connectionId)
  const { address, medium, expiresAfter } = capabilities
  const to = address === 'phone' ? view.booking.e164 : view.booking.guest.email
  const heard = capabilities.listens && to !== undefined ? await listen(store, view, connectionId, to) : undefined
  return {
    name: connectionId,
    title: medium === 'chat' ? vendor : address === 'phone' ? `SMS (${vendor})` : `mail (${vendor})`,
    connectionId,
    form: address === 'phone' && medium !== 'chat' ? 'plain' : 'letter',
    ...(to === undefined ? {} : { to }),
    reports: capabilities.reportsDelivery,
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
    send: async (message, call) => {
      if (heard?.optedOut) return { status: 'refused', reason: 'opted-out' }
      const { heardAt } = heard ?? {}
      return await provider.send(heardAt === undefined ? message : { ...message, heardAt }, call)
    },
    ...(heard
      ? {
          listens: true as const,
          lookUp: async ({ key }: SentMessage) => heard.reportOn(key),
          readReplies: async ({ from, since }: { readonly from: string; readonly since: Reply['at'] }) =>
            heard.repliesSince(from, since),
        }
      : {}),
    ...(provider.lookUp
      ? { lookUp: (sent: SentMessage, call: Call) => provider.lookUp?.(sent, call) ?? Promise.resolve(undefined) }
      : {}),
    ...(provider.readReplies
      ? {
          readReplies: (query: Parameters<NonNullable<typeof provider.readReplies>>[0], call: Call) =>
            provider.readReplies?.(query, call) ?? Promise.resolve([]),
        }
      : {}),
  }
}

/**
 * Inboxes give no id for a message, so ours is recognised by its words; white space and markup may differ. The same
 * words from before this send (a stay changed there and back) are another message.
 */
async function findInInbox(
  provider: BookingSource,
  { to, text, sentAt }: SentMessage,
  call: Call,
): Promise<MessageReport | undefined> {
  const messages = (await provider.readMessages?.(to, call)) ?? []
  const words = normalised(text)
  const since = plus(sentAt, -limits.clockTolerance)
  const found = messages.findLast(
    (message) =>
      message.from === 'host' &&
      (message.at === undefined || message.at >= since) &&
      normalised(message.text) === words,
  )
  return found && { state: 'sent', ...(found.at === undefined ? {} : { at: found.at }) }
}

const normalised = (text: string) => text.replace(/\s+/g, ' ').trim()
