import { type Loss, lossOf, type LossVerdict } from '../domain/brake.ts'
import type { Code } from '../domain/code.ts'
import { codeStepLines, type PlannedLine } from '../domain/code-step-lines.ts'
import type { Instant } from '../domain/instant.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import { isRestoring } from '../domain/lost-time.ts'
import { planMessages } from '../domain/plan-messages.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Call } from '../ports/call.ts'
import type { StayView } from '../ports/stores.ts'
import { storyOf } from './booking-story.ts'
import { takeOver } from './adopt-by-hand.ts'
import { openChannel } from './channels.ts'
import type { Engine } from './engine.ts'
import { claimOf, heldBack, keptLine } from './mind-brake.ts'
import { restoringReason } from './perhaps-told.ts'
import { readDevice } from './read-device.ts'
import { recollect } from './recollect.ts'
import { chooseCodes, planAccessOf, wishOf } from './settle-booking.ts'
import { planOn } from './settle-device.ts'
import { waysOf } from './settle-messages.ts'

/** What is asked: these stays with the devices of their codes, and these devices. */
export interface PreviewScope {
  readonly bookingIds: readonly string[]
  readonly deviceIds: readonly string[]
}

export interface PreviewLine extends PlannedLine {
  readonly look: 'booking' | 'messages' | 'device'
  readonly deviceId?: string
}

/**
 * What the next looks would do, in sentences: the same loads, reads and planners, and nothing written, sent or stored.
 * Devices are planned with the codes as their bookings' looks would leave them. Without a PIN.
 */
export async function preview(engine: Engine, call: Call, scope: PreviewScope): Promise<readonly PreviewLine[]> {
  const lines: PreviewLine[] = []
  const wanted: Code[] = []
  const devices = new Set(scope.deviceIds)
  const beside = new Set<string>()
  const asked: Asked[] = []
  for (const bookingId of scope.bookingIds) {
    call.signal.throwIfAborted()
    const now = engine.clock.now()
    const view = await engine.store.loadStay(bookingId, now)
    if (!view) continue
    const wish = wishOf(view, now)
    asked.push({ view, now, wish, loss: lossOf(wish.plan, wish.access, view.codes, now) })
  }
  const verdicts = await verdictsOn(engine, asked)
  for (const one of asked) {
    const { view: loaded, now } = one
    const held = braked(one, verdicts.get(loaded.booking.id))
    const { plan } = held
    const byHand = takeOver(engine, loaded, plan, now)
    const granted = byHand.view === loaded ? held : { plan, access: planAccessOf(byHand.view, plan, now) }
    const { view, access, adopted, story } = recollect(engine, byHand.view, granted, now)
    const { allotment, created, updated, codes } = await chooseCodes(engine, view, access, now, byHand)
    wanted.push(...adopted, ...created, ...updated)
    for (const { deviceId } of codes) if (!devices.has(deviceId)) beside.add(deviceId)
    lines.push(
      ...[...byHand.story, ...storyOf(view, plan, access, allotment, story)].map((line) => ({
        look: 'booking' as const,
        ...said(line),
      })),
    )
    lines.push(...held.held.map((line) => ({ look: 'booking' as const, ...said(line) })))
    lines.push(...(await messageLines(engine, { ...view, codes }, plan)))
  }
  for (const deviceId of devices) lines.push(...(await deviceLines(engine, call, deviceId, wanted)))
  // A device that is only there for the sake of a stay has more codes than were asked about.
  for (const deviceId of beside) {
    const all = await deviceLines(engine, call, deviceId, wanted)
    lines.push(...all.filter(({ bookingId }) => bookingId === undefined || scope.bookingIds.includes(bookingId)))
  }
  return lines
}

/** One stay as its look would find it. */
interface Asked {
  readonly view: StayView
  readonly now: Instant
  readonly wish: { readonly plan: GrantPlan; readonly access: AccessPlan }
  readonly loss: Loss | undefined
}

/** What the brake would say to all of them, in their order, by booking. It is not claimed from, because claims count. */
async function verdictsOn({ store }: Engine, asked: readonly Asked[]): Promise<ReadonlyMap<string, LossVerdict>> {
  const claims = asked.flatMap(({ view, wish, loss, now }) => (loss ? [claimOf(view, wish.plan, loss, now)] : []))
  const verdicts = claims.length === 0 ? [] : await store.weighLosses(claims)
  return new Map(claims.map(({ bookingId }, index) => [bookingId, verdicts[index] ?? 'held']))
}

/** The plan that is left of a wish once the brake has been asked, and what it would hold. */
function braked({ view, now, wish, loss }: Asked, verdict: LossVerdict = 'clear') {
  if (!loss || verdict === 'clear') return { ...wish, held: [] }
  const under = heldBack(wish, loss, verdict, (plan) => planAccessOf(view, plan, now))
  return { ...under, held: loss.whole ? [] : [keptLine(view.booking.id)] }
}

const said = ({ bookingId, text, remedy }: PlannedLine): PlannedLine => ({
  ...(bookingId === undefined ? {} : { bookingId }),
  text,
  ...(remedy === undefined ? {} : { remedy }),
})

async function messageLines(engine: Engine, view: StayView, plan: GrantPlan): Promise<PreviewLine[]> {
  const { policy, booking, messages } = view
  const now = engine.clock.now()
  const channels = await Promise.all(policy.channels.map((channel) => openChannel(engine, view, channel)))
  const { steps, reasons } = planMessages({
    ...view,
    plan,
    ways: waysOf(view, channels),
    mode: policy.mode,
    ledger: messages,
    tellUnprovenBefore: policy.tellUnprovenBefore,
    silence: engine.pace.silence,
    proofGrace: engine.pace.proofGrace,
    now,
  })
  const title = (name: string) => channels.find((channel) => channel.name === name)?.title ?? 'a channel'
  const line = (text: string, remedy?: string): PreviewLine => ({
    look: 'messages',
    ...said({ bookingId: booking.id, text, ...(remedy === undefined ? {} : { remedy }) }),
  })
  const overtaken = new Set(steps.flatMap((step) => (step.do === 'withdraw' ? [step.message.id] : [])))
  const waiting = messages.filter(({ state, id }) => state === 'planned' && !overtaken.has(id))
  if (isRestoring(engine.lostTime?.()) && waiting.length + steps.length > 0)
    return [line(restoringReason.text, restoringReason.remedy)]
  if (engine.clock.doubt?.() && waiting.length + steps.length > 0)
    return [line('Tells nobody anything while the clocks of the hub and of its database disagree.')]
  return [
    ...(plan.status === 'held' ? [] : waiting).map(({ kind, channel }) =>
      line(`Sends ${whats[kind]} by ${title(channel)}.`),
    ),
    ...steps.map((step) =>
      step.do === 'tell'
        ? line(`Tells the guest ${whats[step.kind]} by ${title(step.channel)}.`)
        : line(`Takes back ${whats[step.message.kind]}, which has not been sent: ${step.because}`),
    ),
    ...reasons.map(({ text, remedy }) => line(text, remedy)),
    ...channels.flatMap(({ broken }) => (broken ? [line(broken.message, broken.remedy)] : [])),
  ]
}

const whats = { 'door-code': 'the door code', change: 'the change', withdrawal: 'the withdrawal of the code' }

async function deviceLines(
  engine: Engine,
  call: Call,
  deviceId: string,
  wanted: readonly Code[],
): Promise<PreviewLine[]> {
  call.signal.throwIfAborted()
  const view = await engine.store.loadDevice(deviceId)
  if (!view) return []
  const here = wanted.filter((code) => code.deviceId === deviceId)
  const known = view.codes.map((code) => here.find(({ id }) => id === code.id) ?? code)
  const codes = [...known, ...here.filter(({ id }) => !known.some((code) => code.id === id))]
  const line = (planned: PlannedLine): PreviewLine => ({ look: 'device', deviceId, ...planned })
  try {
    const keypad = await engine.providers.keypad(view.device.connectionId)
    const reading = await readDevice(engine, call, view.device, keypad)
    const steps = codeStepLines(view.doorName, planOn(engine, view, codes, reading, keypad, false))
    return [...steps.map(line), ...(reading.failure ? [line(trouble(view.doorName, reading.failure))] : [])]
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    return [line(trouble(view.doorName, error))]
  }
}

function trouble(doorName: string, { message, remedy }: AdapterError): PlannedLine {
  return { text: `${doorName} cannot be read now, so nothing would be done there. ${message}`, remedy }
}
