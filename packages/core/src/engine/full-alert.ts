import { type Code, reaches } from '../domain/code.ts'
import { between, earliest, type Instant } from '../domain/instant.ts'
import type { CodeStep } from '../domain/code-step.ts'
import type { Alert, DeviceView } from '../ports/stores.ts'

export const fullSubject = (deviceId: string) => `device:${deviceId}:full`

/** A device without room for a code that has to go there: nothing of a live stay is removed for it, so a person must. */
export function fullAlert(
  { device, doorName, policy }: DeviceView,
  codes: readonly Code[],
  steps: readonly CodeStep[],
  now: Instant,
): Alert | undefined {
  const held = new Set(steps.flatMap((step) => (step.do === 'wait' && step.because === 'full' ? [step.code.id] : [])))
  const waiting = codes.filter(
    ({ id, want, refusal, window, evidence }) =>
      want === 'present' &&
      now < window.until &&
      !reaches(evidence, 'accepted') &&
      (held.has(id) || refusal === 'no-capacity'),
  )
  const [first, ...others] = waiting.map(({ window }) => window.from)
  if (first === undefined) return undefined
  const ahead = between(now, earliest(first, ...others))
  return {
    kind: 'full',
    subject: fullSubject(device.id),
    text: `${doorName} is full: ${waiting.length === 1 ? 'a stay waits' : `${waiting.length} stays wait`} for room there.`,
    remedy:
      "Delete codes that nobody needs in the lock's app. The hub removes its own as soon as they are over, and no others.",
    loud: ahead < policy.pageBefore ? 'page' : ahead < policy.warnBefore ? 'urgent' : 'warn',
  }
}
