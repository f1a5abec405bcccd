import type { Code, Evidence } from './code.ts'
import { between, type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { CodesInput, CodeStep } from './code-step.ts'

/** The listing agrees with what is wanted. How far that proves the device itself is the vendor's `readBack`. */
export function proveOrWait(known: Code, vendorRef: string | undefined, input: CodesInput): CodeStep[] {
  const code = isInDoubt(known) ? { ...known, writtenAt: input.now } : known
  const evidence = provenBy(code, vendorRef, input)
  const note: CodeStep[] =
    evidence === code.evidence && (vendorRef === undefined || vendorRef === code.vendorRef)
      ? []
      : [{ do: 'note', code, evidence, ...(vendorRef === undefined ? {} : { vendorRef }) }]
  if (evidence !== 'accepted' || input.traits.readBack === 'cloud') return note
  return [...note, { do: 'wait', code, until: nextProof(code, input), because: 'unproven' }]
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
      // A code that we did not remove ourselves may have gone from the list a moment ago.
      const changed =
        code.want === 'absent' ? latest(code.wantedSince, code.writtenAt ?? code.wantedSince) : code.writtenAt
      return between(changed ?? lastSeen, lastSeen) >= input.heartbeatAfterWrite ? 'confirmed' : 'accepted'
    }
    case 'cloud':
      // More is never read; but a code that is not listed and whose own window is over opens nothing any more.
      return code.want === 'absent' && plus(code.window.until, limits.sweepFar) <= input.now ? 'confirmed' : 'accepted'
  }
}

/** It has arrived, as is seen now. When it left nobody knows: a process that was frozen may have sent it a moment ago. */
const isInDoubt = ({ evidence, pendingUntil }: Code) => evidence === 'sent' && pendingUntil !== undefined

/** The longer a proof is missing, the more slowly it is asked for: a gateway may be without power for days. */
function nextProof({ writtenAt, window }: Code, { now, heartbeatAfterWrite }: CodesInput): Instant {
  const waited = between(writtenAt ?? now, now) / 2
  const slowest = isNear(window.from, now) ? limits.repairNear : limits.sweepNear
  return plus(now, Math.min(Math.max(heartbeatAfterWrite, waited), slowest))
}

export const isNear = (from: Instant, now: Instant) => between(now, from) < 86_400_000
