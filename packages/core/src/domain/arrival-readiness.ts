import type { Booking } from './booking.ts'
import type { Code } from './code.ts'
import {
  type DeviceReading,
  type DoorReadiness,
  doorsReadiness,
  rankOf,
  readExpires,
  type ReadinessLevel,
  type Risk,
  worstOf,
} from './door-readiness.ts'
import type { AccessWindow, Reason } from './grant.ts'
import { between, type Instant, parseInstant, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { Message } from './message.ts'
import type { GrantPlan } from './plan-grants.ts'
import { toldOf } from './plan-messages.ts'
import type { Policy } from './policy.ts'
import type { Property, Unit } from './property.ts'
import { isNobodysLoss } from './readiness.ts'
import { type ChannelReadiness, toldReadiness } from './told-readiness.ts'

export interface ReadinessInput {
  readonly booking: Booking
  readonly plan: GrantPlan
  readonly unit?: Unit
  readonly property?: Property
  readonly codes: readonly Code[]
  readonly devices: readonly DeviceReading[]
  readonly messages: readonly Message[]
  readonly policy: Pick<Policy, 'channels' | 'pushAhead' | 'sweepNear'>
  readonly now: Instant
}

/** Will this guest get through every door, and do they know how? */
export interface Readiness {
  /**
   * `ready`: every door is confirmed by a read younger than the sweep (or stands at the rung its host trusts), and a
   * message is proven delivered. `at-risk`: all is done and something is not proven. `not-ready`: as far as is known,
   * this guest would not get in.
   */
  readonly level: ReadinessLevel
  readonly window?: AccessWindow
  /** The first recorded opening with a code of this stay. */
  readonly enteredAt?: Instant
  readonly doors: readonly DoorReadiness[]
  readonly told: readonly ChannelReadiness[]
  /** Of the doors, the message and the booking, worst first. */
  readonly risks: readonly Risk[]
  /** When this has to be judged again because a proof grows old. */
  readonly next?: Instant
}

/** Guests who come within this time, and those whose check-in began no longer than a day ago, are arrivals. */
const [ahead, behind] = [limits.pushAhead, 86_400_000]

/** `undefined` where nobody arrives: too far away, over, cancelled, or a flat that is not the hub's to open. */
export function arrivalReadiness(input: ReadinessInput): Readiness | undefined {
  const { plan, now } = input
  switch (plan.status) {
    case 'ended':
      return undefined
    case 'held':
      return heldReadiness(input.booking, plan.reason, now)
    case 'granted':
      break
  }
  const { path, window } = plan.grant
  if (window.from > plus(now, ahead) || plus(window.from, behind) <= now) return undefined
  const { pushAhead, sweepNear } = input.policy
  const doors = doorsReadiness({ path, from: window.from, ...input, pushAhead, sweepNear })
  const told = toldOf(input)
  const { channels, risks: untold } = toldReadiness({
    ...input,
    channels: input.policy.channels,
    ...(told ? { told } : {}),
  })
  const risks = [...doors.flatMap((door) => door.risks), ...untold].sort((a, b) => rankOf(a.level) - rankOf(b.level))
  const expiries = doors.flatMap(({ readAt }) =>
    readAt === undefined ? [] : [readExpires(readAt, window.from, sweepNear)],
  )
  const [enteredAt] = input.codes.flatMap(({ usedAt }) => usedAt ?? []).sort()
  // A proof that stays old is judged ever more rarely; a door that answers again has its stays looked at by itself.
  const later = (expired: Instant) =>
    plus(now, Math.min(Math.max(between(expired, now), limits.repairNear), limits.sweepNear))
  const [next] = expiries.map((at) => (at > now ? at : later(at))).sort()
  return {
    level: worstOf(risks),
    window,
    ...(enteredAt === undefined ? {} : { enteredAt }),
    doors,
    told: channels,
    risks,
    ...(next === undefined ? {} : { next }),
  }
}

/** When a stay that is still far away becomes an arrival. */
export function becomesArrival(plan: GrantPlan): Instant | undefined {
  return plan.status === 'granted' ? plus(plan.grant.window.from, -ahead) : undefined
}

function heldReadiness({ arrival }: Booking, { code, text, remedy }: Reason, now: Instant): Readiness | undefined {
  // Which zone is not known here; days of UTC are near enough.
  const day = isNobodysLoss(code) ? undefined : parseInstant(`${arrival}T00:00:00Z`)
  if (day === undefined || day > plus(now, ahead) || plus(day, 2 * behind) <= now) return undefined
  return { level: 'not-ready', doors: [], told: [], risks: [{ code, level: 'not-ready', text, remedy }] }
}

/** Something that happened, for machines that follow along. Never a PIN, a name or an address. */
export interface HubEvent {
  readonly type: 'readiness.worse' | 'readiness.better'
  /** `booking:<id>`. */
  readonly subject: string
  readonly data: Readonly<Record<string, string | readonly string[]>>
}

/** What a change of readiness has to tell; nothing when an arrival is judged for the first time or no longer. */
export function readinessEvents(
  bookingId: string,
  before: ReadinessLevel | undefined,
  after: Readiness | undefined,
): HubEvent[] {
  if (before === undefined || after === undefined || before === after.level) return []
  return [
    {
      type: rankOf(after.level) < rankOf(before) ? 'readiness.worse' : 'readiness.better',
      subject: `booking:${bookingId}`,
      data: { level: after.level, was: before, because: [...new Set(after.risks.map(({ code }) => code))] },
    },
  ]
}
