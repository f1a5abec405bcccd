import type { Booking } from './booking.ts'
import { type Code, reaches } from './code.ts'
import type { Reason } from './grant.ts'
import { between, type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'
import { factsOf, type Message, type MessageKind, type Told } from './message.ts'
import type { GrantPlan } from './plan-grants.ts'
import type { Policy } from './policy.ts'
import { type Door, isDeviceDoor, type Property, type Unit } from './property.ts'

/** A way to the guest: the channel, and the guest's address on it where there is one. */
export interface Way {
  readonly channel: string
  readonly to?: string
}

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
  /** When to look again without being asked. */
  readonly next?: Instant
}

/** What the guest has to be told now, on which channel, compared with what the ledger says was told. */
export function planMessages(input: MessagesInput): MessagePlan {
  const { plan, ways, ledger, mode } = input
  if (plan.status === 'held') return { steps: [], reasons: [] }
  if (plan.status === 'ended') return planEnded(input, plan.cause)
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
    return { steps: withdrawals(ledger, undefined), reasons: [reason], ...(near ? {} : { next: nearFrom }) }
  }

  const version = versionOf(told, ledger)
  const steps: MessageStep[] = withdrawals(ledger, version)
  for (const [index, way] of ways.entries()) {
    if (mode === 'fallback' && !earlierFailed(ways.slice(0, index), version, input)) break
    if (way.to === undefined) continue
    const last = lastTold(ledger, way.channel)
    if (
      ledger.some(
        (message) => message.channel === way.channel && message.version === version && message.state !== 'withdrawn',
      )
    )
      continue
    const kind: MessageKind = last && last.kind !== 'withdrawal' ? 'change' : 'door-code'
    steps.push({ do: 'tell', channel: way.channel, to: way.to, kind, told, version, unproven: !proof.proven })
  }
  const reasons: Reason[] = []
  if (ways.every((way) => way.to === undefined))
    reasons.push(
      ways.length === 0
        ? {
            code: 'no-channel',
            text: 'Nobody is told: no channel is set.',
            remedy: 'Set one: stayward tenant set --channel inbox',
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
  return { steps, reasons }
}

/** The facts of the present grant, or `undefined` while some door of it has no code yet. */
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
      if (!code) return undefined
      doors.push({ name, instruction, enter: `${door.entry.prefix ?? ''}${code.pin}` })
    } else doors.push({ name, instruction, ...(entry.kind === 'fixed-code' ? { enter: entry.code } : {}) })
  }
  return { unit: unit.name, property: property.name, zone: property.zone, window: plan.grant.window, doors }
}

/** Whether the newest message that a channel took tells exactly these facts. */
export function isTold(told: Told, ledger: readonly Message[]): boolean {
  const version = versionOf(told, ledger)
  return ledger.some(
    (message) => message.version === version && message.state === 'accepted' && message.kind !== 'withdrawal',
  )
}

function planEnded({ ledger, ways }: MessagesInput, cause: string): MessagePlan {
  const steps = withdrawals(ledger, undefined)
  if (cause !== 'cancelled') return { steps, reasons: [] }
  for (const way of ways) {
    const last = lastTold(ledger, way.channel)
    if (!last || last.kind === 'withdrawal' || way.to === undefined) continue
    const version = `${last.version}:withdrawn`
    if (
      ledger.some(
        (message) => message.channel === way.channel && message.version === version && message.state !== 'withdrawn',
      )
    )
      continue
    steps.push({
      do: 'tell',
      channel: way.channel,
      to: way.to,
      kind: 'withdrawal',
      told: last.told,
      version,
      unproven: false,
    })
  }
  return { steps, reasons: [] }
}

/**
 * Names the present facts. Facts that come back after others were told are a new version (A, B, A is three tellings), so
 * the version counts how often what was told has changed before.
 */
function versionOf(told: Told, ledger: readonly Message[]): string {
  const facts = factsOf(told)
  const tellings = [...new Set(ledger.filter(({ state }) => state !== 'withdrawn').map(({ version }) => version))]
  const last = tellings.at(-1)
  return last !== undefined && last === `${tellings.length - 1}:${facts}` ? last : `${tellings.length}:${facts}`
}

/** What was planned and not sent is overtaken by anything newer. */
function withdrawals(ledger: readonly Message[], keep: string | undefined): MessageStep[] {
  return ledger
    .filter(({ state, version, kind }) => state === 'planned' && kind !== 'withdrawal' && version !== keep)
    .map((message) => ({
      do: 'withdraw',
      message,
      because: 'Overtaken by a newer state of the booking before it was sent.',
    }))
}

/** The newest message that this channel took, or may have taken. */
function lastTold(ledger: readonly Message[], channel: string): Message | undefined {
  return ledger.findLast(
    (message) => message.channel === channel && ['claimed', 'accepted', 'doubtful'].includes(message.state),
  )
}

function earlierFailed(earlier: readonly Way[], version: string, { ledger, silence, now }: MessagesInput): boolean {
  return earlier.every((way) => {
    if (way.to === undefined) return true
    const message = ledger.findLast((one) => one.channel === way.channel && one.version === version)
    if (!message) return false
    if (message.state === 'refused' || message.delivery === 'failed') return true
    const arrived = message.delivery === 'delivered' || message.delivery === 'read'
    return !arrived && message.claimedAt !== undefined && plus(message.claimedAt, silence) <= now
  })
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

const codeOf = (codes: readonly Code[], deviceId: string) =>
  codes.find((code) => code.deviceId === deviceId && code.want === 'present')

/** How many messages one address may get in a day (M8). */
export function isFused(ledger: readonly Message[], to: string, now: Instant): boolean {
  const today = ledger.filter(
    (message) => message.to === to && message.claimedAt !== undefined && between(message.claimedAt, now) < 86_400_000,
  )
  return today.length >= limits.messagesPerRecipientPerDay
}
