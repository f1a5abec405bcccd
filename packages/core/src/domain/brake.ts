import type { Code } from './code.ts'
import type { AccessWindow } from './grant.ts'
import { type Instant, latest } from './instant.ts'
import { limits } from './limits.ts'
import type { AccessPlan } from './plan-access.ts'
import type { GrantPlan } from './plan-grants.ts'
import { isDeviceDoor } from './property.ts'

/** What a stay is about to lose of what its guest may use. Codes whose own window is over are no loss. */
export interface Loss {
  readonly codeIds: readonly string[]
  /** The guest gets in nowhere any more, or at another time altogether; else a door is left for another one. */
  readonly whole: boolean
}

/** What a person decided, or the brake did, about one stay's loss at one version of its booking. */
export interface LossState {
  /** `counted`: let through under the limit. */
  readonly state: 'counted' | 'held' | 'approved' | 'refused'
  readonly bookingVersion: number
  readonly at: Instant
}

/** Stays that share a fate: those of one booking connection, or those with codes in one property. */
export interface LossGroup {
  /** Stays with a code that is wanted and whose window is not over, this one included, those of `lost` not. */
  readonly standing: number
  /** Other stays that were let lose theirs within the last hour; approved ones do not count. */
  readonly lost: number
}

export interface LossInput {
  readonly bookingVersion: number
  readonly own?: LossState
  /** Losses of the connection already wait for a person. */
  readonly isPulled: boolean
  readonly groups: readonly LossGroup[]
  readonly now: Instant
}

export type LossVerdict = 'clear' | 'held' | 'refused'

/** The codes that this plan takes from a guest before their time. */
export function lossOf(
  plan: GrantPlan,
  access: Pick<AccessPlan, 'close' | 'rewindow'>,
  codes: readonly Code[],
  now: Instant,
): Loss | undefined {
  const standing = new Map(codes.filter((code) => isStanding(code, now)).map((code) => [code.id, code]))
  const closed = access.close.flatMap(({ codeId }) => (standing.has(codeId) ? [codeId] : []))
  const shifted = access.rewindow.flatMap(({ codeId, window }) => {
    const code = standing.get(codeId)
    return code && !overlap(code.window, window, now) ? [codeId] : []
  })
  const codeIds = [...closed, ...shifted]
  if (codeIds.length === 0) return undefined
  return { codeIds, whole: plan.status !== 'granted' || shifted.length > 0 }
}

/**
 * Whether one more stay may lose its codes. A booking system that answers nonsense must not empty a building: beyond the
 * limit within an hour nothing more goes until a person has approved exactly these, each at the version that was seen.
 */
export function weighLoss({ bookingVersion, own, isPulled, groups, now }: LossInput): LossVerdict {
  if (own?.bookingVersion === bookingVersion) {
    if (own.state === 'approved') return 'clear'
    if (own.state === 'refused') return 'refused'
    if (own.state === 'counted' && isRecent(own.at, now)) return 'clear'
  }
  return isPulled || groups.some(exceeds) ? 'held' : 'clear'
}

/** What is kept of a loss after it was weighed: a person's word stands, and what was said before keeps its time. */
export function lossAfter({ bookingVersion, own, now }: Omit<LossInput, 'groups' | 'isPulled'>, verdict: LossVerdict) {
  const state = verdict === 'clear' ? 'counted' : verdict
  const before = own?.bookingVersion === bookingVersion ? own : undefined
  if (before?.state === 'approved' || before?.state === 'refused') return before
  const isSame = before?.state === state && (state === 'held' || isRecent(before.at, now))
  return isSame ? before : ({ state, bookingVersion, at: now } satisfies LossState)
}

function exceeds({ standing, lost }: LossGroup): boolean {
  const { stays, share } = limits.brake
  return lost + 1 > Math.max(stays, share * (standing + lost))
}

const isRecent = (at: Instant, now: Instant) => Date.parse(now) - Date.parse(at) < limits.brake.per

/** What stands in for a plan that the brake holds: nothing new is granted, and what is granted stays until its own end. */
export function underBrake(verdict: Exclude<LossVerdict, 'clear'>): GrantPlan {
  return { status: 'held', reason: reasons[verdict] }
}

const reasons = {
  held: {
    code: 'brake',
    text: 'The booking system says that the guest is not to get in any more, and it says so of unusually many stays. The codes stay.',
    remedy: 'See whether it is true: stayward brake list. Then approve or refuse the list.',
  },
  refused: {
    code: 'brake',
    text: 'A person decided that the codes stay, whatever the booking system says. They end with their own dates.',
    remedy: 'Correct the booking in the booking system. Any change of it is looked at anew.',
  },
} as const

/** Wanted, sent to its door, and its window is not over. */
export function isStanding({ want, writtenAt, window }: Code, now: Instant): boolean {
  return want === 'present' && writtenAt !== undefined && window.until > now
}

/**
 * What a guest may be told of a plan: an end, or other dates altogether, are no news before the booking's look has taken
 * them up, and the brake may keep it from that.
 */
export function takenUp(plan: GrantPlan, codes: readonly Code[], now: Instant): GrantPlan {
  if (plan.status === 'held') return plan
  const standing = codes.filter((code) => isStanding(code, now))
  if (plan.status === 'ended') return standing.length > 0 ? underBrake('held') : plan
  const { path, window } = plan.grant
  const devices = new Set(path.filter(isDeviceDoor).map(({ entry }) => entry.deviceId))
  const isShifted = standing.some((code) => devices.has(code.deviceId) && !overlap(code.window, window, now))
  return isShifted ? underBrake('held') : plan
}

/** Whether anything that is left of `before` is in `after`. */
function overlap(before: AccessWindow, after: AccessWindow, now: Instant): boolean {
  return after.from < before.until && latest(before.from, now) < after.until
}

/**
 * Names a list of held losses by what is on it, so that a person approves what was shown and nothing that came later:
 * FNV-1a over the bookings and the versions they were held at.
 */
export function listName(
  connectionId: string,
  stays: readonly { readonly bookingId: string; readonly bookingVersion: number }[],
): string {
  const lines = stays.map(({ bookingId, bookingVersion }) => `${bookingId}:${bookingVersion}`).sort()
  let hash = 0xcbf29ce484222325n
  for (const letter of [connectionId, ...lines].join('\n'))
    hash = BigInt.asUintN(64, (hash ^ BigInt(letter.charCodeAt(0))) * 0x100000001b3n)
  return hash.toString(36)
}
