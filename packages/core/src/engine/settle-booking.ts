import { arrivalReadiness, becomesArrival, readinessEvents } from '../domain/arrival-readiness.ts'
import { withoutEnding } from '../domain/clock-doubt.ts'
import type { Code } from '../domain/code.ts'
import { driftAfter } from '../domain/drift.ts'
import type { AccessWindow } from '../domain/grant.ts'
import { type Instant, latest } from '../domain/instant.ts'
import { isTold } from '../domain/message-ledger.ts'
import { type AccessPlan, planAccess } from '../domain/plan-access.ts'
import { type GrantPlan, planGrants } from '../domain/plan-grants.ts'
import { toldOf } from '../domain/plan-messages.ts'
import type { Effects, StayView } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import { takeOver, type TakenOver } from './adopt-by-hand.ts'
import { allotPins, type Allotment, pinsToRemember } from './allot-pins.ts'
import { alertsOf } from './booking-alerts.ts'
import { storyOf } from './booking-story.ts'
import { clockAlert, clockSubject, endingsOf } from './clock-alert.ts'
import type { Engine } from './engine.ts'
import { mindBrake } from './mind-brake.ts'
import { newCode } from './new-code.ts'
import { recollect } from './recollect.ts'

/**
 * Looks at one booking: who is let in, with which codes on which devices. Writes nothing at any vendor. What can be
 * decided is decided and written down before a connection in trouble is handed to the queue.
 */
export async function settleBooking(engine: Engine, look: Look): Promise<void> {
  const { store, clock } = engine
  const now = clock.now()
  const loaded = await store.loadStay(look.key, now)
  if (!loaded) return
  const wish = wishOf(loaded, now)
  const accessOf = (plan: GrantPlan) => planAccessOf(loaded, plan, now)
  const braked = await mindBrake(engine, look, loaded, wish, accessOf, now)
  const { plan } = braked
  const byHand = takeOver(engine, loaded, plan, now)
  const isChanged = byHand.view !== loaded
  const granted = isChanged ? { plan, access: planAccessOf(byHand.view, plan, now) } : braked
  const { view, access: wanted, adopted, story } = recollect(engine, byHand.view, granted, now)
  const doubt = clock.doubt?.()
  const access = doubt ? withoutEnding(wanted, now) : wanted
  const kept = access.close.length < wanted.close.length ? clockAlert(endingsOf(view), doubt, keptCodes) : []
  const { allotment, ...chosen } = await chooseCodes(engine, view, access, now, byHand)
  const { created, updated, codes } = chosen
  const touched = new Set([...adopted, ...created, ...updated].map((code) => code.deviceId))
  const { edges, ...alerts } = alertsOf({ view, plan, codes, allotment, now })
  const readiness = arrivalReadiness({ ...view, plan, codes, now })
  const [next] = [...edges, access.next, readiness?.next, becomesArrival(plan)]
    .flatMap((at) => (at !== undefined && at > now ? [at] : []))
    .sort()
  const effects: Effects = {
    now,
    timeline: [...byHand.story, ...storyOf(view, plan, access, allotment, story), ...braked.story],
    marks: [
      ...[...touched].map((key): Mark => ({ kind: 'device', key, why: 'step', ...nearness(plan) })),
      ...(isOld(look, view, plan, touched) ? [] : [messagesMark(view, plan, touched)]),
    ],
    timers: [{ kind: 'booking', key: view.booking.id, at: next ?? null }],
    events: readinessEvents(view.booking.id, view.readiness, readiness),
    raise: [...alerts.raise, ...byHand.raise, ...kept],
    settle: [...alerts.settle, ...(kept.length > 0 ? [] : [clockSubject(endingsOf(view))])],
  }
  const level = readiness === undefined ? {} : { readiness: readiness.level }
  const lastPins = touched.size > 0 ? pinsToRemember(codes) : []
  await store.saveStay(
    look,
    {
      bookingId: view.booking.id,
      plan,
      ...level,
      ...(lastPins.length > 0 ? { lastPins } : {}),
      create: [...adopted, ...created],
      update: updated,
      ...(byHand.settled.length > 0 ? { settledAdoptions: byHand.settled } : {}),
    },
    effects,
  )
  if (allotment.failure) throw allotment.failure.error
}

const keptCodes = 'A stay that may be over keeps its codes.'

/** Who is to be let in, with which codes, before anybody has asked the brake. */
export function wishOf(view: StayView, now: Instant): { readonly plan: GrantPlan; readonly access: AccessPlan } {
  const plan = planGrants({ ...view, now })
  return { plan, access: planAccessOf(view, plan, now) }
}

/** The codes as this plan wants them, and those that were taken over. Chosen, and neither stored nor sent. */
export async function chooseCodes(
  engine: Engine,
  view: StayView,
  access: AccessPlan,
  now: Instant,
  byHand: Pick<TakenOver, 'created' | 'updated'>,
) {
  const leading = [...byHand.created, ...byHand.updated].at(-1)
  const allotment = await allotPins(engine, view, access, leading && { pin: leading.pin, now })
  const made = access.create.flatMap(({ deviceId, window }) => {
    const pin = allotment.pins.get(deviceId)
    return pin === undefined ? [] : [newCode(engine, view, { deviceId, window, pin })]
  })
  const changed = changedCodes(view, access, allotment, now)
  const asChanged = (code: Code) => changed.find(({ id }) => id === code.id) ?? code
  const isNew = ({ id }: Code) => byHand.created.some((code) => code.id === id)
  const updated = [
    ...byHand.updated.map(asChanged),
    ...changed.filter((code) => !isNew(code) && !byHand.updated.some(({ id }) => id === code.id)),
  ]
  const codes = [...view.codes.map(asChanged), ...made]
  return { allotment, created: [...byHand.created.map(asChanged), ...made], updated, codes }
}

export function planAccessOf(view: StayView, plan: GrantPlan, now: Instant): AccessPlan {
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

function changedCodes({ codes }: StayView, access: AccessPlan, { pins }: Allotment, wantedSince: Instant): Code[] {
  const windows = new Map(access.rewindow.map(({ codeId, window }) => [codeId, window]))
  const ends = new Map(access.close.map(({ codeId, cause }) => [codeId, cause]))
  return codes.flatMap((code) => {
    const endCause = ends.get(code.id)
    if (endCause)
      return [{ ...ending(code), want: 'absent' as const, evidence: 'planned' as const, wantedSince, endCause }]
    const window = windows.get(code.id)
    const pin = code.want === 'present' ? pins.get(code.deviceId) : undefined
    const repinned = pin !== undefined && pin !== code.pin
    if (!window && !repinned) return []
    const { refusal, drift: before, restored: _restored, ...rest } = code
    // Dates that a device refused are asked again with other dates; a PIN that it refused stays refused.
    const isMended = repinned || (window !== undefined && refusal === 'window-not-supported')
    const drift = driftAfter(before, [
      ...(window ? (['window'] as const) : []),
      ...(repinned ? (['pin'] as const) : []),
    ])
    return [
      {
        ...rest,
        ...(refusal === undefined || isMended ? {} : { refusal }),
        ...(drift ? { drift } : {}),
        ...(window ? { window, ...heldLonger(code, window) } : {}),
        ...(repinned ? { pin } : {}),
        evidence: 'planned' as const,
        wantedSince,
      },
    ]
  })
}

/** A stay that is cut short may have its old end on the device until that has shown the new one. */
function heldLonger({ window, opensUntil, writtenAt }: Code, next: AccessWindow): Pick<Code, 'opensUntil'> {
  const until = latest(window.until, opensUntil ?? window.until)
  return writtenAt !== undefined && until > next.until ? { opensUntil: until } : {}
}

/** What was refused or changed outside no longer matters for a code that has to go; an unknown write still does. */
function ending({ refusal: _refusal, provenAt: _proven, drift: _drift, restored: _restored, ...code }: Code): Code {
  return code
}

/**
 * Whether the clock alone asked for this look, and all was as it had been: then there is nothing that a guest could be told
 * because of it. What devices show, and what a person edits, says so itself.
 */
function isOld({ why }: Look, view: StayView, plan: GrantPlan, touched: ReadonlySet<string>): boolean {
  return (
    why === 'timer' && touched.size === 0 && plan.status === 'granted' && view.grantedVersion === view.booking.version
  )
}

/** What is new is told at once, also where the looks of its guest's messages wait for a channel in trouble: another one may speak. */
function messagesMark({ booking, grantedVersion }: StayView, plan: GrantPlan, touched: ReadonlySet<string>): Mark {
  const isNews = touched.size > 0 || (plan.status === 'granted' && grantedVersion !== booking.version)
  return { kind: 'messages', key: booking.id, why: isNews ? 'freed' : 'step', ...nearness(plan) }
}

function nearness(plan: GrantPlan): { readonly priority?: Instant } {
  return plan.status === 'granted' ? { priority: plan.grant.window.from } : {}
}
