import type { Booking } from './booking.ts'
import type { Risk } from './door-readiness.ts'
import type { Instant } from './instant.ts'
import type { Message, MessageKind, Told } from './message.ts'
import { wayIn } from './message-ledger.ts'
import { channelName, type Policy } from './policy.ts'

/** What one channel has done to tell the guest the way in as it is now. */
export interface ChannelReadiness {
  /** `inbox`, or the notifier's connection. */
  readonly channel: string
  readonly kind?: MessageKind
  readonly at?: Instant
  /**
   * `none`: it has told nothing of the way in as it is now. `unknown`: a send has started and its end is not known.
   * `accepted`: the channel took it. `delivered` and `read`: the vendor reported so. `refused`, `failed`: it did not arrive.
   */
  readonly proof: 'none' | 'unknown' | 'accepted' | 'delivered' | 'read' | 'refused' | 'failed'
  /** A channel that never reports leaves `accepted` as the most that anybody can know. Absent while nothing was taken. */
  readonly reports?: boolean
}

export interface ToldInput {
  readonly booking: Pick<Booking, 'ref' | 'e164' | 'guest'>
  /** What the guest would have to know; absent while a door has no code that it takes. */
  readonly told?: Told
  readonly messages: readonly Message[]
  readonly channels: Policy['channels']
}

export interface ToldReadiness {
  readonly channels: readonly ChannelReadiness[]
  readonly risks: readonly Risk[]
}

/** Whether this guest knows the way in, by which channel, and how surely. */
export function toldReadiness(input: ToldInput): ToldReadiness {
  const left = input.messages.filter(({ state }) => state !== 'withdrawn' && state !== 'planned')
  const names = new Set([...input.channels.map(channelName), ...left.map(({ channel }) => channel)])
  const channels = [...names].map((channel) => readinessOf(channel, left, input))
  const risk = riskOf(channels, input)
  return { channels, risks: risk ? [risk] : [] }
}

function readinessOf(channel: string, left: readonly Message[], input: ToldInput): ChannelReadiness {
  const last = left.findLast((message) => message.channel === channel)
  if (!last || !tellsTheWay(last, input)) return { channel, proof: 'none' }
  const { kind, claimedAt } = last
  return { channel, kind, ...(claimedAt === undefined ? {} : { at: claimedAt }), ...proofOf(last) }
}

/** The way in as it is now, told to an address the booking still has. */
function tellsTheWay({ kind, told: before, to }: Message, { told, booking }: ToldInput): boolean {
  const theirs = [booking.ref, booking.e164, booking.guest.email]
  return kind !== 'withdrawal' && told !== undefined && theirs.includes(to) && wayIn(before) === wayIn(told)
}

function proofOf({ state, delivery }: Message): Pick<ChannelReadiness, 'proof' | 'reports'> {
  if (state === 'refused') return { proof: 'refused' }
  if (state !== 'accepted') return { proof: 'unknown' }
  if (delivery === undefined) return { proof: 'accepted', reports: false }
  switch (delivery) {
    case 'pending':
    case 'sent':
      return { proof: 'accepted', reports: true }
    case 'delivered':
    case 'read':
    case 'failed':
      return { proof: delivery, reports: true }
  }
}

function riskOf(channels: readonly ChannelReadiness[], input: ToldInput): Risk | undefined {
  const { told, channels: set, booking } = input
  const having = (...proofs: readonly ChannelReadiness['proof'][]) =>
    channels.filter(({ proof }) => proofs.includes(proof))
  if (having('delivered', 'read').length > 0) return undefined
  const taken = having('accepted')
  if (taken.some(({ reports }) => reports))
    return {
      code: 'delivery-open',
      level: 'at-risk',
      text: 'The message to the guest is on its way; its delivery has not been reported yet.',
      remedy: 'Ask the guest if no report comes before the arrival.',
    }
  if (taken.length > 0)
    return {
      code: 'delivery-not-reported',
      level: 'at-risk',
      text: 'The message to the guest was taken by a channel that never reports delivery, so nobody can prove that it arrived.',
      remedy: 'Ask the guest, or set up a channel that reports delivery, such as SMS.',
    }
  if (booking.guest.isOwner)
    return {
      code: 'owner-stay',
      level: 'at-risk',
      text: 'The owner stays there, and the hub writes to guests only.',
      remedy: 'Give the owner the PIN yourself.',
    }
  if (set.length === 0)
    return {
      code: 'no-channel',
      level: 'at-risk',
      text: 'The hub tells this guest nothing: no channel is set.',
      remedy: 'Tell the guest yourself, or set a channel: stayward tenant set <tenant> --channel inbox',
    }
  return notTold(having('unknown').length > 0, having('refused', 'failed').length > 0, told === undefined)
}

function notTold(unknown: boolean, failed: boolean, unready: boolean): Risk {
  const risk = (code: string, text: string, remedy: string): Risk => ({ code, level: 'not-ready', text, remedy })
  if (unknown)
    return risk(
      'send-unknown',
      'Nobody can say yet whether the message to the guest went out.',
      'The hub looks it up. Ask the guest if the arrival is near.',
    )
  if (failed)
    return risk('delivery-failed', 'The message to the guest did not arrive.', 'Tell the guest in another way.')
  return risk(
    'not-told',
    'The guest has not been told how to get in.',
    unready
      ? 'The hub tells the guest once every door is confirmed.'
      : 'If the arrival is near, tell the guest yourself; the timeline of the booking says what is in the way.',
  )
}
