import { type Code, reaches } from './code.ts'
import type { AccessWindow } from './grant.ts'
import { earliest, type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'

/** A door was opened, as its vendor recorded it. */
export interface RecordedOpening {
  readonly at: Instant
  readonly vendorRef?: string
  readonly mark?: string
}

/** From when on openings are worth asking for; `undefined` while no code waits to be used. */
export function openingsSince(codes: readonly Code[], now: Instant): Instant | undefined {
  const [first, ...rest] = waitingForUse(codes, now)
  if (!first) return undefined
  return latest(earliest(first.window.from, ...rest.map(({ window }) => window.from)), plus(now, -limits.openingsBack))
}

/** Codes that may open now and that nobody has been seen to use. */
export function waitingForUse(codes: readonly Code[], now: Instant): readonly Code[] {
  return codes.filter((code) => mayBeUsed(code) && code.window.from <= now)
}

/**
 * The codes with what was opened with them. Only an opening inside the window counts, and only one that names the code by
 * its mark or the vendor's id, never by a label; and one from before the PIN or the window was changed says nothing of them.
 */
export function applyOpenings(codes: readonly Code[], openings: readonly RecordedOpening[]): Code[] {
  return codes.map((code) => {
    if (!mayBeUsed(code)) return code
    const since = latest(code.window.from, code.wantedSince)
    const own = openings.filter(({ at }) => at >= since && at < code.window.until).filter((one) => isOf(code, one))
    const [first] = own.map(({ at }) => at).sort()
    if (first === undefined) return code
    return {
      ...code,
      usedAt: earliest(first, code.usedAt ?? first),
      evidence: reaches(code.evidence, 'accepted') ? ('used' as const) : code.evidence,
    }
  })
}

/** Since when this guest is in the house: the first recorded entry with a code of the stay, else the check-in. */
export function inHouseSince(codes: readonly Code[], { from, until }: AccessWindow, now: Instant): Instant | undefined {
  const [entered] = codes.flatMap(({ usedAt }) => usedAt ?? []).sort()
  const since = entered === undefined ? from : earliest(entered, from)
  return since <= now && now < until ? since : undefined
}

const mayBeUsed = ({ want, evidence, writtenAt }: Code) =>
  want === 'present' && evidence !== 'used' && writtenAt !== undefined

function isOf(code: Code, { vendorRef, mark }: RecordedOpening): boolean {
  return mark === undefined ? vendorRef !== undefined && vendorRef === code.vendorRef : mark === code.mark
}
