import type { Code, ObservedCode } from './code.ts'
import type { AccessWindow } from './grant.ts'
import type { Instant } from './instant.ts'

/** A code on a device that somebody made in the vendor's app: as far as its device shows it. */
export interface HandMade {
  readonly vendorRef: string
  readonly label: string
  readonly pin?: string
  readonly from?: Instant
  readonly until?: Instant
}

/** A person's word that a hand-made code is a stay's from now on. The next looks at its device and at the stay act on it. */
export interface AdoptionRequest {
  readonly vendorRef: string
  readonly bookingId: string
  /** Of the code as the person saw it; see `handMadeId`. */
  readonly id: string
  /** A look at the device has found it so, and its PIN is kept for the stay's own look. */
  readonly found: boolean
}

/** What is known of such a request when the stay is looked at: the code was found as the person saw it. */
export interface Adoption {
  readonly deviceId: string
  readonly vendorRef: string
  readonly pin: string
  /** Its own end; absent where it has none. */
  readonly until?: Instant
}

/**
 * Why a hand-made code does not become a stay's. `unknown`: no such code is there (any more). `changed`: it is not as the
 * person saw it. `waits`: another such request is not settled. `in-house`: the guest gets in there with the PIN they know.
 */
export type AdoptionRefusal =
  | 'unknown'
  | 'changed'
  | 'pin-hidden'
  | 'pin-taken'
  | 'cannot-update'
  | 'no-access'
  | 'in-house'
  | 'waits'

/** Names one code exactly as it is: changed in any way that its device shows, it has another name. */
export function handMadeId(
  fingerprint: (place: string, text: string) => string,
  deviceId: string,
  { vendorRef, label, pin, from, until }: HandMade,
): string {
  const text = JSON.stringify([vendorRef, label, pin ?? null, from ?? null, until ?? null])
  return `h${fingerprint(`hand-made ${deviceId}`, text)}`
}

type CodeThere = Pick<Code, 'want' | 'window' | 'evidence' | 'refusal'>

/** What is known when a person asks. */
export interface AdoptionFacts {
  /** The code of this name; absent where there is none that nobody of ours made. */
  readonly handMade?: { readonly showsPin: boolean; readonly waitsFor?: string }
  readonly bookingId: string
  /** Whether the booking is confirmed and its way leads through the code's device. */
  readonly leadsThere: boolean
  /** The stay's own code there. */
  readonly code?: CodeThere
  /** Another hand-made code waits to become this stay's there. */
  readonly anotherWaits: boolean
  readonly now: Instant
}

/** Whether a person's word can be taken; `undefined` when it can. */
export function refusesAdoption(facts: AdoptionFacts): AdoptionRefusal | undefined {
  const { handMade, bookingId, leadsThere, code, anotherWaits, now } = facts
  if (!handMade) return 'unknown'
  if (handMade.waitsFor === bookingId) return undefined // said again
  if (handMade.waitsFor !== undefined || anotherWaits) return 'waits'
  if (!handMade.showsPin) return 'pin-hidden'
  if (!leadsThere) return 'no-access'
  return code && letsGuestIn(code, now) ? 'in-house' : undefined
}

/** The guest may be in the house, and this is the code they know. Before, the hub's own code gives way to the hand-made one. */
export function letsGuestIn({ want, window, evidence, refusal }: CodeThere, now: Instant): boolean {
  return want === 'present' && window.from <= now && evidence !== 'planned' && refusal === undefined
}

/** What a look at the device knows. */
export interface SeenThere {
  readonly deviceId: string
  /** What nobody of ours made there, as it was just read. */
  readonly handMade: readonly HandMade[]
  readonly observed: readonly ObservedCode[]
  readonly codes: readonly Code[]
  readonly canUpdate: boolean
  readonly fingerprint: (place: string, text: string) => string
}

/** The PIN of the code that was asked for, if it is still as the person saw it and can become the stay's. */
export function findAgain(request: AdoptionRequest, there: SeenThere): { readonly pin: string } | AdoptionRefusal {
  const { deviceId, handMade, observed, codes, canUpdate, fingerprint } = there
  const { vendorRef, bookingId, id } = request
  const found = handMade.find((one) => one.vendorRef === vendorRef)
  if (!found || handMadeId(fingerprint, deviceId, found) !== id) return 'changed'
  const { pin } = found
  if (pin === undefined) return 'pin-hidden'
  // Its end would stay what somebody gave it by hand, and most have none.
  if (!canUpdate) return 'cannot-update'
  const isShared =
    observed.some((other) => other.vendorRef !== vendorRef && other.pin === pin) ||
    codes.some((code) => code.bookingId !== bookingId && code.pin === pin)
  return isShared ? 'pin-taken' : { pin }
}

/** The hand-made entry that a code takes over, while it does not carry the code's mark. With another PIN it is another code. */
export function handMadeEntry(
  { adopts, pin }: Pick<Code, 'adopts' | 'pin'>,
  observed: readonly ObservedCode[],
): ObservedCode | undefined {
  if (adopts === undefined) return undefined
  return observed.find((seen) => seen.mark === undefined && seen.vendorRef === adopts && seen.pin === pin)
}

/** The code of a stay that takes over a hand-made one: its PIN, and the stay's dates from the next write on. */
export function takingOver(code: Code, { vendorRef, pin, until }: Adoption, window: AccessWindow, now: Instant): Code {
  const { refusal: _refusal, drift: _drift, restored: _restored, ...rest } = code
  const opensUntil = until === undefined ? forEver : until > window.until ? until : code.opensUntil
  return {
    ...rest,
    pin,
    window,
    adopts: vendorRef,
    evidence: 'planned',
    wantedSince: now,
    ...(opensUntil === undefined ? {} : { opensUntil }),
  }
}

const forEver = '9000-01-01T00:00:00.000Z' as Instant // has the shape
