import { civilAt } from '../domain/civil-time.ts'
import type { Code } from '../domain/code.ts'
import type { AccessWindow } from '../domain/grant.ts'
import { type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'

import { type AccessPlan, planAccess } from '../domain/plan-access.ts'
import { type GrantPlan, planGrants } from '../domain/plan-grants.ts'
import { isTold, toldOf } from '../domain/plan-messages.ts'
import { isDeviceDoor } from '../domain/property.ts'
import { arrivalRisk } from '../domain/readiness.ts'
import { uuidOf } from '../ports/entropy.ts'
import type { Alert, Effects, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import { allotPins, type Allotment } from './allot-pins.ts'
import { newMark } from './code-marks.ts'
import type { Engine } from './engine.ts'

/** Looks at one booking: who is let in, with which codes on which devices. Writes nothing at any vendor. */
export async function settleBooking(engine: Engine, look: Look): Promise<void> {
  const { store, clock } = engine
  const now = clock.now()
  const view = await store.loadStay(look.key, now)
  if (!view) return
  const plan = planGrants({ ...view, now })
  const access = planAccessOf(view, plan, now)
  const allotment = await allotPins(engine, view, access)
  const created = access.create.flatMap(({ deviceId, window }) => {
    const pin = allotment.pins.get(deviceId)
    return pin === undefined ? [] : [newCode(engine, view, { deviceId, window, pin })]
  })
  const updated = changedCodes(view, access, allotment, now)
  const touched = new Set([...created, ...updated].map((code) => code.deviceId))
  const effects: Effects = {
    now,
    timeline: storyOf(view, plan, access, allotment),
    marks: [
      ...[...touched].map((key): Mark => ({ kind: 'device', key, why: 'step', ...nearness(plan) })),
      { kind: 'messages', key: view.booking.id, why: 'step', ...nearness(plan) },
    ],
    timers: [{ kind: 'booking', key: view.booking.id, at: nextLook(view, plan, access, now) }],
    ...alertsOf(view, plan, allotment, now),
  }
  await store.saveStay(look, { bookingId: view.booking.id, plan, create: created, update: updated }, effects)
}

function planAccessOf(view: StayView, plan: GrantPlan, now: Instant): AccessPlan {
  const told = toldOf({ ...view, plan })
  return planAccess({
    plan,
    codes: view.codes,
    toldNow: told !== undefined && isTold(told, view.messages),
    toldEver: view.messages.some(({ state }) => state === 'accepted' || state === 'claimed' || state === 'doubtful'),
    claimedDevices: view.claimedDevices,
    pushAhead: view.policy.pushAhead,
    now,
  })
}

function newCode(
  { entropy, clock }: Engine,
  { booking, policy, devices }: StayView,
  { deviceId, window, pin }: { deviceId: string; window: AccessWindow; pin: string },
): Code {
  const connectionId = devices.find(({ id }) => id === deviceId)?.connectionId ?? ''
  return {
    id: uuidOf(entropy),
    bookingId: booking.id,
    deviceId,
    mark: newMark(connectionId, entropy),
    label: (policy.namesOnDevices && booking.guest.firstName) || 'Guest',
    pin,
    window,
    want: 'present',
    evidence: 'planned',
    wantedSince: clock.now(),
    refusals: 0,
  }
}

function changedCodes({ codes }: StayView, access: AccessPlan, { pins }: Allotment, wantedSince: Instant): Code[] {
  const windows = new Map(access.rewindow.map(({ codeId, window }) => [codeId, window]))
  const ends = new Map(access.close.map(({ codeId, cause }) => [codeId, cause]))
  return codes.flatMap((code) => {
    const endCause = ends.get(code.id)
    if (endCause)
      return [{ ...withoutPending(code), want: 'absent' as const, evidence: 'planned' as const, wantedSince, endCause }]
    const window = windows.get(code.id)
    const pin = code.want === 'present' ? pins.get(code.deviceId) : undefined
    const repinned = pin !== undefined && pin !== code.pin
    if (!window && !repinned) return []
    const { refusal: _refusal, ...rest } = code
    return [
      {
        ...(repinned ? rest : code),
        ...(window ? { window } : {}),
        ...(repinned ? { pin } : {}),
        evidence: 'planned' as const,
        wantedSince,
      },
    ]
  })
}

/** A refusal no longer matters for a code that has to go; an unknown write still does. */
function withoutPending({ refusal: _refusal, provenAt: _provenAt, ...code }: Code): Code {
  return code
}

function nearness(plan: GrantPlan): { readonly priority?: Instant } {
  return plan.status === 'granted' ? { priority: plan.grant.window.from } : {}
}

/** The next instant at which this booking looks different without anybody changing it; `null` when there is none. */
function nextLook({ policy, booking }: StayView, plan: GrantPlan, access: AccessPlan, now: Instant): Instant | null {
  const edges = access.next === undefined ? [] : [access.next]
  if (plan.status === 'granted') {
    const { from, until } = plan.grant.window
    edges.push(
      plus(from, -policy.warnBefore),
      plus(from, -policy.pageBefore),
      plus(booking.knownSince, limits.lateBooking),
      from,
      until,
    )
  }
  const [next] = edges.filter((at) => at > now).sort()
  return next ?? null
}

function alertsOf(
  view: StayView,
  plan: GrantPlan,
  allotment: Allotment,
  now: Instant,
): Pick<Effects, 'raise' | 'settle'> {
  const subject = `booking:${view.booking.id}`
  const raise: Alert[] = allotment.problem ? [{ kind: 'pin', subject, ...allotment.problem, loud: 'page' }] : []
  const settle: Pick<Alert, 'kind' | 'subject'>[] = allotment.problem ? [] : [{ kind: 'pin', subject }]
  const risk =
    plan.status === 'granted'
      ? arrivalRisk({
          grant: plan.grant,
          codes: view.codes,
          policy: view.policy,
          knownSince: view.booking.knownSince,
          now,
        })
      : undefined
  if (risk) raise.push({ kind: 'arrival', subject, ...risk })
  else settle.push({ kind: 'arrival', subject })
  return { raise, settle }
}

/** What a person reads later: what was decided, and for everything not done why, and what helps. */
function storyOf(view: StayView, plan: GrantPlan, access: AccessPlan, allotment: Allotment): TimelineEntry[] {
  const bookingId = view.booking.id
  const doorOf = (deviceId: string) =>
    view.path.find((door) => isDeviceDoor(door) && door.entry.deviceId === deviceId)?.name ??
    view.devices.find(({ id }) => id === deviceId)?.name ??
    'a door'
  const doorOfCode = (codeId: string) => doorOf(view.codes.find(({ id }) => id === codeId)?.deviceId ?? '')
  const lines: TimelineEntry[] = []
  const say = (kind: string, text: string, remedy?: string) =>
    lines.push({ bookingId, kind, text, ...(remedy === undefined ? {} : { remedy }) })
  if (plan.status !== 'granted') say(plan.status, plan.reason.text, plan.reason.remedy)
  else {
    const { window } = plan.grant
    const zone = view.property?.zone ?? 'UTC'
    const span = `${wall(window.from, zone)} to ${wall(window.until, zone)}`
    if (access.create.length === 0 && view.codes.length === 0 && plan.grant.path.some(isDeviceDoor))
      say(
        'too-early',
        `Access to ${view.unit?.name ?? 'the flat'} from ${span}. The codes go to the doors ${hours(view.policy.pushAhead)} h before.`,
        'Nothing to do: the hub does it by itself.',
      )
    if (access.create.length > 0 && !allotment.problem)
      say(
        'code-planned',
        `Access to ${view.unit?.name ?? 'the flat'} from ${span}: ${allotment.fresh ? 'a new PIN' : 'the same PIN'} for ${access.create.map(({ deviceId }) => doorOf(deviceId)).join(', ')}.`,
      )
    if (access.rewindow.length > 0) say('window-changed', `Access is now from ${span}, with the same PIN.`)
  }
  if (access.repin.length > 0 && !allotment.problem)
    say(
      'pin-replaced',
      `${access.repin.map(doorOfCode).join(', ')} does not take the PIN, so the stay gets another one.`,
    )
  if (access.waiting.length > 0)
    say(
      'make-before-break',
      `The code at ${access.waiting.map(doorOfCode).join(', ')} stays until the new door is proven and the guest has been told.`,
    )
  for (const { codeId, cause } of access.close)
    say('code-ending', `The code at ${doorOfCode(codeId)} has to go: ${causes[cause]}.`)
  if (allotment.problem) say('no-pin-possible', allotment.problem.text, allotment.problem.remedy)
  return lines
}

const causes = {
  cancelled: 'the booking is cancelled',
  moved: 'the guest has moved',
  over: 'the stay is over',
  replaced: 'it is replaced',
  person: 'a person ended it',
}

const hours = (milliseconds: number) => Math.round(milliseconds / 3_600_000)

function wall(at: Instant, zone: string): string {
  const { date, time } = civilAt(at, zone)
  return `${date} ${time}`
}
