import { limits } from '../domain/limits.ts'
import type { CodeStep } from '../domain/code-step.ts'
import type { Alert, DeviceView, TimelineEntry } from '../ports/stores.ts'

/** Somebody, or something, changes a code again each time the hub has put it right: a person has to find out who. */
export function contestedAlert({ device, doorName }: DeviceView): Alert {
  return {
    kind: 'drift',
    subject: `device:${device.id}`,
    text: `Somebody changes a code at ${doorName} again each time the hub puts it right. After ${limits.rewrites} times it is left as it is, and its guest may stand outside.`,
    remedy: `See in the lock's app who or what changes it. Then: stayward sync --device "${device.name}"`,
    loud: 'page',
  }
}

export function contestedLine({ device, doorName }: DeviceView, step: CodeStep): TimelineEntry[] {
  if (step.do === 'report') return []
  return [
    {
      bookingId: step.code.bookingId,
      kind: 'code-contested',
      text: `The code at ${doorName} was changed there ${limits.rewrites} times after the hub had put it right, so the hub leaves it as it is.`,
      remedy: `See in the lock's app who or what changes it. Then: stayward sync --device "${device.name}"`,
    },
  ]
}
