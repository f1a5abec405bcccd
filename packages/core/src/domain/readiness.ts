import type { Booking } from './booking.ts'
import { type Code, reaches } from './code.ts'
import type { Grant, Reason, ReasonCode } from './grant.ts'
import { earliest, type Instant, latest, parseInstant, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { Policy } from './policy.ts'
import { isDeviceDoor } from './property.ts'

export interface ArrivalInput {
  readonly grant: Grant
  readonly codes: readonly Code[]
  /** Whether the guest has been told what to enter at the doors as they are now. */
  readonly told?: boolean
  /** From when on a message that the channel took and whose delivery it would report has been on its way for too long. */
  readonly unarrivedFrom?: Instant
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
 * Whether a person has to know that this guest may stand outside: a door of the path is not proven, or the guest does
 * not know the way in, although the arrival is near. A booking learned late, and a code changed late, get ten minutes
 * before anybody is called.
 */
export function arrivalRisk(input: ArrivalInput): ArrivalRisk | undefined {
  const { grant, told = true, unarrivedFrom, now } = input
  const unproven = unprovenDoors(input)
  const hasArrived = unarrivedFrom === undefined || now < unarrivedFrom
  if ((unproven.length === 0 && told && hasArrived) || now >= grant.window.until) return undefined
  const { warn, page } = edgesOf(input)
  if (now < page && now < warn) return undefined
  const loud = now >= page ? 'page' : 'warn'
  if (unproven.length === 0 && told)
    return {
      text: 'A guest arrives soon, and the message with the way in has not been reported as delivered.',
      remedy: 'Ask the guest whether it arrived, or tell the guest in another way.',
      loud,
    }
  if (unproven.length === 0)
    return {
      text: 'A guest arrives soon and has not been told how to get in.',
      remedy: 'Tell the guest yourself; the timeline of the booking says what is in the way.',
      loud,
    }
  return {
    text: `A guest arrives soon and the code is not proven at: ${unproven.map(({ name }) => name).join(', ')}.`,
    remedy: 'Try the door yourself or be ready to open it; the timeline of the booking says what is in the way.',
    loud,
  }
}

/** When to judge an arrival again, if it is not ready by then. */
export function arrivalEdges(input: ArrivalInput): Instant[] {
  const { warn, page } = edgesOf(input)
  const { grant, unarrivedFrom = page } = input
  return [warn, page, unarrivedFrom, grant.window.from, grant.window.until]
}

function edgesOf({ grant, codes, policy, knownSince }: ArrivalInput) {
  const { from } = grant.window
  const learned = plus(knownSince, limits.lateBooking)
  const wanted = unprovenDoors({ grant, codes }).flatMap(({ entry }) => presentCode(codes, entry.deviceId) ?? codes)
  // What changes shortly before check-in is due at check-in; what changes during the stay has its ten minutes.
  const graces = (wanted.length === 0 ? codes : wanted).map(({ wantedSince }) => {
    const grace = plus(wantedSince, limits.lateBooking)
    return wantedSince < from ? earliest(grace, from) : grace
  })
  return {
    warn: latest(plus(from, -policy.warnBefore), learned, ...graces),
    page: latest(plus(from, -policy.pageBefore), learned, ...graces),
  }
}

function unprovenDoors({ grant, codes }: Pick<ArrivalInput, 'grant' | 'codes'>) {
  return grant.path.filter(isDeviceDoor).filter(({ entry }) => {
    const code = presentCode(codes, entry.deviceId)
    return !code || !reaches(code.evidence, entry.tellAt)
  })
}

const presentCode = (codes: readonly Code[], device: string) =>
  codes.find(({ deviceId, want }) => deviceId === device && want === 'present')

/** A flat that is not linked may be meant so, and a witness's guest is let in by another booking. */
export function isNobodysLoss(code: ReasonCode): boolean {
  return code === 'unit-not-linked' || code === 'witness'
}

/**
 * A confirmed booking that can be let in nowhere is a person's matter before its guest arrives. A flat that is not
 * linked may be meant so: the hub need not run every flat of an account; and whom another system lets in needs no code.
 */
export function heldRisk(
  { arrival, departure }: Booking,
  { code, text, remedy }: Reason,
  { warnBefore, pageBefore }: ArrivalInput['policy'],
  now: Instant,
): { readonly risk?: ArrivalRisk; readonly next?: Instant } {
  // Which zone is not known here; a day of UTC is near enough for a warning.
  const day = isNobodysLoss(code) ? undefined : parseInstant(`${arrival}T00:00:00Z`)
  if (day === undefined) return {}
  const [warn, page, end] = [
    plus(day, -warnBefore),
    plus(day, -pageBefore),
    parseInstant(`${departure}T00:00:00Z`) ?? plus(day, 2 * 86_400_000),
  ]
  const [next] = [warn, page, end].filter((at) => at > now).sort()
  const due = next === undefined ? {} : { next }
  if (now < warn || now >= latest(end, plus(day, 86_400_000))) return due
  return {
    ...due,
    risk: { text: `A guest arrives soon and gets no code. ${text}`, remedy, loud: now >= page ? 'page' : 'warn' },
  }
}
