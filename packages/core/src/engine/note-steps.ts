import type { Code } from '../domain/code.ts'
import type { CodeStep, WaitCause } from '../domain/code-step.ts'
import type { Instant } from '../domain/instant.ts'

/** The codes with what a plan noted about them. */
export function applyNotes(codes: readonly Code[], steps: readonly CodeStep[], now: Instant): Code[] {
  const byCode = Map.groupBy(
    steps.filter((step) => step.do !== 'report'),
    (step) => step.code.id,
  )
  return codes.map((code) => (byCode.get(code.id) ?? []).reduce((one, step) => noted(one, step, now), code))
}

/** One code with what one step says of it: the device was read, and this is still to be done there. */
export function noted(code: Code, step: CodeStep, now: Instant): Code {
  switch (step.do) {
    case 'repin':
      return { ...code, evidence: 'planned', refusal: 'pin-taken', refusals: code.refusals + 1 }
    case 'note': {
      const { pendingUntil: _pending, opensUntil, ...rest } = code
      const isProven = step.evidence === 'confirmed'
      return {
        ...rest,
        ...(opensUntil === undefined || isProven ? {} : { opensUntil }),
        evidence: step.evidence,
        ...(step.code.writtenAt === undefined ? {} : { writtenAt: step.code.writtenAt }),
        ...(step.vendorRef === undefined ? {} : { vendorRef: step.vendorRef }),
        ...(isProven ? { provenAt: now } : {}),
      }
    }
    case 'wait':
      // No write is in doubt: should it be listed again, it is as it was, and its PIN need not be shown for that.
      if (step.because === 'vanished')
        return { ...code, evidence: code.want === 'present' ? 'accepted' : 'sent', pendingUntil: step.until }
      if (step.because === 'restoring') return code.want === 'present' && code.writtenAt ? unheeded(code) : code
      return isNotAsWanted.has(step.because) ? unheeded(code) : code
    case 'drift':
      return step.code
    case 'write':
      return step.because === 'new' ? code : unheeded(code)
    case 'remove':
      return step.because === 'cannot-update' ? unheeded(code) : code
    case 'report':
      return code
  }
}

/** Why it is waited although the device was read, and does not hold what is wanted. */
const isNotAsWanted: ReadonlySet<WaitCause> = new Set(['unheeded', 'contested', 'full', 'leaving'])

/** The device does not agree: what was believed of it goes down, and the deadline of the last write is over. */
function unheeded(code: Code): Code {
  if (code.evidence === 'planned') return code
  if (code.evidence === 'sent' && code.pendingUntil === undefined) return code
  const { pendingUntil: _over, ...rest } = code
  return { ...rest, evidence: 'sent' }
}
