import { type Code, type Drift, type Drifted, type ObservedCode, reaches } from './code.ts'
import type { DriftPolicy } from './drift-policy.ts'
import type { CodesInput } from './code-step.ts'
import type { AccessWindow } from './grant.ts'
import { earliest, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import { steppedWindow } from './stepped-window.ts'

/** A code of ours that is not as it was proven to be: what is done about it. */
export type DriftAnswer =
  /** Put right. `outlives`: its end was moved beyond the end of the stay. */
  | { readonly do: 'restore'; readonly outlives: boolean }
  /** Left as it is until a person decides. */
  | { readonly do: 'ask'; readonly code: Code }
  /** It stays as it was found: the code as it is from now on. `shorten`: but no longer than the stay. */
  | { readonly do: 'accept'; readonly code: Code; readonly shorten: boolean }

/**
 * The window a device has to show: the stay's, or the one a person gave the code there and the hub lets stand. Never
 * beyond the end of the stay.
 */
export function windowWanted({ window, drift }: Pick<Code, 'window' | 'drift'>): AccessWindow {
  if (drift?.state !== 'accepted' || drift.window === undefined) return window
  return within(window, drift.window) ?? window
}

/** Taken from its guest by a person: it is not there, or switched off, and stays so. */
export function isTakenAway({ drift }: Pick<Code, 'drift'>): boolean {
  return drift?.state === 'accepted' && drift.what.some((one) => one === 'missing' || one === 'disabled')
}

/**
 * Whether a code has been seen as it is wanted since the hub last wrote it. What differs now was then changed by somebody
 * else; everything else is the hub's own work that is not done yet.
 */
export function wasAsWanted(code: Code, { traits, now }: CodesInput): boolean {
  const { evidence, writtenAt } = code
  if (reaches(evidence, 'confirmed')) return true
  // A cloud alone never proves anything: there, what it has had for a while counts as seen.
  if (traits.readBack === 'cloud' && evidence === 'accepted')
    return writtenAt !== undefined && plus(writtenAt, limits.vanished) <= now
  return wasProven(code)
}

/** Whether it was proven since it is wanted as it is and since it was last written, whatever has been seen of it since then. */
export function wasProven({ provenAt, writtenAt, wantedSince }: Code): boolean {
  return provenAt !== undefined && provenAt >= wantedSince && (writtenAt === undefined || provenAt >= writtenAt)
}

/** What of these differences is not the hub's own work: all of a code that was as wanted, else what a person is asked about. */
export function madeOutside(code: Code, what: readonly Drifted[], input: CodesInput): readonly Drifted[] {
  if (wasAsWanted(code, input)) return what
  const { drift } = code
  return drift === undefined || drift.state === 'accepted' ? [] : what.filter((one) => drift.what.includes(one))
}

/** What becomes of a code that somebody has changed on its device: a person's word, else the door's setting. */
export function answerDrift(
  code: Code,
  seen: ObservedCode | undefined,
  what: readonly Drifted[],
  input: CodesInput,
): DriftAnswer {
  const found = foundOf(code, seen, what)
  switch (policyFor(code, found, input.ifChanged ?? 'restore')) {
    case 'restore':
      return { do: 'restore', outlives: what.includes('window') && outlives(code, seen, input) }
    case 'ask':
      return { do: 'ask', code: asked(code, found, input.now) }
    case 'accept':
      if (what.includes('pin') && isTaken(code, seen, input)) return { do: 'ask', code: asked(code, found, input.now) }
      return accept(code, seen, what, input)
  }
}

type Found = Pick<Drift, 'what' | 'window'>

/** What a person is shown, and what their word is about. */
function foundOf({ window }: Code, seen: ObservedCode | undefined, what: readonly Drifted[]): Found {
  if (!what.includes('window') || seen?.window === undefined) return { what }
  const { from, until } = seen.window
  return { what, window: { from: from ?? window.from, until: until ?? forEver } }
}

/** A window without an end, as far as a person is concerned. */
const forEver = '9000-01-01T00:00:00.000Z' as Instant // has the shape

function policyFor({ drift }: Code, found: Found, policy: DriftPolicy): DriftPolicy {
  switch (drift?.state) {
    case 'restore':
      return 'restore'
    case 'accept': // said of exactly this
      return isSame(found, drift) ? 'accept' : 'ask'
    case 'asked':
    case 'accepted':
    case undefined:
      return policy
  }
}

function isSame(a: Found, b: Found): boolean {
  const text = ({ what, window }: Found) => JSON.stringify([[...what].sort(), window?.from, window?.until])
  return text(a) === text(b)
}

function asked(code: Code, found: Found, now: Instant): Code {
  const { drift } = code
  if (drift?.state === 'asked' && isSame(found, drift)) return code
  const until = found.window?.until
  const longer = until !== undefined && until > code.window.until ? { opensUntil: until } : {}
  return { ...notProven(code), ...longer, drift: { ...found, since: now, state: 'asked' } }
}

/** The device does not agree: what was believed of it goes down. */
function notProven({ pendingUntil: _over, drift: _drift, ...code }: Code): Code {
  return { ...code, evidence: 'sent' }
}

function accept(code: Code, seen: ObservedCode | undefined, what: readonly Drifted[], input: CodesInput): DriftAnswer {
  const before = code.drift?.state === 'accepted' ? code.drift : undefined
  const { now } = input
  const since = now
  if (seen === undefined)
    return {
      do: 'accept',
      shorten: false,
      code: { ...notProven(code), drift: { what: ['missing'], since, state: 'accepted' } },
    }
  const window = what.includes('window') ? seen.window && within(code.window, seen.window) : before?.window
  const shorten = what.includes('window') && outlives(code, seen, input)
  const kept = window !== undefined && !isEqual(window, code.window) ? window : undefined
  const off = seen.enabled === false
  // Nothing is left of what was changed: the end goes back, and that is all.
  if (shorten && kept === undefined && !off && !what.includes('pin')) return { do: 'restore', outlives: true }
  if (what.includes('window') && window === undefined && !shorten) return { do: 'restore', outlives: false }
  const fields: Drifted[] = [...(kept ? (['window'] as const) : []), ...(off ? (['disabled'] as const) : [])]
  const { pendingUntil: _pending, drift: _drift, refusal: _refusal, ...rest } = code
  const drift: Drift = { what: fields, since, state: 'accepted', ...(kept ? { window: kept } : {}) }
  return {
    do: 'accept',
    shorten,
    code: {
      ...rest,
      ...(seen.pin === undefined ? {} : { pin: seen.pin }),
      vendorRef: seen.vendorRef,
      // Somebody wrote it by now; how far that proves the device is asked as after a write of our own.
      writtenAt: now,
      evidence: off ? 'sent' : 'accepted',
      ...(fields.length > 0 ? { drift } : {}),
    },
  }
}

/** Another entry of the device has this PIN, or another stay that is on its way there. */
function isTaken(code: Code, seen: ObservedCode | undefined, { codes, observed }: CodesInput): boolean {
  if (seen?.pin === undefined) return true // nobody could be told
  return (
    observed.some((other) => other.vendorRef !== seen.vendorRef && other.pin === seen.pin) ||
    codes.some(({ bookingId, pin }) => bookingId !== code.bookingId && pin === seen.pin)
  )
}

interface Bounds {
  readonly from: Instant | null
  readonly until: Instant | null
}

/** The part of a window that a person may have given a stay: it may begin early, and never ends later than the stay. */
function within(stay: AccessWindow, { from, until }: Bounds): AccessWindow | undefined {
  const begin = from ?? stay.from
  const end = until === null ? stay.until : earliest(until, stay.until)
  return begin < end ? { from: begin, until: end } : undefined
}

/** Whether the device's entry ends later than the end of the stay is on a device with these steps. */
function outlives({ window }: Code, seen: ObservedCode | undefined, { traits }: CodesInput): boolean {
  if (seen?.window === undefined) return false
  return seen.window.until === null || seen.window.until > steppedWindow(window, traits.windowStep).until
}

const isEqual = (a: AccessWindow, b: AccessWindow) => a.from === b.from && a.until === b.until

/** A person's word about a code that was changed; `undefined` where there is nothing to decide. */
export function decidedDrift(
  { want, drift }: Pick<Code, 'want' | 'drift'>,
  decision: 'restore' | 'accept',
): Drift | undefined {
  if (want === 'absent' || drift === undefined) return undefined
  if (decision === 'accept' && drift.state === 'accepted') return drift
  return { ...drift, state: decision }
}

/** What is left of a change from outside once the stay has other dates, or another PIN: of these the hub's plan counts. */
export function driftAfter(drift: Drift | undefined, changed: readonly Drifted[]): Drift | undefined {
  if (drift === undefined) return undefined
  const what = drift.what.filter((one) => !changed.includes(one))
  if (what.length === 0) return undefined
  const { window, ...rest } = drift
  return { ...rest, what, ...(window !== undefined && what.includes('window') ? { window } : {}) }
}
