import { type Code, type Evidence, reaches } from './code.ts'
import { changedText, decideCommand } from './drift-words.ts'
import { between, earliest, type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'
import { type DeviceDoor, type Door, isDeviceDoor } from './property.ts'

/** What the newest good look at a device left behind. */
export interface DeviceReading {
  readonly id: string
  readonly readAt?: Instant
  readonly online?: boolean
  readonly batteryLow?: boolean
}

export type ReadinessLevel = 'ready' | 'at-risk' | 'not-ready'

/** Something that may leave this guest outside, and what a person can do about it. */
export interface Risk {
  readonly code: string
  readonly level: Exclude<ReadinessLevel, 'ready'>
  readonly text: string
  readonly remedy: string
}

export interface DoorReadiness {
  readonly doorId: string
  readonly name: string
  readonly level: ReadinessLevel
  /** As far as it can be believed now: a proof that is too old counts as the rung below. Absent where no code is kept. */
  readonly evidence?: Evidence
  /** The read that this evidence rests on. */
  readonly readAt?: Instant
  readonly risks: readonly Risk[]
}

export interface DoorsInput {
  readonly path: readonly Door[]
  readonly from: Instant
  readonly codes: readonly Code[]
  readonly devices: readonly DeviceReading[]
  readonly pushAhead: number
  readonly sweepNear: number
  readonly now: Instant
}

/** Every door from the street to the flat, in order. One that keeps no code has nothing to prove. */
export function doorsReadiness(input: DoorsInput): DoorReadiness[] {
  return input.path.map((door) =>
    isDeviceDoor(door) ? deviceDoor(door, input) : { doorId: door.id, name: door.name, level: 'ready', risks: [] },
  )
}

/** What a look may be late by, milliseconds: its turn in the queue, and a vendor that is slow. */
const slack = 5 * 60_000
/** Sweeps are spread by a tenth of their time. */
const spread = 1.1

/** Until when a read of a door counts: two sweeps near an arrival are `sweepNear` apart, all others a day. */
export function readExpires(readAt: Instant, from: Instant, sweepNear: number): Instant {
  const near = latest(readAt, plus(from, -86_400_000))
  return plus(earliest(plus(readAt, limits.sweepFar * spread), plus(near, sweepNear * spread)), slack)
}

function deviceDoor(door: DeviceDoor, input: DoorsInput): DoorReadiness {
  const { id: doorId, name, entry } = door
  const device = input.devices.find(({ id }) => id === entry.deviceId)
  const code = input.codes.find(({ deviceId, want }) => deviceId === entry.deviceId && want === 'present')
  const { readAt } = device ?? {}
  const proven = code !== undefined && reaches(code.evidence, entry.tellAt)
  const stale = proven && (readAt === undefined || readExpires(readAt, input.from, input.sweepNear) <= input.now)
  const risks = [
    ...(code === undefined ? [noCode(name, input)] : changedRisk(name, code)),
    ...(code === undefined || code.drift !== undefined || proven ? [] : [unproven(name, code)]),
    ...(stale ? [oldRead(name, readAt, input.now)] : []),
    ...(device?.online === false ? [offline(name)] : []),
    ...(device?.batteryLow ? [batteryLow(name)] : []),
  ]
  const evidence = code && (stale && reaches(code.evidence, 'confirmed') ? 'accepted' : code.evidence)
  return {
    doorId,
    name,
    level: worstOf(risks),
    ...(evidence === undefined ? {} : { evidence }),
    ...(readAt === undefined || code === undefined ? {} : { readAt }),
    risks,
  }
}

const order = ['not-ready', 'at-risk', 'ready'] as const

/** Smaller is worse. */
export const rankOf = (level: ReadinessLevel): number => order.indexOf(level)

export function worstOf(risks: readonly Risk[]): ReadinessLevel {
  return order.find((level) => risks.some((risk) => risk.level === level)) ?? 'ready'
}

function noCode(name: string, { from, pushAhead, now }: DoorsInput): Risk {
  const early = plus(from, -pushAhead) > now
  return {
    code: early ? 'too-early' : 'no-code',
    level: 'not-ready',
    text: `${name} has no code for this stay yet.`,
    remedy: early
      ? `Nothing to do: the codes go to the doors ${Math.round(pushAhead / 3_600_000)} h before check-in.`
      : 'The timeline of the booking says what is in the way.',
  }
}

/** What somebody has changed of the code on its device, and what that means for its guest. */
function changedRisk(name: string, code: Code): Risk[] {
  const { drift } = code
  if (drift === undefined) return []
  const opens = !drift.what.some((one) => one !== 'window')
  const level = opens ? 'at-risk' : 'not-ready'
  const what = changedText(drift)
  const risk = (code: string, text: string, remedy: string): Risk[] => [{ code, level, text, remedy }]
  switch (drift.state) {
    case 'asked':
      return risk(
        'changed-outside',
        `Somebody changed the code at ${name} outside the hub: ${what}. Nothing is done about it until you decide.`,
        `Put it right: ${decideCommand(code, 'restore')}. Or let it stand: ${decideCommand(code, 'accept')}`,
      )
    case 'restore':
    case 'accept':
      return risk(
        'changed-outside',
        `Somebody changed the code at ${name} outside the hub: ${what}. You have decided, and the next look acts.`,
        'Nothing to do: the hub does it by itself.',
      )
    case 'accepted':
      return risk(
        opens ? 'changed-outside' : 'taken-away',
        opens
          ? `Somebody gave the code at ${name} other dates than the stay's: ${what}.`
          : `A person took the code away at ${name}: ${what}.`,
        `Put it right: ${decideCommand(code, 'restore')}. Or let the guest in yourself.`,
      )
  }
}

function unproven(name: string, { evidence, refusal }: Code): Risk {
  const risk = (code: string, text: string, remedy: string): Risk => ({ code, level: 'not-ready', text, remedy })
  if (refusal !== undefined)
    return risk('refused', `${name} does not take the code.`, 'The timeline of the booking says why, and what to do.')
  if (reaches(evidence, 'accepted'))
    return risk(
      'not-confirmed',
      `The vendor has the code for ${name}; the door itself has not confirmed it.`,
      'Wait, or try the door yourself. If this device can never confirm: stayward door set <door> --tell-at accepted',
    )
  return risk(
    'not-confirmed',
    `The code is not on ${name} yet.`,
    "The hub goes on trying. See in the vendor's app whether the device is online.",
  )
}

function oldRead(name: string, readAt: Instant | undefined, now: Instant): Risk {
  return {
    code: 'read-too-old',
    level: 'at-risk',
    text:
      readAt === undefined ? `${name} was never read.` : `${name} was last read ${spanOf(between(readAt, now))} ago.`,
    remedy: "See in the vendor's app whether the device is online. The hub goes on trying.",
  }
}

function offline(name: string): Risk {
  return {
    code: 'offline',
    level: 'at-risk',
    text: `${name} is offline.`,
    remedy: 'A code that is on the device still opens. Bring the device or its gateway back online.',
  }
}

function batteryLow(name: string): Risk {
  return {
    code: 'battery-low',
    level: 'at-risk',
    text: `The battery of ${name} is low.`,
    remedy: 'Change the batteries before the guest comes.',
  }
}

/** `40 min`, `3 h`, `2 days`. */
function spanOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
