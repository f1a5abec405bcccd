import type { Code, ObservedCode } from '../domain/code.ts'
import type { CodeStep } from '../domain/code-step.ts'
import { letsInUntil } from '../domain/in-house.ts'
import type { Instant } from '../domain/instant.ts'
import type { Alert, DeviceView, TimelineEntry } from '../ports/stores.ts'

const letsIn = (code: Code, observed: readonly ObservedCode[], now: Instant): boolean =>
  observed.some((seen) => seen.mark === code.mark && letsInUntil(code, seen, now) !== undefined)

/** Why a changed code of a guest in the house is left as it is, and what a person can do. */
export function inHouseLine(
  { device, doorName }: DeviceView,
  step: CodeStep,
  observed: readonly ObservedCode[],
  now: Instant,
): TimelineEntry[] {
  if (step.do === 'report') return []
  const { bookingId } = step.code
  const remedy = `To have it put right now: stayward sync --device "${device.name}"`
  const text = letsIn(step.code, observed, now)
    ? `Somebody changed the code at ${doorName}. Its guest is in the house and still gets in with it, so it is left as it is while that is so.`
    : `The code at ${doorName} is not as it should be, and somebody else's code there has its PIN. Its guest is in the house, so they get no other PIN unless you say so.`
  return [{ bookingId, kind: 'left-in-house', text, remedy, cause: 'vendor' }]
}

/** A guest in the house whose own code is gone while a stranger's has their PIN: whether they get in, nobody can say. */
export function inHouseAlert(
  { device, doorName }: DeviceView,
  steps: readonly CodeStep[],
  observed: readonly ObservedCode[],
  now: Instant,
): Alert | undefined {
  if (!steps.some((step) => step.do === 'wait' && !letsIn(step.code, observed, now))) return undefined
  return {
    kind: 'drift',
    subject: `device:${device.id}`,
    text: `The code of a guest in the house is not as it should be at ${doorName}, and somebody else's code there has its PIN, so the hub cannot put it right.`,
    remedy: `Delete the other code in the lock's app. Or let the hub give the guest another PIN: stayward sync --device "${device.name}"`,
    loud: 'page',
  }
}
