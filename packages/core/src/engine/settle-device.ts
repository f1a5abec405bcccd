import { type Code, isUrgent } from '../domain/code.ts'
import type { CodeStep, KeypadTraits } from '../domain/code-step.ts'
import { applyOpenings } from '../domain/code-use.ts'
import { withoutTaking } from '../domain/clock-doubt.ts'
import { planCodes } from '../domain/plan-codes.ts'
import { withheld } from '../domain/lost-time.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { KeypadCapabilities } from '../ports/capabilities.ts'
import type { DeviceView, TimelineEntry } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import { changedOutside, driftLines } from './drift-story.ts'
import type { DeviceEngine } from './engine.ts'
import { performSteps } from './perform-steps.ts'
import { type OpenKeypad, readBack, readDevice, type Reading, readOpenings } from './read-device.ts'
import { explain } from './trouble.ts'
import { suspended } from './unreached.ts'
import { applyNotes } from './note-steps.ts'
import { writeDown } from './write-down-device.ts'

/** Looks at one device: reads it, brings its codes to what is wanted, reads it again, and writes down what was seen. */
export async function settleDevice(engine: DeviceEngine, look: Look): Promise<void> {
  const { store, providers } = engine
  const view = await store.loadDevice(look.key)
  if (!view) return
  const { connectionId } = view.device
  let failure: Unfinished | undefined
  const call = { ...look, near: isUrgent(view.codes, engine.clock.now()) }
  try {
    const { provider, capabilities, vendor } = await providers.keypad(connectionId)
    failure = await bringTo(engine, call, view, { provider, capabilities, vendor })
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    await explain(engine, look, { connectionId, device: { ...view, whole: true }, bookingIds: unproven(view) }, error)
    throw suspended(view, look, error, engine.clock.now())
  }
  if (!failure) return
  const bookingIds = failure.isTold ? [] : unproven(view)
  await explain(engine, look, { connectionId, device: { ...view, whole: false }, bookingIds }, failure.error)
  throw suspended(view, look, failure.error, engine.clock.now())
}

/** What the queue has to hear of, once everything that could be done is written down. */
interface Unfinished {
  readonly error: AdapterError
  /** The timelines say so already. */
  readonly isTold: boolean
}

/** A look goes on at once where its own steps made room: written again after a removal, at most so often. */
const mostRounds = 3

async function bringTo(
  engine: DeviceEngine,
  look: Look,
  view: DeviceView,
  keypad: OpenKeypad,
): Promise<Unfinished | undefined> {
  const story: TimelineEntry[] = []
  const written = new Set<string>()
  const commanded = look.why === 'edit'
  let codes: readonly Code[] = commanded ? view.codes.map(triedAgain) : view.codes
  let reading = await readDevice(engine, look, view.device, keypad)
  codes = codes.map((code) => (isBack(code, reading) ? { ...code, evidence: 'sent' } : code))
  let steps = planOn(engine, view, codes, reading, keypad, commanded)
  const outside = new Set(changedOutside(steps))
  let failure: AdapterError | undefined
  let isFresh = true
  for (let round = 0; round < mostRounds && isFresh && !failure; round += 1) {
    const performed = await performSteps(engine, look, view, keypad, steps)
    if (!performed.wrote) break
    story.push(...performed.story)
    failure = performed.failure
    codes = codes.map((code) => performed.codes.get(code.id) ?? code)
    for (const id of performed.codes.keys()) written.add(id)
    const back = await readBack(engine, look, view.device, keypad, failure)
    isFresh = back !== undefined
    if (!back) break
    reading = back
    story.push(...driftLines(view, steps))
    steps = planOn(engine, view, codes, reading, keypad, commanded)
    for (const id of changedOutside(steps)) outside.add(id)
  }
  story.push(...driftLines(view, steps))
  // What was read before a write proves nothing of what was written.
  const noted = isFresh ? steps : steps.filter((step) => step.do === 'report' || !written.has(step.code.id))
  const seen = applyNotes(codes, noted, reading.at)
  const { openings, unread } = await readOpenings(engine, look, view, keypad, seen)
  const after = applyOpenings(seen, openings)
  story.push(...unread)
  const error = failure ?? reading.failure
  await writeDown(engine, look, view, { keypad, after, steps, reading, story, outside, isSound: !error })
  return error && { error, isTold: failure !== undefined }
}

/** What is to be done at a device that was read like this. */
export function planOn(
  { pace, lostTime, clock }: DeviceEngine,
  { ifChanged, unclaimed }: Pick<DeviceView, 'ifChanged' | 'unclaimed'>,
  codes: readonly Code[],
  { observed, state, at }: Reading,
  { capabilities }: OpenKeypad,
  commanded: boolean,
): readonly CodeStep[] {
  const steps = planCodes({
    codes,
    ifChanged,
    ...(unclaimed === undefined ? {} : { unclaimed }),
    commanded,
    observed,
    traits: traitsOf(capabilities),
    heartbeatAfterWrite: pace.heartbeatAfterWrite,
    now: at,
    ...(state?.lastSeen ? { lastSeen: state.lastSeen } : {}),
  })
  const left = withheld(steps, lostTime?.(), at)
  return clock.doubt?.() ? withoutTaking(left, at) : left
}

/** Its end was taken for proven, by a list that was short or old; it has to be brought about once more. */
function isBack({ want, evidence, mark }: Code, { observed }: Reading): boolean {
  return want === 'absent' && evidence === 'confirmed' && observed.some((seen) => seen.mark === mark)
}

/** Whoever asks for a look has it tried once more. */
function triedAgain(code: Code): Code {
  const { restored, ...rest } = code
  return restored === undefined ? code : rest
}

export function traitsOf(capabilities: KeypadCapabilities): KeypadTraits {
  const { windowStep, canUpdate, capacity, pushAhead, readBack, showsWithin } = capabilities
  return {
    windowStep,
    canUpdate,
    readBack,
    showsWithin: showsWithin ?? 0,
    ...(capacity === undefined ? {} : { capacity }),
    ...(pushAhead === undefined ? {} : { pushAhead }),
  }
}

function unproven({ codes }: DeviceView): string[] {
  return [
    ...new Set(
      codes.filter(({ evidence }) => evidence !== 'confirmed' && evidence !== 'used').map(({ bookingId }) => bookingId),
    ),
  ]
}
