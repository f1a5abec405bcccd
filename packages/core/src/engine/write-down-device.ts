import { type Code, isPinRefused } from '../domain/code.ts'
import { comparedIn } from '../domain/code-transition.ts'
import { between, earliest, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { isRestoring } from '../domain/lost-time.ts'
import type { CodeStep } from '../domain/code-step.ts'
import type { DeviceState } from '../ports/keypad.ts'
import type { Alert, DeviceChanges, DeviceView, ForeignCode, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import { lookForAdoptions } from './adopt-by-hand.ts'
import type { DeviceEngine } from './engine.ts'
import { connectionPart } from './code-marks.ts'
import { jittered } from './import-bookings.ts'
import { clockAlert, clockSubject } from './clock-alert.ts'
import { fullAlert, fullSubject } from './full-alert.ts'
import { contestedAlert, contestedLine } from './contested-codes.ts'
import { evidenceLine } from './device-story.ts'
import { inHouseAlert, inHouseLine } from './in-house-words.ts'
import type { OpenKeypad, Reading } from './read-device.ts'

export interface Seen {
  readonly keypad: OpenKeypad
  readonly after: readonly Code[]
  /** What is left to do by the last reading. */
  readonly steps: readonly CodeStep[]
  readonly reading: Reading
  readonly story: readonly TimelineEntry[]
  /** Codes that were found changed by somebody else. */
  readonly outside: ReadonlySet<string>
  /** Nothing failed on the way. */
  readonly isSound: boolean
}

/** What one look did and saw, in one transaction, with the time of the next. */
export async function writeDown(engine: DeviceEngine, look: Look, view: DeviceView, seen: Seen): Promise<void> {
  const { store, clock } = engine
  const { after, steps, reading, keypad, isSound } = seen
  const now = clock.now()
  const { id, connectionId } = view.device
  const known = new Map(view.codes.map((code) => [code.id, code]))
  const changed = after.filter((code) => known.get(code.id) !== code)
  const unclaimed = steps.some((step) => isNewlyUnclaimed(view, step))
  // Known by another refusal, of a full device say, it is refused for its PIN all the same.
  const refused = changed.filter((code) => isPinRefused(code) && !isPinRefused(known.get(code.id) ?? {}))
  const foreign = steps.flatMap(foreignOf)
  const adoptions = lookForAdoptions(engine, view, foreign, reading, keypad.capabilities)
  const changes: DeviceChanges = {
    deviceId: id,
    update: changed,
    compared: new Map(changed.map((code) => [code.id, comparedIn(reading.observed, code)])),
    outside: seen.outside,
    refusedPins: refused.map(({ pin, bookingId }) => ({ pin, bookingId })),
    foreign,
    ...(adoptions.changes.length > 0 ? { adoptions: adoptions.changes } : {}),
    readAt: reading.at,
    ...(reading.state ? { state: stateOf(reading.state) } : {}),
  }
  const bookings = stays(changed)
  // It was not reached, and what it holds is fresh again: how sure its arrivals are has changed.
  const readAgain = view.failures > 0 ? stays(view.codes).filter((key) => !bookings.includes(key)) : []
  const lost = lostCodes(engine, view, steps)
  const full = fullAlert(view, after, steps, now)
  const isKept = steps.some((step) => step.do === 'wait' && step.because === 'clock')
  const kept = isKept
    ? clockAlert(`device:${id}`, clock.doubt?.(), `${view.doorName} keeps a code that has to go.`)
    : []
  const contested = steps.filter((step) => step.do === 'wait' && step.because === 'contested')
  const leftAlone = steps.filter((step) => step.do === 'wait' && step.because === 'in-house')
  const drift = contested.length > 0 ? contestedAlert(view) : inHouseAlert(view, leftAlone, reading.observed, now)
  await store.saveDevice(look, changes, {
    now,
    timeline: [
      ...seen.story,
      ...adoptions.story,
      ...contested.flatMap((step) => contestedLine(view, step)),
      ...leftAlone.flatMap((step) => inHouseLine(view, step, reading.observed, now)),
      ...changed.flatMap((code) => evidenceLine(view.doorName, keypad, code, known.get(code.id))),
    ],
    raise: [...adoptions.raise, ...kept, ...(lost ? [lost] : []), ...(full ? [full] : []), ...(drift ? [drift] : [])],
    settle: [
      { kind: 'connection', subject: `connection:${connectionId}` },
      ...(isSound ? [{ kind: 'connection' as const, subject: `device:${id}` }] : []),
      ...(lost ? [] : [{ kind: 'door-doubt' as const, subject: `device:${id}` }]),
      ...(drift ? [] : [{ kind: 'drift' as const, subject: `device:${id}` }]),
      ...(full ? [] : [{ kind: 'full' as const, subject: fullSubject(id) }]),
      ...(kept.length > 0 ? [] : [clockSubject(`device:${id}`)]),
    ],
    marks: [
      ...adoptions.marks,
      // The next look knows of them what the ledger does: one may be a code that was taken for gone.
      ...(unclaimed ? [{ kind: 'device', key: id, why: 'step' } as const] : []),
      ...bookings.flatMap((key): Mark[] => [
        { kind: 'booking', key, why: 'step' },
        { kind: 'messages', key, why: 'step' },
      ]),
      ...readAgain.map((key): Mark => ({ kind: 'booking', key, why: 'step' })),
      // It was not reached, and everything can be done there now: what waits for the same connection need not wait any longer.
      ...(isSound ? view.waitingBeside : []).map((key): Mark => ({ kind: 'device', key, why: 'freed' })),
    ],
    timers: [{ kind: 'device', key: id, at: nextLook(engine, view, seen, now) }],
  })
}

/** A store that does not say what was listed before would have the device looked at without end. */
function isNewlyUnclaimed({ unclaimed }: DeviceView, step: CodeStep): boolean {
  if (step.do !== 'report' || step.as !== 'ours-unknown') return false
  return step.observed.mark !== undefined && unclaimed?.includes(step.observed.mark) === false
}

const stays = (codes: readonly Code[]) => [...new Set(codes.map(({ bookingId }) => bookingId))]

function foreignOf(step: CodeStep): ForeignCode[] {
  if (step.do !== 'report') return []
  const { vendorRef, label, pin, window, mark } = step.observed
  return [
    {
      vendorRef,
      label,
      kind: step.as,
      ...(pin === undefined ? {} : { pin }),
      ...(mark === undefined ? {} : { mark }),
      ...(window?.from ? { from: window.from } : {}),
      ...(window?.until ? { until: window.until } : {}),
    },
  ]
}

/** A code under a mark of this very connection that no stay knows: a write that took effect long after it was given up. */
function lostCodes(
  { lostTime }: DeviceEngine,
  { device, doorName }: DeviceView,
  steps: readonly CodeStep[],
): Alert | undefined {
  const ours = connectionPart(device.connectionId)
  const lost = steps.filter(
    (step) => step.do === 'report' && step.as === 'ours-unknown' && step.observed.mark?.startsWith(ours),
  )
  if (lost.length === 0) return undefined
  const some = lost.length === 1 ? 'a code' : `${lost.length} codes`
  if (isRestoring(lostTime?.()))
    return {
      kind: 'door-doubt',
      subject: `device:${device.id}`,
      text: `${doorName} holds ${some} that the hub made in the time its database has forgotten, and that no stay has claimed yet.`,
      remedy: 'Leave it there: a guest may be using it. See what was found: stayward restore status',
      loud: 'warn',
    }
  return {
    kind: 'door-doubt',
    subject: `device:${device.id}`,
    text: `${doorName} holds ${some} that the hub once made and that no stay needs.`,
    remedy: "Delete it in the lock's app, unless you know whose it is: its name begins with sw.",
    loud: 'warn',
  }
}

function stateOf({ online, lastSeen, battery }: DeviceState): NonNullable<DeviceChanges['state']> {
  return {
    ...(online === undefined ? {} : { online }),
    ...(lastSeen === undefined ? {} : { lastSeen }),
    ...(battery === undefined
      ? {}
      : { batteryLow: battery.low, ...(battery.percent === undefined ? {} : { batteryPercent: battery.percent }) }),
  }
}

const day = 86_400_000

/** Soon while something is unproven, often while an arrival or departure is near, daily otherwise. */
function nextLook(engine: DeviceEngine, view: DeviceView, { after, steps, keypad }: Seen, now: Instant): Instant {
  const { pace } = engine
  const edges = after.flatMap(({ window }) => [window.from, window.until])
  const near = edges.some((edge) => Math.abs(between(now, edge)) <= day)
  const soon = edges.filter((edge) => plus(edge, -day) > now).map((edge) => plus(edge, -day))
  const sweep = earliest(plus(now, jittered(engine, near ? view.policy.sweepNear : limits.sweepFar)), ...soon)
  const waits = steps.flatMap((step) =>
    step.do === 'wait' ? [step.until > now ? step.until : plus(now, pace.proofAgain)] : [],
  )
  const patient = new Set(
    steps.flatMap((step) => (step.do === 'wait' && step.because !== 'pending' ? [step.code.id] : [])),
  )
  // The longer a proof is missing, the more slowly it is asked for. A cloud alone never gives more than its yes.
  const open = after.filter(
    ({ id, evidence }) =>
      !patient.has(id) &&
      evidence !== 'confirmed' &&
      evidence !== 'used' &&
      !(evidence === 'accepted' && keypad.capabilities.readBack === 'cloud'),
  )
  const again = open.map(({ writtenAt }) =>
    plus(now, Math.min(Math.max(pace.proofAgain, between(writtenAt ?? now, now) / 2), limits.sweepNear)),
  )
  const unfinished = steps.some(({ do: step }) => step === 'write' || step === 'remove')
    ? [plus(now, pace.proofAgain)]
    : []
  return earliest(sweep, ...waits, ...again, ...unfinished)
}
