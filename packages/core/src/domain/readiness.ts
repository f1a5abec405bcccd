import { type Code, reaches } from './code.ts'
import type { Grant } from './grant.ts'
import { earliest, type Instant, latest, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { Policy } from './policy.ts'
import { isDeviceDoor } from './property.ts'

export interface ArrivalInput {
  readonly grant: Grant
  readonly codes: readonly Code[]
  readonly policy: Pick<Policy, 'warnBefore' | 'pageBefore'>
  readonly knownSince: Instant
  readonly now: Instant
}

export interface ArrivalRisk {
  readonly text: string
  readonly remedy: string
  readonly loud: 'warn' | 'page'
}

/**
 * Whether a person has to know that this guest may stand outside: a door of the path is not proven although the arrival
 * is near. A booking learned late gets ten minutes before anybody is called.
 */
export function arrivalRisk({ grant, codes, policy, knownSince, now }: ArrivalInput): ArrivalRisk | undefined {
  const unproven = grant.path.filter(isDeviceDoor).filter(({ entry }) => {
    const code = codes.find(({ deviceId, want }) => deviceId === entry.deviceId && want === 'present')
    return !code || !reaches(code.evidence, entry.tellAt)
  })
  if (unproven.length === 0 || now >= grant.window.until) return undefined
  const late = plus(knownSince, limits.lateBooking)
  const page = earliest(latest(plus(grant.window.from, -policy.pageBefore), late), latest(grant.window.from, late))
  const warn = plus(grant.window.from, -policy.warnBefore)
  if (now < page && now < latest(warn, late)) return undefined
  const doors = unproven.map((door) => door.name).join(', ')
  return {
    text: `A guest arrives soon and the code is not proven at: ${doors}.`,
    remedy: 'Try the door yourself or be ready to open it; the timeline of the booking says what is in the way.',
    loud: now >= page ? 'page' : 'warn',
  }
}
