import type { CodeStep } from './code-step.ts'
import { earliest, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { AccessPlan } from './plan-access.ts'

/**
 * A device's plan without what takes something from a guest: by a wrong clock a stay would seem over that goes on. Codes are
 * still made and lengthened, because their dates are instants and no clock of ours decides about them.
 */
export function withoutTaking(steps: readonly CodeStep[], now: Instant): readonly CodeStep[] {
  const until = plus(now, limits.clockSettles)
  return steps.map((step): CodeStep => {
    const takes = step.do === 'remove' || (step.do === 'write' && isShortened(step))
    return takes ? { do: 'wait', code: step.code, until, because: 'clock' } : step
  })
}

function isShortened({ code, because }: Extract<CodeStep, { do: 'write' }>): boolean {
  return because === 'outlives' || (code.opensUntil !== undefined && code.opensUntil > code.window.until)
}

/** What a booking wants without what only the clock says is over; it is asked again soon. */
export function withoutEnding(access: AccessPlan, now: Instant): AccessPlan {
  const again = plus(now, limits.clockSettles)
  const close = access.close.filter(({ cause }) => cause !== 'over')
  return { ...access, close, next: earliest(access.next ?? again, again) }
}
