import { type Code, type ObservedCode, reaches } from './code.ts'
import { isNear, proveOrWait } from './code-proof.ts'
import type { CodesInput, CodeStep, WaitCause, WriteCause } from './code-step.ts'
import type { AccessWindow } from './grant.ts'
import { between, type Instant, instantOf, millisecondsOf, plus } from './instant.ts'
import { limits } from './limits.ts'

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
  const { now, traits } = input
  const wrong = wrongOf(code, seen, traits.windowStep)
  if (seen && wrong === undefined) return proveOrWait(code, seen.vendorRef, input)
  const wait = (until: Instant, because: WaitCause): CodeStep[] => [{ do: 'wait', code, until, because }]
  if (isPending(code, now)) return wait(code.pendingUntil ?? now, 'pending')
  if (code.window.until <= now) return [] // its booking is about to end it
  if (code.refusal !== undefined && !mayTryAgain(code, now)) return []
  if (!seen && code.writtenAt === undefined && traits.pushAhead !== undefined) {
    const due = plus(code.window.from, -traits.pushAhead)
    if (due > now) return wait(due, 'early')
  }
  if (!seen && reaches(code.evidence, 'confirmed')) return wait(plus(now, limits.vanished), 'vanished')
  switch (pinInTheWay(code, input)) {
    case 'strange':
      return [{ do: 'repin', code }]
    case 'leaving':
      return wait(plus(now, Math.min(limits.proofAgain, input.heartbeatAfterWrite)), 'leaving')
    case 'none':
      break
  }
  if (input.contested?.has(code.id)) return wait(plus(now, limits.sweepNear), 'contested')
  const again = nextRepair(code, now)
  if (again > now) return wait(again, 'unheeded')
  if (!seen || wrong === undefined) return [{ do: 'write', code, because: wrong ?? 'missing' }]
  if (!traits.canUpdate) return [{ do: 'remove', code, vendorRef: seen.vendorRef, because: 'cannot-update' }]
  return [{ do: 'write', code, vendorRef: seen.vendorRef, because: wrong }]
}

function wrongOf(code: Code, seen: ObservedCode | undefined, step: number): WriteCause | undefined {
  if (!seen) return code.writtenAt === undefined ? 'new' : 'missing'
  const difference = differenceOf(code, seen, step)
  if (difference !== undefined || (seen.pin !== undefined && seen.window !== undefined)) return difference
  // A hidden field holds a code back only while no write of what is wanted now has been answered.
  const unwritten = code.evidence === 'planned' || (code.evidence === 'sent' && code.vendorRef !== undefined)
  return unwritten ? 'unread' : undefined
}

/** Whether another entry of the device has this PIN: one of the stay's own that is about to go, or a stranger's. */
function pinInTheWay(code: Code, { codes, observed }: CodesInput): 'strange' | 'leaving' | 'none' {
  const others = observed.filter((other) => other.mark !== code.mark && other.pin === code.pin)
  const leaving = codes.filter(({ bookingId, want }) => bookingId === code.bookingId && want === 'absent')
  if (others.length === 0) return 'none'
  return others.every(({ mark }) => leaving.some((ended) => ended.mark === mark)) ? 'leaving' : 'strange'
}

/**
 * A device that does not keep the code is given it again ever more slowly, whether it said yes or never answers: else a
 * vendor that stores other minutes than asked, a person who deletes the code each time, or a line that breaks under every
 * write has the hub write for ever.
 */
function nextRepair(code: Code, now: Instant): Instant {
  return code.evidence === 'planned' ? now : nextTry(code, isNear(code.window.from, now))
}

/** After the newest try as long again as this has been wanted, within bounds. */
function nextTry({ writtenAt, wantedSince }: Code, near: boolean): Instant {
  if (writtenAt === undefined) return wantedSince
  const wait = Math.max(limits.proofAgain, between(wantedSince, writtenAt))
  return plus(writtenAt, Math.min(wait, near ? limits.repairNear : limits.sweepNear))
}

/** A refused PIN waits for another one. Any other refusal may have been mended by a person since. */
function mayTryAgain({ refusal, writtenAt }: Code, now: Instant): boolean {
  if (refusal === 'pin-taken' || refusal === 'pin-not-allowed') return false
  return writtenAt === undefined || plus(writtenAt, limits.sweepNear) <= now
}

function planAbsent(code: Code, seen: ObservedCode | undefined, input: CodesInput): CodeStep[] {
  const { now } = input
  const wait = (until: Instant, because: WaitCause): CodeStep[] => [{ do: 'wait', code, until, because }]
  if (isPending(code, now)) return wait(code.pendingUntil ?? now, 'pending')
  if (seen) {
    const again = code.evidence === 'planned' ? now : nextTry(code, code.window.until > now)
    if (again > now) return wait(again, 'unheeded')
    return [{ do: 'remove', code, vendorRef: seen.vendorRef, because: 'ended' }]
  }
  if (code.writtenAt === undefined)
    return code.evidence === 'confirmed' ? [] : [{ do: 'note', code, evidence: 'confirmed' }] // it never left the hub
  if (code.evidence === 'planned' && code.vendorRef !== undefined && code.window.until > now)
    return wait(plus(now, limits.vanished), 'vanished')
  return proveOrWait(code, undefined, input)
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
