import { between, type Instant, plus } from '../domain/instant.ts'
import type { LostTime } from '../domain/lost-time.ts'
import type { Message } from '../domain/message.ts'
import { isTaken, telling } from '../domain/message-ledger.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { MessageReport } from '../ports/notifier.ts'
import type { Alert, MessageChanges, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import type { OpenedChannel } from './channels.ts'
import type { Engine } from './engine.ts'

export interface CaughtUp {
  /** The messages that changed, by id. */
  readonly changed: ReadonlyMap<string, Message>
  readonly failure?: ChannelFailure
}

/** A channel that could not be asked. */
export interface ChannelFailure {
  readonly connectionId: string
  readonly error: AdapterError
}

/** Replies are looked for this long after the newest message, milliseconds. */
const repliesFor = 3 * 86_400_000

/**
 * Settles what earlier looks left open: sends whose end is not known are looked up and, only where M1 allows it, planned
 * once more; delivery states and answers are read. A vendor that cannot be asked now keeps nothing else
 * waiting: its failure is handed back for the queue.
 */
export async function catchUp(
  engine: Engine,
  look: Look,
  view: StayView,
  channels: readonly OpenedChannel[],
): Promise<CaughtUp> {
  const { store, clock } = engine
  const { booking } = view
  const update: Message[] = []
  const timeline: TimelineEntry[] = []
  const raise: Alert[] = []
  const settle: Pick<Alert, 'kind' | 'subject'>[] = []
  let failure: ChannelFailure | undefined
  const asking = async <Answer>(channel: OpenedChannel, ask: () => Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await ask()
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      failure ??= { connectionId: channel.connectionId, error }
      return undefined
    }
  }
  for (const message of view.messages) {
    const channel = channels.find(({ name }) => name === message.channel)
    if (!isOpen(message) && !(channel?.listens && isGivenUp(message))) continue
    const answer = channel
      ? await asking(channel, async () => ({ report: await lookUp(channel, message, look) }))
      : { report: undefined }
    const after = answer ? settled(engine, view, message, channel, answer.report) : message
    if (after === message) continue
    update.push(after)
    const subject = { kind: 'message' as const, subject: `booking:${booking.id}:${message.channel}` }
    const line = lineOf(message, after, channel?.title ?? 'A channel')
    if (line) timeline.push({ bookingId: booking.id, cause: 'vendor', ...line })
    if (after.delivery === 'failed' || after.state === 'doubtful')
      raise.push({
        ...subject,
        text: line?.text ?? 'A message did not arrive.',
        remedy: line?.remedy ?? 'Tell the guest yourself.',
        loud: 'page',
      })
    else if (isGivenUp(message)) settle.push(subject)
  }
  const replies: NonNullable<MessageChanges['replies']>[number][] = []
  for (const channel of channels)
    replies.push(...((await asking(channel, () => readReplies(engine, look, view, channel))) ?? []))
  timeline.push(...replies.flatMap((reply) => replyLine(view, reply)))
  const failed = failure ? { failure } : {}
  if (update.length + replies.length === 0) return { changed: new Map(), ...failed }
  const marks: Mark[] = update.length > 0 ? [{ kind: 'booking', key: booking.id, why: 'step' }] : []
  const changes = { bookingId: booking.id, update, replies }
  await store.saveMessages(look, changes, { now: clock.now(), timeline, raise, settle, marks })
  return { changed: new Map(update.map((message) => [message.id, message])), ...failed }
}

/** What the channel's answer makes of a message; no report: the channel does not know it, or cannot be asked at all. */
function settled(
  engine: Engine,
  view: StayView,
  message: Message,
  channel: OpenedChannel | undefined,
  report: MessageReport | undefined,
): Message {
  const { clock, lostTime } = engine
  const seen = report ? reported(asSent(message, report, lostTime?.()), report, channel?.reports ?? false) : message
  // What a silence means depends on how long it has been, and nobody can say that now.
  if (clock.doubt?.() !== undefined) return seen
  if (!report && message.state === 'claimed') return unanswered(engine, view, message, channel)
  return expired(seen, channel, clock.now())
}

/** When a message of the forgotten time was sent, only its channel knows. */
function asSent(message: Message, { at }: MessageReport, lost: LostTime | undefined): Message {
  const { state, claimedAt } = message
  const isRecalled = state === 'claimed' && lost !== undefined && claimedAt !== undefined && claimedAt <= lost.until
  return isRecalled && at !== undefined && at > claimedAt ? { ...message, claimedAt: at } : message
}

function isOpen({ state, delivery }: Message): boolean {
  return state === 'claimed' || (state === 'accepted' && (delivery === 'pending' || delivery === 'sent'))
}

/** A person was called for it; the vendor's word that it went out or arrived after all may still come. */
function isGivenUp({ state, delivery }: Message): boolean {
  return state === 'doubtful' || (state === 'accepted' && delivery === 'failed')
}

/** Vendors that drop what they cannot deliver in time say nothing of it. A later word still counts. */
function expired(message: Message, channel: OpenedChannel | undefined, now: Instant): Message {
  const { state, delivery, claimedAt } = message
  const open = state === 'accepted' && (delivery === 'pending' || delivery === 'sent')
  if (!open || channel?.expiresAfter === undefined || claimedAt === undefined) return message
  if (plus(claimedAt, channel.expiresAfter) > now) return message
  const hours = Math.round(channel.expiresAfter / 3_600_000)
  return { ...message, delivery: 'failed', reason: `It was not delivered within ${hours} hours.` }
}

async function lookUp(channel: OpenedChannel, message: Message, look: Look): Promise<MessageReport | undefined> {
  const { id: key, to, text = '', claimedAt, vendorRef } = message
  if (channel.broken) throw channel.broken
  if (!channel.lookUp || claimedAt === undefined) return undefined
  return await channel.lookUp(
    { key, to, text, sentAt: claimedAt, ...(vendorRef === undefined ? {} : { vendorRef }) },
    look,
  )
}

/** The channel shows it: it was sent, whatever the send itself said. A delivery never goes back (`delivered` stays). */
function reported(message: Message, { state, vendorRef, reason }: MessageReport, reports: boolean): Message {
  const arrived = message.delivery === 'delivered' || message.delivery === 'read'
  if (arrived || (message.state === 'accepted' && message.delivery === state)) return message
  if (message.delivery === 'failed' && state !== 'delivered' && state !== 'read') return message
  return {
    ...message,
    state: 'accepted',
    ...(reports ? { delivery: state } : {}), // else nothing more will ever be said of it
    ...(vendorRef === undefined ? {} : { vendorRef }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/**
 * Nobody shows it. Before `silence` is over it may still be on its way. After it, only a door code that is needed within
 * a day is sent again, once (M1); anything else waits for a person.
 */
function unanswered(
  { clock, pace, lostTime }: Engine,
  { messages, policy }: StayView,
  message: Message,
  channel: OpenedChannel | undefined,
): Message {
  const now = clock.now()
  if (message.claimedAt === undefined || plus(message.claimedAt, pace.silence) > now) return message
  const newest = messages.findLast(({ channel, state }) => channel === message.channel && state !== 'withdrawn')
  const lost = lostTime?.()
  const mayBeForgotten = lost !== undefined && message.claimedAt <= lost.until // that it was sent again
  // With a policy of fallback another channel may have spoken in the silence; that is one or the other, not both (M7).
  const isCarried =
    policy.mode === 'fallback' &&
    messages.some((one) => one.channel !== message.channel && isTaken(one) && telling(one) === telling(message))
  const isNeeded = message.kind === 'door-code' && !isCarried && isNear(message, now)
  const isAllowed = isNeeded && message.resends === 0 && !mayBeForgotten
  if (isAllowed && newest?.id === message.id && channel?.to === message.to) {
    const { claimedAt: _claimed, ...back } = message
    return { ...back, state: 'planned', resends: 1 }
  }
  return { ...message, state: 'doubtful' }
}

function isNear({ told }: Message, now: Instant): boolean {
  return between(now, told.window.from) <= 86_400_000 && now < told.window.until
}

async function readReplies(
  { clock }: Engine,
  look: Look,
  { messages }: StayView,
  channel: OpenedChannel,
): Promise<NonNullable<MessageChanges['replies']>> {
  const now = clock.now()
  const first = messages.find(
    ({ channel: name, state, claimedAt }) =>
      name === channel.name && state === 'accepted' && claimedAt !== undefined && between(claimedAt, now) < repliesFor,
  )
  if (!channel.readReplies || first?.claimedAt === undefined) return []
  const replies = await channel.readReplies({ from: first.to, since: first.claimedAt }, look)
  return replies.map(({ at, text, optsOut }) => ({ channel: channel.name, at, text, optsOut }))
}

/** Replies are read again at every look; one that is not newer than the last line about one is told already. */
function replyLine(
  { booking, saidLast }: StayView,
  { optsOut, at }: NonNullable<MessageChanges['replies']>[number],
): TimelineEntry[] {
  const kind = optsOut ? 'opted-out' : 'reply'
  const text = optsOut
    ? `The guest asked for no more messages on this channel (${at}).`
    : `The guest answered at ${at}.`
  // Both begin alike, so that they sort by their instant.
  if (text <= (saidLast.get(kind) ?? '')) return []
  return [{ bookingId: booking.id, kind, text, cause: 'vendor' }]
}

function lineOf(
  before: Message,
  after: Message,
  title: string,
): Pick<TimelineEntry, 'kind' | 'text' | 'remedy'> | undefined {
  if (after.state === 'planned')
    return { kind: 'send-again', text: `${title} shows no trace of the message, so it is sent once more.` }
  if (after.state === 'doubtful')
    return {
      kind: 'send-doubtful',
      text: `Nobody can say whether ${whats[after.kind]} by ${title} went out.`,
      remedy: 'Ask the guest, or tell the guest yourself.',
    }
  if (after.delivery === 'failed')
    return {
      kind: 'delivery-failed',
      text: `${title} could not deliver ${whats[after.kind]}.`,
      remedy: 'Tell the guest in another way.',
    }
  if (before.state === 'claimed')
    return { kind: `told-${after.kind}`, text: `${title} shows that the message had gone out; it is not sent again.` }
  if (after.delivery === 'delivered' || after.delivery === 'read')
    return { kind: 'delivered', text: `The message by ${title} was ${after.delivery}.` }
  return undefined
}

const whats = { 'door-code': 'the door code', change: 'the change', withdrawal: 'the withdrawal of the code' }
