import { type Code, type Drifted, isPinRefused, type ObservedCode, reaches } from './code.ts'
import { isNear, proveOrWait } from './code-proof.ts'
import type { CodesInput, CodeStep, WaitCause, WriteCause } from './code-step.ts'
import { answerDrift, driftAfter, isTakenAway, madeOutside, wasAsWanted, wasProven, windowWanted } from './drift.ts'
import { handMadeEntry } from './hand-made.ts'
import { isGuestsOwn, leftAloneUntil, lookAgainInHouse } from './in-house.ts'
import { between, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import { steppedWindow } from './stepped-window.ts'

/**
 * Steps that bring one device to what is wanted, nearest arrivals first. Applied once, and read back, they leave
 * nothing to do. Only codes under our own marks are changed; only ended codes are removed; an unfinished write is
 * waited for; nothing is believed that was not read.
 */
export function planCodes(input: CodesInput): readonly CodeStep[] {
  const entries = Map.groupBy(
    input.observed.filter((seen) => seen.mark !== undefined),
    (seen) => seen.mark ?? '',
  )
  const known = new Set(input.codes.map((code) => code.mark))
  const taken = new Set(input.codes.flatMap((code) => handMadeEntry(code, input.observed) ?? []))
  const steps = [...input.codes].sort(byWindow).flatMap((code) => {
    const byHand = handMadeEntry(code, input.observed)
    const ours = preferred(entries.get(code.mark) ?? [], code)
    return planCode(code, byHand ? [byHand, ...ours] : ours, input)
  })
  const reports = input.observed
    .filter((seen) => (seen.mark === undefined ? !taken.has(seen) : !known.has(seen.mark)))
    .map(
      (seen): CodeStep => ({ do: 'report', observed: seen, as: seen.mark === undefined ? 'foreign' : 'ours-unknown' }),
    )
  return [...withinCapacity(steps, input), ...reports]
}

function planCode(code: Code, seen: readonly ObservedCode[], input: CodesInput): CodeStep[] {
  const [first, ...others] = seen
  if (code.want === 'present' && first && isPerhapsOlder(code, first)) return planPresent(code, undefined, input)
  const steps = code.want === 'present' ? planPresent(code, first, input) : planAbsent(code, first, input)
  // The one that is not as it should be may not be the one that lets a guest in.
  const isUnsure = steps.some((step) => step.do === 'wait' && step.because === 'in-house')
  // Nor is a code given up before the one made by hand is the stay's.
  const isTakingOver = code.want === 'present' && first !== undefined && first.mark !== code.mark
  const doubles = isUnsure || isTakingOver ? [] : others
  return [...steps, ...withoutDoubles(code, doubles, input)]
}

/** A list that shows an entry until its device has let go of it is not asked to remove it at every look. */
function withoutDoubles(code: Code, doubles: readonly ObservedCode[], { now }: CodesInput): CodeStep[] {
  if (doubles.length === 0) return []
  const again = code.evidence === 'planned' ? now : nextTry(code, true)
  if (again > now) return [{ do: 'wait', code, until: again, because: 'double' }]
  return doubles.map(({ vendorRef }) => ({ do: 'remove', code, vendorRef, because: 'double' }))
}

/** Another entry of ours than the one last written, with its PIN hidden: a list of a while ago shows what was there then. */
function isPerhapsOlder({ vendorRef }: Code, seen: ObservedCode): boolean {
  return vendorRef !== undefined && seen.vendorRef !== vendorRef && seen.pin === undefined
}

function planPresent(code: Code, seen: ObservedCode | undefined, input: CodesInput): CodeStep[] {
  const { now, traits } = input
  const what = differencesOf(code, seen, input)
  const wrong = wrongOf(code, seen, what)
  if (seen && wrong === undefined) return agreed(code, seen, input)
  const wait = (until: Instant, because: WaitCause): CodeStep[] => [{ do: 'wait', code, until, because }]
  if (isPending(code, now)) return wait(code.pendingUntil ?? now, 'pending')
  if (code.window.until <= now) return [] // its booking is about to end it
  if (code.refusal !== undefined && !mayTryAgain(code, now)) return []
  if (isTakenAway(code) && (!seen || seen.enabled === false)) return waitFor(code, 'taken-away', input)
  if (!seen && code.writtenAt === undefined && traits.pushAhead !== undefined) {
    const due = plus(code.window.from, -traits.pushAhead)
    if (due > now) return wait(due, 'early')
  }
  // A list may be short for a moment, and a second code with its PIN would be refused.
  const unlisted = plus(code.wantedSince, limits.vanished)
  if (!seen && code.adopts !== undefined && code.writtenAt === undefined && unlisted > now)
    return wait(unlisted, 'vanished')
  if (!seen && reaches(code.evidence, 'confirmed')) return wait(plus(now, limits.vanished), 'vanished')
  const outside = madeOutside(code, what, input)
  const restores = outside.length > 0 && wasAsWanted(code, input)
  const answer = outside.length === 0 ? undefined : answerDrift(code, seen, outside, input)
  if (answer && answer.do !== 'restore') {
    const after = answer.code
    const found: CodeStep[] = after === code ? [] : [{ do: 'drift', code: after, found: outside }]
    if (answer.do === 'ask') return [...found, ...waitFor(after, 'asked', input)]
    if (!seen || isTakenAway(after)) return [...found, ...waitFor(after, 'taken-away', input)]
    if (!answer.shorten) return [...found, ...proveOrWait(after, seen.vendorRef, input)]
    if (isContested(code)) return waitFor(code, 'contested', input)
    return [...found, ...putRight(after, seen, 'outlives', restores, input)]
  }
  const isLeft = isGuestsOwn(code, input)
  const left = leftAloneUntil(code, seen, now)
  // What keeps a guest in the house from nothing is not touched; only the end of their code is the hub's all the same.
  const mayShorten = answer?.outlives === true && traits.canUpdate
  if (restores && isLeft && left !== undefined && !mayShorten) return wait(lookAgainInHouse(left, now), 'in-house')
  switch (pinInTheWay(code, input)) {
    case 'strange':
      return isLeft ? wait(lookAgainInHouse(undefined, now), 'in-house') : [{ do: 'repin', code }]
    case 'leaving':
      return wait(plus(now, Math.min(limits.proofAgain, input.heartbeatAfterWrite)), 'leaving')
    case 'none':
      break
  }
  if (isContested(code)) return waitFor(code, 'contested', input)
  const again = nextRepair(code, now)
  if (again > now) return wait(again, 'unheeded')
  return putRight(code, seen, answer?.outlives ? 'outlives' : (wrong ?? 'missing'), restores, input)
}

/** Put right so often, and changed again each time, that a person has to say what is going on. */
const isContested = ({ restored = 0 }: Code) => restored >= limits.rewrites

/** As it is wanted. What somebody had changed and is no longer so is forgotten. */
function agreed(code: Code, seen: ObservedCode, input: CodesInput): CodeStep[] {
  const { drift } = code
  const off = seen.enabled === false // else it would differ: a person's word that it stays so
  if (drift?.state === 'accepted' && off) return waitFor(code, 'taken-away', input)
  const left = drift?.state === 'accepted' ? driftAfter(drift, ['missing', 'disabled', 'pin']) : undefined
  if (drift === undefined || left?.what.length === drift.what.length) return proveOrWait(code, seen.vendorRef, input)
  const { drift: _over, ...rest } = code
  const after: Code = {
    ...rest,
    ...(left ? { drift: left } : {}),
    evidence: code.evidence === 'sent' ? 'accepted' : code.evidence,
  }
  return [{ do: 'drift', code: after, found: [] }, ...proveOrWait(after, seen.vendorRef, input)]
}

function waitFor(code: Code, because: WaitCause, { now }: CodesInput): CodeStep[] {
  return [{ do: 'wait', code, until: plus(now, limits.sweepNear), because }]
}

/** Written, changed in place, or taken away to be made anew. */
function putRight(
  code: Code,
  seen: ObservedCode | undefined,
  because: WriteCause,
  restores: boolean,
  { traits, observed, now }: CodesInput,
): CodeStep[] {
  const why = restores ? { restores } : {}
  if (!seen) {
    // A list that is short for long is no proof either: asked for by its id, the code is changed if it is there after all.
    const ref = traits.canUpdate ? unlistedRef(code, observed) : undefined
    return [{ do: 'write', code, because, ...(ref === undefined ? {} : { vendorRef: ref }), ...why }]
  }
  const { vendorRef } = seen
  if (!traits.canUpdate) {
    // Removed already, and listed until its device drops it: that is not asked for again at every look.
    const isRemoved = code.evidence === 'planned' && code.writtenAt !== undefined && code.vendorRef === undefined
    const later = isRemoved ? nextTry(code, isNear(code.window.from, now)) : now
    if (later > now) return [{ do: 'wait', code, until: later, because: 'unheeded' }]
    return [{ do: 'remove', code, vendorRef, because: 'cannot-update', ...why }]
  }
  return [{ do: 'write', code, vendorRef, because, ...why }]
}

/** The id of a code that the vendor has had and does not list; nothing where the id belongs to somebody else by now. */
function unlistedRef({ vendorRef }: Code, observed: readonly ObservedCode[]): string | undefined {
  return observed.some((seen) => seen.vendorRef === vendorRef) ? undefined : vendorRef
}

/** What the device shows of a code otherwise than it should. Fields that the vendor hides are not compared. */
function differencesOf(code: Code, seen: ObservedCode | undefined, { traits }: CodesInput): readonly Drifted[] {
  if (!seen) return code.writtenAt === undefined ? [] : ['missing']
  const { pin, enabled, window } = seen
  const asked = steppedWindow(windowWanted(code), traits.windowStep)
  const isOff = enabled === false && !(isTakenAway(code) && code.drift?.what.includes('disabled'))
  return [
    ...(pin !== undefined && pin !== code.pin ? (['pin'] as const) : []),
    ...(isOff ? (['disabled'] as const) : []),
    ...(window !== undefined && (window.from !== asked.from || window.until !== asked.until)
      ? (['window'] as const)
      : []),
  ]
}

function wrongOf(code: Code, seen: ObservedCode | undefined, [first]: readonly Drifted[]): WriteCause | undefined {
  if (!seen) return first ?? 'new'
  if (seen.mark !== code.mark) return 'adopted'
  if (first !== undefined || (seen.pin !== undefined && seen.window !== undefined)) return first
  // A hidden field holds a code back only while no write of what is wanted now has been answered.
  const isInDoubt = code.evidence === 'sent' && code.vendorRef !== undefined && !wasProven(code)
  const unwritten = code.evidence === 'planned' || isInDoubt
  return unwritten ? 'unread' : undefined
}

/** Whether another entry of the device has this PIN: one of the stay's own that is about to go, or a stranger's. */
function pinInTheWay(code: Code, { codes, observed, unclaimed }: CodesInput): 'strange' | 'leaving' | 'none' {
  if (codes.some((other) => wasDrawnAtOnce(code, other))) return 'strange'
  const byHand = handMadeEntry(code, observed)
  const others = observed.filter((other) => other.mark !== code.mark && other.pin === code.pin && other !== byHand)
  const leaving = codes.filter(({ bookingId, want }) => bookingId === code.bookingId && want === 'absent')
  if (others.length === 0) return 'none'
  // One of ours that was not listed before: the next look knows whose it was, and an old list is over by then.
  const isNews = (mark: string) => unclaimed?.includes(mark) === false && codes.every((one) => one.mark !== mark)
  const isLeaving = ({ mark }: ObservedCode) =>
    leaving.some((ended) => ended.mark === mark) || (mark !== undefined && isNews(mark))
  return others.every(isLeaving) ? 'leaving' : 'strange'
}

/** Two stays that were looked at in the same moment know nothing of each other's PIN; the second one draws again. */
function wasDrawnAtOnce(code: Code, other: Code): boolean {
  if (other.pin !== code.pin || other.bookingId === code.bookingId || other.want === 'absent') return false
  if (code.writtenAt !== undefined || code.adopts !== undefined) return false
  return other.writtenAt !== undefined || byMark(other, code) < 0
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
function mayTryAgain(code: Code, now: Instant): boolean {
  if (isPinRefused(code)) return false
  return code.writtenAt === undefined || plus(code.writtenAt, limits.sweepNear) <= now
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
  // Nobody of ours removed it: a list may be short, so it is removed by its id all the same.
  const ref = code.evidence === 'planned' ? unlistedRef(code, input.observed) : undefined
  if (ref !== undefined) return [{ do: 'remove', code, vendorRef: ref, because: 'unlisted' }]
  return proveOrWait(code, undefined, input)
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

/** The entry that was made by hand first, else the one we know by the vendor's id; the others as doubles. */
function preferred(seen: readonly ObservedCode[], code: Code): readonly ObservedCode[] {
  return [...seen].sort(
    (a, b) =>
      Number(b.vendorRef === code.adopts) - Number(a.vendorRef === code.adopts) ||
      Number(b.vendorRef === code.vendorRef) - Number(a.vendorRef === code.vendorRef) ||
      (a.vendorRef < b.vendorRef ? -1 : 1),
  )
}

const isPending = (code: Code, now: Instant) => code.pendingUntil !== undefined && code.pendingUntil > now

const byWindow = (a: Code, b: Code) =>
  a.window.from < b.window.from ? -1 : a.window.from > b.window.from ? 1 : byMark(a, b)

const byMark = (a: Code, b: Code) => (a.mark < b.mark ? -1 : a.mark > b.mark ? 1 : 0)
