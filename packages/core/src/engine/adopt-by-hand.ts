import type { Code } from '../domain/code.ts'
import type { KeypadTraits } from '../domain/code-step.ts'
import { type AdoptionRefusal, type AdoptionRequest, findAgain, letsGuestIn, takingOver } from '../domain/hand-made.ts'
import type { Instant } from '../domain/instant.ts'
import { isRestoring } from '../domain/lost-time.ts'
import { isWeak } from '../domain/pin.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import { isDeviceDoor } from '../domain/property.ts'
import type { Adoption } from '../domain/hand-made.ts'
import type { Alert, DeviceChanges, DeviceView, ForeignCode, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Mark } from '../ports/work-queue.ts'
import { refusedAdoptionAlert, refusedAdoptionLine, takenOverLine, weakPinAlert } from './adoption-words.ts'
import type { DeviceEngine, Engine } from './engine.ts'
import { newCode } from './new-code.ts'
import type { Reading } from './read-device.ts'

export interface FoundAgain {
  readonly changes: NonNullable<DeviceChanges['adoptions']>
  readonly story: readonly TimelineEntry[]
  readonly raise: readonly Alert[]
  readonly marks: readonly Mark[]
}

/** A look at a device reads once more what a person gave to stays there; only what is as the person saw it is taken up. */
export function lookForAdoptions(
  { fingerprints }: Pick<DeviceEngine, 'fingerprints'>,
  { device, doorName, adoptions = [], codes }: DeviceView,
  foreign: readonly ForeignCode[],
  { observed }: Reading,
  { canUpdate }: Pick<KeypadTraits, 'canUpdate'>,
): FoundAgain {
  if (!fingerprints || adoptions.length === 0) return { changes: [], story: [], raise: [], marks: [] }
  const fingerprint = (place: string, text: string) => fingerprints.fingerprint(place, text)
  const handMade = foreign.filter(({ kind }) => kind === 'foreign')
  const there = { deviceId: device.id, handMade, observed, codes, canUpdate, fingerprint }
  const answers = adoptions.map((request) => ({ request, answer: findAgain(request, there) }))
  return {
    changes: answers.map(({ request: { vendorRef }, answer }) =>
      typeof answer === 'string' ? { vendorRef } : { vendorRef, pin: answer.pin },
    ),
    story: answers.flatMap(({ request: { bookingId }, answer }) =>
      typeof answer === 'string' ? [refusedAdoptionLine(bookingId, doorName, answer)] : [],
    ),
    raise: answers.flatMap(({ request: { bookingId }, answer }) =>
      typeof answer === 'string' ? [refusedAdoptionAlert(bookingId, doorName, answer)] : [],
    ),
    marks: answers.flatMap(({ request, answer }) => marksFor(request, typeof answer !== 'string')),
  }
}

/** A person's word is what the stay's look is about. Where nothing came of it, that look takes the alert of a stay that is over. */
function marksFor({ found, bookingId }: AdoptionRequest, isTaken: boolean): Mark[] {
  if (!isTaken) return [{ kind: 'booking', key: bookingId, why: 'step' }]
  return found ? [] : [{ kind: 'booking', key: bookingId, why: 'edit' }]
}

/** What a stay's look makes of the hand-made codes that were given to it. */
export interface TakenOver {
  /** With the codes as they are from now on. */
  readonly view: StayView
  readonly created: readonly Code[]
  readonly updated: readonly Code[]
  readonly settled: readonly Adoption[]
  readonly story: readonly TimelineEntry[]
  readonly raise: readonly Alert[]
}

export function takeOver(engine: Engine, view: StayView, plan: GrantPlan, now: Instant): TakenOver {
  // What a database has forgotten may concern these very codes.
  const waiting = isRestoring(engine.lostTime?.()) ? [] : (view.adoptions ?? [])
  const created: Code[] = []
  const updated: Code[] = []
  const story: TimelineEntry[] = []
  const raise: Alert[] = []
  const { id } = view.booking
  for (const adoption of waiting) {
    const { deviceId } = adoption
    const own = view.codes.find((code) => code.deviceId === deviceId && code.want === 'present')
    const isSecond = [...created, ...updated].some((code) => code.deviceId === deviceId)
    const refusal = isSecond ? 'waits' : refusalOf(engine, view, plan, adoption, own, now)
    const door = doorName(view, deviceId)
    if (refusal !== undefined || plan.status !== 'granted') {
      story.push(refusedAdoptionLine(id, door, refusal ?? 'no-access'))
      if (plan.status !== 'ended') raise.push(refusedAdoptionAlert(id, door, refusal ?? 'no-access'))
      continue
    }
    const { window } = plan.grant
    if (own) updated.push(takingOver(own, adoption, window, now))
    else created.push(takingOver(newCode(engine, view, { deviceId, window, pin: adoption.pin }), adoption, window, now))
    const hasWeakPin = isWeak(adoption.pin)
    story.push(takenOverLine(id, door, { replaces: own !== undefined, isWeak: hasWeakPin }))
    if (hasWeakPin) raise.push(weakPinAlert(id, door))
  }
  const codes = [...view.codes.map((code) => updated.find((one) => one.id === code.id) ?? code), ...created]
  return {
    view: created.length + updated.length === 0 ? view : { ...view, codes },
    created,
    updated,
    settled: waiting,
    story,
    raise,
  }
}

function refusalOf(
  { fingerprints }: Engine,
  { path, takenPins }: StayView,
  plan: GrantPlan,
  { deviceId, pin }: Adoption,
  own: Code | undefined,
  now: Instant,
): AdoptionRefusal | undefined {
  const leadsThere = path.some((door) => isDeviceDoor(door) && door.entry.deviceId === deviceId)
  if (plan.status !== 'granted' || !leadsThere) return 'no-access'
  if (own && letsGuestIn(own, now)) return 'in-house'
  const { cooling = [] } = takenPins.get(deviceId) ?? {}
  return cooling.includes(fingerprints.fingerprint(deviceId, pin)) ? 'pin-taken' : undefined
}

function doorName({ path, devices }: StayView, deviceId: string): string {
  const door = path.find((one) => isDeviceDoor(one) && one.entry.deviceId === deviceId)
  return door?.name ?? devices.find(({ id }) => id === deviceId)?.name ?? 'a door'
}
