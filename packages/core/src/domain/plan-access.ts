import { type Code, type EndCause, isPinRefused, reaches } from './code.ts'
import type { AccessWindow, Grant } from './grant.ts'
import { earliest, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import { type GrantPlan, isWitnessed } from './plan-grants.ts'
import { isDeviceDoor } from './property.ts'

export interface AccessInput {
  readonly plan: GrantPlan
  /** Every code of this booking that is not proven gone. */
  readonly codes: readonly Code[]
  /** The guest has been told the facts of the present grant, on at least one channel. */
  readonly toldNow: boolean
  /** The guest has been told some PIN of this stay, ever. */
  readonly toldEver: boolean
  /** Devices this booking has left and on which another guest's window has begun. */
  readonly claimedDevices: ReadonlySet<string>
  readonly pushAhead: number
  readonly now: Instant
}

/** What has to change among a booking's codes. Nothing here is done yet. */
export interface AccessPlan {
  /** Devices that need a code of this booking, all with one PIN where their rules allow it. */
  readonly create: readonly { readonly deviceId: string; readonly window: AccessWindow }[]
  readonly rewindow: readonly { readonly codeId: string; readonly window: AccessWindow }[]
  readonly close: readonly { readonly codeId: string; readonly cause: EndCause }[]
  /** Codes whose PIN the device refused: the stay needs another one. */
  readonly repin: readonly string[]
  /** Doors the guest has left whose code waits for the new ones (make before break). */
  readonly waiting: readonly string[]
  /** When to look again without being asked. */
  readonly next?: Instant
}

/** Brings the codes of one booking in line with its grant: make before break, the PIN stays, ends only on proof. */
export function planAccess(input: AccessInput): AccessPlan {
  const { plan, codes } = input
  const present = codes.filter((code) => code.want === 'present')
  switch (plan.status) {
    case 'held':
      return planHeld(present, input)
    case 'ended':
      return { ...nothing, close: present.map(({ id }) => ({ codeId: id, cause: plan.cause })) }
    case 'granted':
      return planGranted(plan.grant, present, input)
  }
}

const nothing: AccessPlan = { create: [], rewindow: [], close: [], repin: [], waiting: [] }

function planGranted(grant: Grant, present: readonly Code[], input: AccessInput): AccessPlan {
  const { now, pushAhead, toldNow, toldEver, claimedDevices } = input
  const devices = new Set(grant.path.filter(isDeviceDoor).map((door) => door.entry.deviceId))
  const held = new Set(present.map((code) => code.deviceId))
  const push = plus(grant.window.from, -pushAhead)
  const due = push <= now || present.length > 0 // a stay that has codes gets its further ones at once
  const missing = [...devices].filter((deviceId) => !held.has(deviceId))

  const left = present.filter((code) => !devices.has(code.deviceId))
  const stay = present.filter((code) => devices.has(code.deviceId))
  const moved = (toldNow && isProven(grant, stay)) || !toldEver
  const opening = left.filter((code) => !isUnwritten(code) && code.window.until > now)
  // A street door is shared: its other guests do not mean that the flat behind it has gone to somebody else.
  const taken = opening.every((code) => claimedDevices.has(code.deviceId))
  const releases = (code: Code) => moved || taken || !opening.includes(code)
  const waiting = left.filter((code) => !releases(code))
  const edge = due ? grant.window.until : push
  return {
    create: due ? missing.map((deviceId) => ({ deviceId, window: grant.window })) : [],
    rewindow: stay
      .filter((code) => !same(code.window, grant.window))
      .map(({ id }) => ({ codeId: id, window: grant.window })),
    close: left.filter(releases).map(({ id }) => ({ codeId: id, cause: 'moved' as const })),
    repin: stay.filter(isPinRefused).map(({ id }) => id),
    waiting: waiting.map(({ id }) => id),
    // Nobody tells this booking that another guest's window begins behind the door it has left.
    next: waiting.length === 0 ? edge : earliest(edge, plus(now, limits.moveAgain)),
  }
}

/** Whether every door of the path holds its code, as surely as its host asks. */
function isProven({ path }: Grant, codes: readonly Code[]): boolean {
  return path
    .filter(isDeviceDoor)
    .every(({ entry }) =>
      codes.some(({ deviceId, evidence }) => deviceId === entry.deviceId && reaches(evidence, entry.tellAt)),
    )
}

/** Never sent anywhere, so nobody can have it. */
const isUnwritten = ({ evidence, writtenAt }: Code) => evidence === 'planned' && writtenAt === undefined

/**
 * Nothing proves an end but the end itself: codes stay until their own windows are over. Only what nobody can have is
 * taken back from a booking that is merely watched, before it goes to a door.
 */
function planHeld(present: readonly Code[], { plan, toldEver, now }: AccessInput): AccessPlan {
  const isOnPaper = (code: Code) => isUnwritten(code) && !toldEver
  const close = present.flatMap((code): AccessPlan['close'] => {
    if (code.window.until <= now) return [{ codeId: code.id, cause: 'over' }]
    return isWitnessed(plan) && isOnPaper(code) ? [{ codeId: code.id, cause: 'person' }] : []
  })
  const [next] = present
    .filter((code) => code.window.until > now)
    .map((code) => code.window.until)
    .sort()
  return { ...nothing, close, ...(next === undefined ? {} : { next }) }
}

const same = (a: AccessWindow, b: AccessWindow) => a.from === b.from && a.until === b.until
