import type { AccessWindow } from './grant.ts'
import { type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'

/** How sure we are that a device is in the state we want. Only ever as high as what was really read. */
export type Evidence = 'planned' | 'sent' | 'accepted' | 'confirmed' | 'used'

const rungs: readonly Evidence[] = ['planned', 'sent', 'accepted', 'confirmed', 'used']

/** Whether `evidence` is at least as high on the ladder as `rung`. */
export function reaches(evidence: Evidence, rung: Evidence): boolean {
  return rungs.indexOf(evidence) >= rungs.indexOf(rung)
}

/** A code as a device (or its cloud) shows it. An absent field means that the vendor does not say. */
export interface ObservedCode {
  readonly vendorRef: string
  /** Our mark, when the field that carries marks starts with one. */
  readonly mark?: string
  readonly label: string
  readonly pin?: string
  readonly window?: ObservedWindow
  readonly enabled?: boolean
  /** The vendor's own word that the device holds this entry as listed (`readBack: 'synced'`). */
  readonly synced?: boolean
}

/** What a vendor says of a window; `null` where it says that there is no such bound. */
export interface ObservedWindow {
  readonly from: Instant | null
  readonly until: Instant | null
}

/** Why a code has to go. Every one is a proof (safety rule 2), never an absence. */
export type EndCause = 'cancelled' | 'moved' | 'over' | 'replaced' | 'person'

/** What one device holds, or has to hold, for one grant. */
export interface Code {
  readonly id: string
  readonly bookingId: string
  readonly deviceId: string
  /** Ours alone, random, at the start of a vendor-side field; see `mark.ts`. */
  readonly mark: string
  readonly label: string
  readonly pin: string
  readonly window: AccessWindow
  /** `present`: the device has to hold it. `absent`: it has to be gone. */
  readonly want: 'present' | 'absent'
  /** How sure we are of what is wanted now: of the code in its window, or of its being gone. */
  readonly evidence: Evidence
  /** Since when this PIN, in this window, is wanted or unwanted. */
  readonly wantedSince: Instant
  readonly vendorRef?: string
  readonly endCause?: EndCause
  /** When the newest write or removal left for the vendor; of one whose answer nobody heard, when it was seen to have arrived. */
  readonly writtenAt?: Instant
  /** Until then no repeat and no opposite write (rule 3); afterwards the device is read first. */
  readonly pendingUntil?: Instant
  /** When a look last saw the device agree with what is wanted. */
  readonly provenAt?: Instant
  /** The latest end that its device was ever asked to hold and is not proven to have dropped; absent when that is `window`. */
  readonly opensUntil?: Instant
  /** The first recorded opening with a code of this stay at this device. Stays when the code is changed. */
  readonly usedAt?: Instant
  /** Why the device would not take it; a new PIN or a person has to help. */
  readonly refusal?: CodeRefusal
  /** How many PINs this device has refused for this code. */
  readonly refusals: number
  /** How often it was put right after somebody had changed it on the device, since it is wanted as it is. */
  readonly restored?: number
  /** The vendor's id of a code that somebody had made by hand and that a person gave to this stay; its PIN is this one. */
  readonly adopts?: string
  /** What somebody changed of it on the device, and what becomes of that; absent while nothing is. */
  readonly drift?: Drift
  /**
   * Counts the changes of what is wanted; kept by the store. What a device look writes down about an earlier revision
   * does not count as proof of the present one.
   */
  readonly revision?: number
}

/** What a stay wants of its doors, in one comparable list: it changes with every code, window and PIN that is wanted otherwise. */
export function wishesOf(codes: readonly Code[]): readonly string[] {
  return codes.flatMap(({ id, want, revision = 0 }) => (want === 'present' ? [`${id} ${revision}`] : [])).sort()
}

export type CodeRefusal = 'pin-taken' | 'pin-not-allowed' | 'no-capacity' | 'window-not-supported' | 'not-allowed'

/** Its device does not take this PIN: another one may do. */
export function isPinRefused({ refusal }: Pick<Code, 'refusal'>): boolean {
  return refusal === 'pin-taken' || refusal === 'pin-not-allowed'
}

/** Until when its device may let somebody in with it, as far as anything is proven; some devices know whole hours only. */
export function mayOpenUntil({ window, opensUntil, endCause, wantedSince }: Code): Instant {
  // What ended by itself, and was never asked to end later, ended there. A stay can also be over early, by a shorter date.
  if (endCause === 'over' && opensUntil === undefined && wantedSince >= window.until) return window.until
  return plus(latest(window.until, opensUntil ?? window.until), limits.coarsestStep)
}

/** What of a code somebody has changed on its device. `disabled`: switched off. `missing`: taken away. */
export type Drifted = 'pin' | 'disabled' | 'window' | 'missing'

/** A change from outside that is not simply put right, as the hub keeps it with the code. */
export interface Drift {
  readonly what: readonly Drifted[]
  /** When it was found. */
  readonly since: Instant
  /**
   * `asked`: nothing is written until a person decides. `restore`, `accept`: a person has decided, and the next look acts.
   * `accepted`: it stays, and is what the device is compared with.
   */
  readonly state: 'asked' | 'restore' | 'accept' | 'accepted'
  /** The dates that were found (`asked`, `accept`) or stay (`accepted`); absent where they are the stay's own. */
  readonly window?: AccessWindow
}

/** Whether its guest may stand at the door within hours, or does already. */
export function opensSoon({ window, want }: Pick<Code, 'window' | 'want'>, now: Instant): boolean {
  return want === 'present' && window.from <= plus(now, limits.pageBefore) && window.until > now
}

/** Whether a guest may soon need a code that is not proven yet. */
export function isUrgent(codes: readonly Code[], now: Instant): boolean {
  return codes.some((code) => opensSoon(code, now) && !reaches(code.evidence, 'confirmed'))
}
