import type { Booking } from './booking.ts'
import { type Code, isPinRefused, reaches } from './code.ts'
import type { Reason } from './grant.ts'
import { type Instant, latest, plus } from './instant.ts'
import type { Message, MessageKind, Told, Way } from './message.ts'
import { isTaken, knows, lastTold, overtaken as leftOver, telling, versionOf } from './message-ledger.ts'
import type { GrantPlan } from './plan-grants.ts'
import type { Policy } from './policy.ts'
import { type Door, isDeviceDoor, type Property, type Unit } from './property.ts'

export interface MessagesInput {
  readonly booking: Booking
  readonly plan: GrantPlan
  readonly unit?: Unit
  readonly property?: Property
  readonly codes: readonly Code[]
  /** In the order of the tenant's policy. */
  readonly ways: readonly Way[]
  readonly mode: Policy['mode']
  /** Every message of this booking, oldest first. */
  readonly ledger: readonly Message[]
  readonly tellUnprovenBefore: number
  /** How long a door may take to prove a code before a near arrival is told without the proof. */
  readonly proofGrace: number
  /** After this long without a delivery state a fallback channel may be used. */
  readonly silence: number
  readonly now: Instant
}

export type MessageStep =
  /** Write it into the ledger, then send it. `unproven`: told although not every door is confirmed; a person is alarmed. */
  | {
      readonly do: 'tell'
      readonly channel: string
      readonly to: string
      readonly kind: MessageKind
      readonly told: Told
      readonly version: string
      readonly unproven: boolean
    }
  | { readonly do: 'withdraw'; readonly message: Message; readonly because: string }

export interface MessagePlan {
  readonly steps: readonly MessageStep[]
  /** Why nothing is said although the state would suggest it. */
  readonly reasons: readonly Reason[]
  /** Channels that are down and have something to say once they are back. */
  readonly owed?: readonly string[]
  /** When to look again without being asked. */
  readonly next?: Instant
}

/** What the guest has to be told now, on which channel, compared with what the ledger says was told. */
export function planMessages(input: MessagesInput): MessagePlan {
  const { plan, ways, ledger } = input
  if (plan.status === 'held') return { steps: [], reasons: [] }
  if (plan.status === 'ended') return planEnded(input, plan.cause)
  if (input.booking.guest.isOwner)
    return { steps: withdrawals(ledger.filter(({ state }) => state === 'planned')), reasons: [ownerStay] }
  const told = toldOf(input)
  const proof = proofOf(input, plan.grant.path)
  const nearFrom = latest(
    plus(plan.grant.window.from, -input.tellUnprovenBefore),
    ...proof.unproven.map((since) => plus(since, input.proofGrace)),
  )
  const near = nearFrom <= input.now
  if (!told || !(proof.proven || near)) {
    const reason: Reason = {
      code: 'not-proven',
      text: `Not told yet: ${proof.missing || 'no code is chosen'}.`,
      remedy: 'The hub tells the guest as soon as every door is confirmed, or when the arrival is near.',
    }
    const overtaken = ledger.filter((message) => isOvertaken(message, undefined, input))
    return { steps: withdrawals(overtaken), reasons: [reason], ...(near ? {} : { next: nearFrom }) }
  }

  const version = versionOf(told, ledger)
  const overtaken = ledger.filter((message) => isOvertaken(message, version, input))
  const standing = ledger
    .map((message) => (overtaken.includes(message) ? leftOver(message) : message))
    .filter((message) => message.state !== 'withdrawn' && telling(message) === version)
  const steps: MessageStep[] = withdrawals(overtaken)
  for (const { channel, to } of waysToTell(standing, overtaken, version, input)) {
    const before = standing.filter((message) => message.channel === channel)
    if (before.some((message) => message.to === to)) continue
    const kind: MessageKind = knows(ledger, channel, to) ? 'change' : 'door-code'
    // Another address is another intent, told the same.
    const intent = before.length === 0 ? version : `${version}#${before.length}`
    steps.push({ do: 'tell', channel, to, kind, told, version: intent, unproven: !proof.proven })
  }
  const reasons: Reason[] = []
  if (ways.every(({ to, down }) => to === undefined && !down))
    reasons.push(
      ways.length === 0
        ? {
            code: 'no-channel',
            text: 'Nobody is told: no channel is set.',
            remedy: 'Set one: stayward tenant set <tenant> --channel inbox',
          }
        : {
            code: 'no-address',
            text: 'The guest cannot be told: the booking has no phone or mail address that can be used.',
            remedy: 'Add one in the booking system, or tell the guest yourself.',
          },
    )
  if (!proof.proven)
    reasons.push({
      code: 'told-unproven',
      text: `The arrival is near and ${proof.missing}.`,
      remedy: 'Check the door yourself, or be ready to let the guest in.',
    })
  const owed = ways.filter(
    ({ channel, down }) => down && input.mode === 'each' && !standing.some((message) => message.channel === channel),
  )
  return { steps, reasons, owed: owed.map(({ channel }) => channel) }
}

const ownerStay: Reason = {
  code: 'owner-stay',
  text: 'Nobody is told: the owner stays there.',
  remedy: 'Give the owner the PIN yourself.',
}

/** The facts of the present grant, or `undefined` while some door of it has no code, or one it does not take. */
export function toldOf({
  plan,
  unit,
  property,
  codes,
}: Pick<MessagesInput, 'plan' | 'unit' | 'property' | 'codes'>): Told | undefined {
  if (plan.status !== 'granted' || !unit || !property) return undefined
  const doors = []
  for (const door of plan.grant.path) {
    const { name, instruction, entry } = door
    if (isDeviceDoor(door)) {
      const code = codeOf(codes, door.entry.deviceId)
      if (!code || isPinRefused(code)) return undefined
      doors.push({ name, instruction, enter: `${door.entry.prefix ?? ''}${code.pin}` })
    } else doors.push({ name, instruction, ...(entry.kind === 'fixed-code' ? { enter: entry.code } : {}) })
  }
  return { unit: unit.name, property: property.name, zone: property.zone, window: plan.grant.window, doors }
}

function planEnded(input: MessagesInput, cause: string): MessagePlan {
  const { ways } = input
  const isOver = (message: Message) =>
    message.state === 'planned' && (message.kind !== 'withdrawal' || isElsewhere(message, ways))
  const steps = withdrawals(input.ledger.filter(isOver))
  const ledger = input.ledger.map((message) => (isOver(message) ? leftOver(message) : message))
  if (cause !== 'cancelled') return { steps, reasons: [] }
  for (const { channel, to } of ways) {
    const last = to === undefined ? undefined : lastTold(ledger, channel, to)
    if (to === undefined || !last || last.kind === 'withdrawal') continue
    const version = `${last.version}:withdrawn`
    const isIntended = (message: Message) =>
      message.channel === channel && message.version === version && message.state !== 'withdrawn'
    if (ledger.some(isIntended)) continue
    steps.push({ do: 'tell', channel, to, kind: 'withdrawal', told: last.told, version, unproven: false })
  }
  const owed = ways.filter(({ channel, down }) => {
    const last = ledger.findLast((message) => message.channel === channel && isTaken(message))
    return down && last !== undefined && last.kind !== 'withdrawal'
  })
  return { steps, reasons: [], owed: owed.map(({ channel }) => channel) }
}

/** Planned, not sent, and no longer what would be said, or no longer to whom. */
function isOvertaken(message: Message, version: string | undefined, input: MessagesInput): boolean {
  if (message.state !== 'planned') return false
  return (
    telling(message) !== version ||
    isElsewhere(message, input.ways) ||
    isLate(message, input) ||
    isCarried(message, input)
  )
}

/** With a policy of fallback: another channel, silent for so long that this one was to speak, has said it after all. */
export function isCarried(
  message: Message,
  input: Pick<MessagesInput, 'mode' | 'ways' | 'ledger' | 'silence' | 'now'>,
): boolean {
  if (input.mode === 'each') return false
  return input.ledger.some(
    (one) =>
      one.channel !== message.channel &&
      isTaken(one) &&
      telling(one) === telling(message) &&
      !isElsewhere(one, input.ways) &&
      !hasFailed(one, input),
  )
}

/** Its guest has another address on that channel by now. */
function isElsewhere({ channel, to }: Message, ways: readonly Way[]): boolean {
  return ways.some((way) => way.channel === channel && way.to !== undefined && way.to !== to)
}

/** Another channel that has not spoken yet does so when this one has been out of reach for long enough. */
function isLate(message: Message, { mode, ways, ledger, silence, now }: MessagesInput): boolean {
  if (mode === 'each' || plus(message.createdAt, silence) > now) return false
  const further = ways.slice(ways.findIndex(({ channel }) => channel === message.channel) + 1)
  const hasSpoken = (way: Way) =>
    ledger.some(
      ({ channel, to, state, ...one }) =>
        channel === way.channel && to === way.to && state !== 'withdrawn' && telling(one) === telling(message),
    )
  return further.some((way) => way.to !== undefined && !hasSpoken(way))
}

function withdrawals(overtaken: readonly Message[]): MessageStep[] {
  return overtaken.map((message) => ({
    do: 'withdraw',
    message,
    because: 'Overtaken by a newer state of the booking before it was sent.',
  }))
}

/** Every channel, or with `fallback` the first one that has not failed, unless another one carries it already. */
function waysToTell(
  standing: readonly Message[],
  overtaken: readonly Message[],
  version: string,
  input: MessagesInput,
): { readonly channel: string; readonly to: string }[] {
  const ways = input.ways.flatMap(({ channel, to }) => (to === undefined ? [] : [{ channel, to }]))
  if (input.mode === 'each') return ways
  // What went to an address that the booking no longer has tells this guest nothing.
  const elsewhere = ({ channel, to }: Message) => ways.some((way) => way.channel === channel && way.to !== to)
  if (standing.some((message) => !elsewhere(message) && !hasFailed(message, input))) return []
  const late = overtaken.filter((message) => telling(message) === version)
  const used = (way: { readonly channel: string; readonly to: string }) =>
    [...standing, ...late].some(({ channel, to }) => channel === way.channel && to === way.to)
  return ways.filter((way) => !used(way)).slice(0, 1)
}

/** Definitely, or silent for so long that another channel may speak. A channel that never reports has said all it can. */
function hasFailed(
  { state, delivery, claimedAt }: Message,
  { silence, now }: Pick<MessagesInput, 'silence' | 'now'>,
): boolean {
  if (state === 'refused' || state === 'doubtful' || delivery === 'failed') return true
  if (delivery === 'delivered' || delivery === 'read' || (state === 'accepted' && delivery === undefined)) return false
  return claimedAt !== undefined && plus(claimedAt, silence) <= now
}

function proofOf({ codes }: MessagesInput, path: readonly Door[]) {
  const missing = path.filter(isDeviceDoor).filter((door) => {
    const code = codeOf(codes, door.entry.deviceId)
    return !code || !reaches(code.evidence, door.entry.tellAt)
  })
  return {
    proven: missing.length === 0,
    missing: missing.map((door) => `${door.name} is not confirmed`).join(', '),
    /** Since when the codes that are not proven are wanted. */
    unproven: missing.flatMap((door) => codeOf(codes, door.entry.deviceId)?.wantedSince ?? []),
  }
}

/** A PIN that the device does not take opens nothing: another one is on its way, or a person is. */

const codeOf = (codes: readonly Code[], deviceId: string) =>
  codes.find((code) => code.deviceId === deviceId && code.want === 'present')
