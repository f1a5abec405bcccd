import type { Code, Evidence, ObservedCode } from './code.ts'
import type { AccessWindow } from './grant.ts'
import { between, type Instant, instantOf, millisecondsOf, plus } from './instant.ts'
import { limits } from './limits.ts'

/** What the planner has to know of a keypad; manifest data. */
export interface KeypadTraits {
  readonly windowStep: number
  readonly canUpdate: boolean
  readonly capacity?: number
  readonly readBack: 'device' | 'synced' | 'heartbeat' | 'cloud'
  /** Milliseconds after a write until it has to show in a listing. */
  readonly showsWithin: number
}

export interface CodesInput {
  /** Every code of ours for this device that is not proven gone: wanted present or absent. */
  readonly codes: readonly Code[]
  /** A complete reading of the device, made in this look. */
  readonly observed: readonly ObservedCode[]
  readonly traits: KeypadTraits
  /** When the device's gateway was last heard of (`readBack: 'heartbeat'`). */
  readonly lastSeen?: Instant
  readonly heartbeatAfterWrite: number
  readonly now: Instant
}

export type CodeStep =
  /** Make it, or with `vendorRef` change it; every field is written. */
  | { readonly do: 'write'; readonly code: Code; readonly vendorRef?: string; readonly because: WriteCause }
  | {
      readonly do: 'remove'
      readonly code: Code
      readonly vendorRef: string
      readonly because: 'ended' | 'double' | 'cannot-update'
    }
  /** What was read shows more, or less, than was known. */
  | { readonly do: 'note'; readonly code: Code; readonly evidence: Evidence; readonly vendorRef?: string }
  /** A write may still be on its way: look again then. */
  | {
      readonly do: 'wait'
      readonly code: Code
      readonly until: Instant
      readonly because: 'pending' | 'unproven' | 'full'
    }
  /** Another code on the device has this PIN: the stay needs a new one. */
  | { readonly do: 'repin'; readonly code: Code }
  /** Not ours: never touched. `ours-unknown`: it carries a mark of our shape that this ledger does not know. */
  | { readonly do: 'report'; readonly observed: ObservedCode; readonly as: 'foreign' | 'ours-unknown' }

export type WriteCause = 'new' | 'window' | 'pin' | 'disabled' | 'missing'

/**
 * Steps that bring one device to what is wanted, nearest arrivals first. Applied once, and read back, they leave
 * nothing to do. Only codes under our own marks are changed; only ended codes are removed; an unfinished write is
 * waited for; nothing is believed that was not read.
 */
export function planCodes(input: CodesInput): readonly CodeStep[] {
  const byMark = Map.groupBy(
    input.observed.filter((seen) => seen.mark !== undefined),
    (seen) => seen.mark ?? '',
  )
  const known = new Set(input.codes.map((code) => code.mark))
  const steps = [...input.codes]
    .sort(byWindow)
    .flatMap((code) => planCode(code, preferred(byMark.get(code.mark) ?? [], code), input))
  const reports = input.observed
    .filter((seen) => seen.mark === undefined || !known.has(seen.mark))
    .map(
      (seen): CodeStep => ({ do: 'report', observed: seen, as: seen.mark === undefined ? 'foreign' : 'ours-unknown' }),
    )
  return [...withinCapacity(steps, input), ...reports]
}

function planCode(code: Code, seen: readonly ObservedCode[], input: CodesInput): CodeStep[] {
  const doubles = seen
    .slice(1)
    .map((extra): CodeStep => ({ do: 'remove', code, vendorRef: extra.vendorRef, because: 'double' }))
  const [first] = seen
  return [...(code.want === 'present' ? planPresent(code, first, input) : planAbsent(code, first, input)), ...doubles]
}

function planPresent(code: Code, seen: ObservedCode | undefined, input: CodesInput): CodeStep[] {
  const { now, traits, observed } = input
  const wrong = seen ? differenceOf(code, seen, traits.windowStep) : code.writtenAt === undefined ? 'new' : 'missing'
  if (seen && wrong === undefined) return proveOrWait(code, seen.vendorRef, input)
  if (isPending(code, now)) return [{ do: 'wait', code, until: code.pendingUntil ?? now, because: 'pending' }]
  if (code.refusal !== undefined && !mayTryAgain(code, now)) return []
  if (observed.some((other) => other.mark !== code.mark && other.pin === code.pin)) return [{ do: 'repin', code }]
  if (!seen || wrong === undefined) return [{ do: 'write', code, because: wrong ?? 'missing' }]
  if (!traits.canUpdate) return [{ do: 'remove', code, vendorRef: seen.vendorRef, because: 'cannot-update' }]
  return [{ do: 'write', code, vendorRef: seen.vendorRef, because: wrong }]
}

/** A refused PIN waits for another one. Any other refusal may have been mended by a person since. */
function mayTryAgain({ refusal, writtenAt }: Code, now: Instant): boolean {
  if (refusal === 'pin-taken' || refusal === 'pin-not-allowed') return false
  return writtenAt === undefined || plus(writtenAt, limits.sweepNear) <= now
}

function planAbsent(code: Code, seen: ObservedCode | undefined, input: CodesInput): CodeStep[] {
  if (isPending(code, input.now))
    return [{ do: 'wait', code, until: code.pendingUntil ?? input.now, because: 'pending' }]
  if (seen) return [{ do: 'remove', code, vendorRef: seen.vendorRef, because: 'ended' }]
  if (code.writtenAt !== undefined) return proveOrWait(code, undefined, input)
  return code.evidence === 'confirmed' ? [] : [{ do: 'note', code, evidence: 'confirmed' }] // it never left the hub
}

/** The listing agrees with what is wanted. How far that proves the device itself is the vendor's `readBack`. */
function proveOrWait(code: Code, vendorRef: string | undefined, input: CodesInput): CodeStep[] {
  const evidence = provenBy(code, vendorRef, input)
  const note: CodeStep[] =
    evidence === code.evidence && (vendorRef === undefined || vendorRef === code.vendorRef)
      ? []
      : [{ do: 'note', code, evidence, ...(vendorRef === undefined ? {} : { vendorRef }) }]
  if (evidence !== 'accepted' || input.traits.readBack === 'cloud') return note
  return [...note, { do: 'wait', code, until: plus(input.now, input.heartbeatAfterWrite), because: 'unproven' }]
}

function provenBy(
  code: Code,
  vendorRef: string | undefined,
  { traits, lastSeen, observed, ...input }: CodesInput,
): Evidence {
  if (code.evidence === 'confirmed' || code.evidence === 'used') return code.evidence // seen before, and seen again
  switch (traits.readBack) {
    case 'device':
      return 'confirmed'
    case 'synced':
      return vendorRef === undefined || observed.some((seen) => seen.vendorRef === vendorRef && seen.synced === true)
        ? 'confirmed'
        : 'accepted'
    case 'heartbeat': {
      if (lastSeen === undefined || between(lastSeen, input.now) >= limits.heartbeatFresh) return 'accepted'
      return between(code.writtenAt ?? lastSeen, lastSeen) >= input.heartbeatAfterWrite ? 'confirmed' : 'accepted'
    }
    case 'cloud':
      return 'accepted'
  }
}

function differenceOf(
  code: Code,
  seen: ObservedCode,
  step: number,
): Exclude<WriteCause, 'new' | 'missing'> | undefined {
  if (seen.pin !== undefined && seen.pin !== code.pin) return 'pin'
  if (seen.enabled === false) return 'disabled'
  const { window } = seen
  if (window === undefined) return undefined
  const asked = steppedWindow(code.window, step)
  return window.from === asked.from && window.until === asked.until ? undefined : 'window'
}

/** The window as a device with steps of `step` milliseconds stores it: starts rounded down, ends up. */
export function steppedWindow({ from, until }: AccessWindow, step: number): AccessWindow {
  return {
    from: instantOf(Math.floor(millisecondsOf(from) / step) * step),
    until: instantOf(Math.ceil(millisecondsOf(until) / step) * step),
  }
}

/** New codes beyond a full device wait; the nearest arrivals come first, and what is on the device is never evicted. */
function withinCapacity(steps: readonly CodeStep[], { traits, observed, now }: CodesInput): CodeStep[] {
  if (traits.capacity === undefined) return [...steps]
  let free = traits.capacity - observed.length
  return steps.map((step) => {
    if (step.do !== 'write' || step.vendorRef !== undefined) return step
    free -= 1
    return free >= 0 ? step : { do: 'wait', code: step.code, until: plus(now, limits.sweepNear), because: 'full' }
  })
}

/** The entry we know by the vendor's id first, the others as doubles. */
function preferred(seen: readonly ObservedCode[], code: Code): readonly ObservedCode[] {
  return [...seen].sort(
    (a, b) =>
      Number(b.vendorRef === code.vendorRef) - Number(a.vendorRef === code.vendorRef) ||
      (a.vendorRef < b.vendorRef ? -1 : 1),
  )
}

const isPending = (code: Code, now: Instant) => code.pendingUntil !== undefined && code.pendingUntil > now

const byWindow = (a: Code, b: Code) =>
  a.window.from < b.window.from
    ? -1
    : a.window.from > b.window.from
      ? 1
      : a.mark < b.mark
        ? -1
        : a.mark > b.mark
          ? 1
          : 0
