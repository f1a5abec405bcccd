import { type Instant, latest, plus } from '../domain/instant.ts'
import { reachAlarm, suspension, type Unreached } from '../domain/reach.ts'
import { AdapterError, type FailureCode } from '../ports/adapter-error.ts'
import type { Alert, ConnectionHealth, DeviceView } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'

/** For whose sake a device could not be read; nothing where that says nothing of the device, or a person has to act. */
export function unreachedBy(code: FailureCode): ConnectionHealth['unreached'] {
  switch (code) {
    case 'device-offline':
    case 'gone':
      return 'device'
    case 'unreachable':
    case 'auth':
    case 'refused':
    case 'bad-response':
      return 'connection'
    case 'rate-limited': // the vendor is there, and so may be the device
    case 'outcome-unknown':
      return undefined
  }
}

/**
 * The failure for the queue: a device that has not answered for long, or that lets itself be read and nothing more, is asked
 * again by how soon it matters.
 */
export function suspended(
  view: DeviceView,
  { attempt }: Pick<Look, 'attempt'>,
  error: AdapterError,
  now: Instant,
): AdapterError {
  const { code, message, remedy, retryAt } = error
  if (!isPassing(code)) return error
  const wait = suspension(unreachedOf({ ...view, failures: Math.max(view.failures, attempt) }, now))
  if (wait === undefined) return error
  const again = plus(now, wait)
  return new AdapterError(code, message, {
    remedy,
    retryAt: retryAt === undefined ? again : latest(retryAt, again),
    cause: error,
  })
}

/** What a person has to see of a device that looks do not reach, as loud as it matters. */
export function unreachedAlert(view: DeviceView, error: AdapterError, now: Instant): Alert | undefined {
  const alarm = isPassing(error.code) ? reachAlarm(unreachedOf(view, now)) : undefined
  if (!alarm) return undefined
  return {
    kind: 'connection',
    subject: `device:${view.device.id}`,
    text: `${view.doorName} cannot be reached, and ${alarm.who}. ${error.message}`,
    remedy: `${remedies[error.code] ?? error.remedy} The hub goes on trying and looks at the door as soon as it answers.`,
    loud: alarm.loud,
  }
}

const isPassing = (code: FailureCode) => code === 'device-offline' || code === 'unreachable' || code === 'gone'

const remedies: Partial<Record<FailureCode, string>> = {
  'device-offline': "Check the door's power or batteries, its gateway and the internet there.",
  gone: "See in the vendor's app whether this device is still in the account.",
}

function unreachedOf({ failures, unreached, codes, policy }: DeviceView, now: Instant): Unreached {
  return { failures: failures + 1, since: unreached?.since ?? now, codes, policy, now }
}
