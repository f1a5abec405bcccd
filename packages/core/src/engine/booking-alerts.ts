import { type Code, mayOpenUntil, reaches } from '../domain/code.ts'
import { type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { knowsTheWay, unarrivedFrom } from '../domain/message-ledger.ts'
import { type GrantPlan, isWitnessed } from '../domain/plan-grants.ts'
import { toldOf } from '../domain/plan-messages.ts'
import { isDeviceDoor } from '../domain/property.ts'
import { arrivalEdges, arrivalRisk, heldRisk } from '../domain/readiness.ts'
import type { Alert, Effects, StayView } from '../ports/stores.ts'
import { adoptionAlert } from './adoption-words.ts'
import type { Allotment } from './allot-pins.ts'
import { driftAlert } from './drift-alert.ts'
import { connectionAlert, needsPerson } from './trouble.ts'

export interface ToJudge {
  readonly view: StayView
  readonly plan: GrantPlan
  /** As they are after this look. */
  readonly codes: readonly Code[]
  readonly allotment: Allotment
  readonly now: Instant
}

/** What a person has to see of one booking, what is over, and when to judge again. */
export function alertsOf(judged: ToJudge): Required<Pick<Effects, 'raise' | 'settle'>> & { readonly edges: Instant[] } {
  const { view, plan, allotment } = judged
  const subject = `booking:${view.booking.id}`
  const arrival = arrivalAlert(judged)
  const doubt = doubtAlert(judged)
  const drift = driftAlert(view, judged.codes, judged.now)
  const found: Record<'pin' | 'arrival' | 'door-doubt' | 'drift', Omit<Alert, 'kind' | 'subject'> | undefined> = {
    pin: pinAlert(judged),
    arrival: arrival.alert,
    'door-doubt': doubt.alert,
    drift: drift.alert,
  }
  const kinds = ['pin', 'arrival', 'door-doubt', 'drift'] as const
  const raise = kinds.flatMap((kind): Alert[] => (found[kind] ? [{ kind, subject, ...found[kind] }] : []))
  const { failure } = allotment
  if (failure && needsPerson(failure.error.code)) raise.push(connectionAlert(failure.connectionId, failure.error))
  const settle: Pick<Alert, 'kind' | 'subject'>[] = kinds
    .filter((kind) => !found[kind])
    .map((kind) => ({ kind, subject }))
  // Whether the source still has it matters only to a stay that is still to come or under way.
  if (plan.status === 'ended' || isWitnessed(plan))
    settle.push({ kind: 'booking', subject: `${subject}:${view.booking.connectionId}` })
  if (plan.status === 'ended') settle.push(adoptionAlert(view.booking.id))
  return { raise, settle, edges: [...arrival.edges, ...doubt.edges, ...drift.edges] }
}

function pinAlert({ view, codes, allotment }: ToJudge): Omit<Alert, 'kind' | 'subject'> | undefined {
  if (allotment.problem) return { ...allotment.problem, loud: 'page' }
  const refused = codes.find(
    ({ want, refusal }) =>
      want === 'present' &&
      (refusal === 'no-capacity' || refusal === 'window-not-supported' || refusal === 'not-allowed'),
  )
  if (!refused) return undefined
  const door = view.path.find((one) => isDeviceDoor(one) && one.entry.deviceId === refused.deviceId)
  return {
    text: `${door?.name ?? 'A door'} does not take the code of a stay.`,
    remedy: 'The timeline of the booking says why. The hub tries again every half hour.',
    loud: 'warn',
  }
}

function arrivalAlert({ view, plan, codes, now }: ToJudge): {
  readonly alert?: Omit<Alert, 'kind' | 'subject'>
  readonly edges: readonly Instant[]
} {
  const { booking, policy } = view
  if (plan.status === 'ended') return { edges: [] }
  if (plan.status === 'held' && codes.some(({ want }) => want === 'present')) return { edges: [] } // they stay
  if (plan.status === 'held') {
    const { risk, next } = heldRisk(booking, plan.reason, policy, now)
    return { edges: next === undefined ? [] : [next], ...(risk ? { alert: risk } : {}) }
  }
  const told = toldOf({ ...view, plan, codes })
  const unarrived = told && unarrivedFrom(told, view.messages)
  const input = {
    ...(unarrived === undefined ? {} : { unarrivedFrom: unarrived }),
    grant: plan.grant,
    codes,
    // Who tells nobody through the hub tells them elsewhere.
    told:
      policy.channels.length === 0 ||
      booking.guest.isOwner === true ||
      (told !== undefined && knowsTheWay(told, view.messages)),
    policy,
    knownSince: booking.knownSince,
    now,
  }
  const risk = arrivalRisk(input)
  return { edges: arrivalEdges(input), ...(risk ? { alert: risk } : {}) }
}

/** A code that should be gone, is not proven gone, and may still be held beyond now: somebody may still come in with it. */
function doubtAlert({ view, codes, now }: ToJudge): {
  readonly alert?: Omit<Alert, 'kind' | 'subject'>
  readonly edges: readonly Instant[]
} {
  const open = codes.filter(
    (code) =>
      code.want === 'absent' &&
      code.writtenAt !== undefined &&
      mayOpenUntil(code) > now &&
      !reaches(code.evidence, trustedRung(view, code.deviceId)),
  )
  const edges = open.flatMap((code) => [plus(code.wantedSince, limits.doubt), mayOpenUntil(code)])
  const doubtful = open.filter(({ wantedSince }) => plus(wantedSince, limits.doubt) <= now)
  if (doubtful.length === 0) return { edges }
  const names = doubtful.map(({ deviceId }) => view.devices.find(({ id }) => id === deviceId)?.name ?? 'a door')
  return {
    edges,
    alert: {
      text: `The code of a stay that has ended may still open: ${[...new Set(names)].join(', ')}.`,
      remedy: "Delete it in the lock's app, or see why the door cannot be reached. The hub goes on trying.",
      loud: 'warn',
    },
  }
}

/** What counts as gone: what counts as there, by the host's word for this device; it may be of a door that was left. */
function trustedRung({ devices }: StayView, deviceId: string): 'accepted' | 'confirmed' {
  return devices.find(({ id }) => id === deviceId)?.trust ?? 'confirmed'
}
