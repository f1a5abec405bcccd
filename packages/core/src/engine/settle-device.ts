import type { Code, ObservedCode } from '../domain/code.ts'
import { between, earliest, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { type CodeStep, type KeypadTraits, planCodes } from '../domain/plan-codes.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { KeypadCapabilities } from '../ports/capabilities.ts'
import type { DeviceState, Keypad } from '../ports/keypad.ts'
import type { DeviceChanges, DeviceView, ForeignCode, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'
import { jittered } from './import-bookings.ts'
import { performSteps } from './perform-steps.ts'
import { explain } from './trouble.ts'

/** Looks at one device: reads it, brings its codes to what is wanted, reads it again, and writes down what was seen. */
export async function settleDevice(engine: Engine, look: Look): Promise<void> {
  const { store, providers } = engine
  const view = await store.loadDevice(look.key)
  if (!view) return
  const { connectionId } = view.device
  try {
    const { provider, capabilities, vendor } = await providers.keypad(connectionId)
    await bringTo(engine, look, view, { provider, capabilities, vendor })
  } catch (error) {
    if (AdapterError.is(error)) await explain(engine, look, { connectionId, bookingIds: unproven(view) }, error)
    throw error
  }
}

export interface OpenKeypad {
  readonly provider: Keypad
  readonly capabilities: KeypadCapabilities
  readonly vendor: string
}

interface Reading {
  readonly observed: readonly ObservedCode[]
  readonly state?: DeviceState
  readonly at: Instant
}

async function bringTo(engine: Engine, look: Look, view: DeviceView, keypad: OpenKeypad): Promise<void> {
  const first = await read(engine, look, view, keypad)
  const steps = planOn(engine, view.codes, first, keypad)
  const performed = await performSteps(engine, look, view, keypad, steps)
  const codes = view.codes.map((code) => performed.codes.get(code.id) ?? code)

  // What was written now is read back in the same look where the vendor shows it at once: that is the proof.
  const last =
    performed.wrote && keypad.capabilities.writesAreVisible === 'now'
      ? await readAgain(engine, look, view, keypad, performed.failure)
      : first
  const lastSteps = !performed.wrote || last === undefined ? steps : planOn(engine, codes, last, keypad)
  const settled =
    performed.wrote && (last === undefined || last === first) ? codes : applyNotes(engine, codes, lastSteps)
  await writeDown(engine, look, view, {
    keypad,
    after: settled,
    steps: lastSteps,
    reading: last ?? first,
    story: performed.story,
  })
  if (performed.failure) throw performed.failure
}

async function read(
  { clock }: Engine,
  look: Look,
  { device }: DeviceView,
  { provider, capabilities }: OpenKeypad,
): Promise<Reading> {
  const state =
    capabilities.readsState && provider.readState ? await provider.readState(device.vendorId, look) : undefined
  const observed = await provider.readCodes(device.vendorId, look)
  return { observed, at: clock.now(), ...(state ? { state } : {}) }
}

/** After a failed step one more read is tried only if the vendor may still answer. */
async function readAgain(
  engine: Engine,
  look: Look,
  view: DeviceView,
  keypad: OpenKeypad,
  failure: AdapterError | undefined,
): Promise<Reading | undefined> {
  if (failure && failure.code !== 'outcome-unknown' && failure.code !== 'refused' && failure.code !== 'gone')
    return undefined
  try {
    return await read(engine, look, view, keypad)
  } catch (error) {
    if (AdapterError.is(error)) return undefined // the write stands as unproven; the next look reads first
    throw error
  }
}

function planOn(
  { pace }: Engine,
  codes: readonly Code[],
  { observed, state, at }: Reading,
  { capabilities }: OpenKeypad,
): readonly CodeStep[] {
  return planCodes({
    codes,
    observed,
    traits: traitsOf(capabilities),
    heartbeatAfterWrite: pace.heartbeatAfterWrite,
    now: at,
    ...(state?.lastSeen ? { lastSeen: state.lastSeen } : {}),
  })
}

export function traitsOf({ windowStep, canUpdate, capacity, readBack, showsWithin }: KeypadCapabilities): KeypadTraits {
  return {
    windowStep,
    canUpdate,
    readBack,
    showsWithin: showsWithin ?? 0,
    ...(capacity === undefined ? {} : { capacity }),
  }
}

/** The codes with what a plan noted about them. */
function applyNotes({ clock }: Engine, codes: readonly Code[], steps: readonly CodeStep[]): Code[] {
  const now = clock.now()
  const notes = new Map(steps.flatMap((step) => (step.do === 'note' ? [[step.code.id, step]] : [])))
  const repins = new Set(steps.flatMap((step) => (step.do === 'repin' ? [step.code.id] : [])))
  const missing = new Set(
    steps.flatMap((step) => (step.do === 'write' && step.because !== 'new' ? [step.code.id] : [])),
  )
  return codes.map((code) => {
    if (repins.has(code.id)) return { ...code, evidence: 'planned', refusal: 'pin-taken', refusals: code.refusals + 1 }
    if (missing.has(code.id) && code.evidence !== 'planned' && code.evidence !== 'sent')
      return { ...code, evidence: 'sent' }
    const note = notes.get(code.id)
    if (!note) return code
    const { pendingUntil: _pending, ...rest } = code
    const proven = note.evidence === 'confirmed' ? { provenAt: now } : {}
    return {
      ...rest,
      evidence: note.evidence,
      ...(note.vendorRef === undefined ? {} : { vendorRef: note.vendorRef }),
      ...proven,
    }
  })
}

interface Seen {
  readonly keypad: OpenKeypad
  readonly after: readonly Code[]
  readonly steps: readonly CodeStep[]
  readonly reading: Reading
  readonly story: readonly TimelineEntry[]
}

async function writeDown(engine: Engine, look: Look, view: DeviceView, seen: Seen): Promise<void> {
  const { store, clock } = engine
  const { after, steps, reading } = seen
  const now = clock.now()
  const known = new Map(view.codes.map((code) => [code.id, code]))
  const changed = after.filter((code) => known.get(code.id) !== code)
  const refused = changed.filter(
    ({ refusal, id }) =>
      (refusal === 'pin-taken' || refusal === 'pin-not-allowed') && known.get(id)?.refusal === undefined,
  )
  const changes: DeviceChanges = {
    deviceId: view.device.id,
    update: changed,
    refusedPins: refused.map(({ pin, bookingId }) => ({ pin, bookingId })),
    foreign: steps.flatMap(foreignOf),
    readAt: reading.at,
    ...(reading.state ? { state: stateOf(reading.state) } : {}),
  }
  const bookings = [...new Set(changed.map((code) => code.bookingId))]
  await store.saveDevice(look, changes, {
    now,
    timeline: [...seen.story, ...changed.flatMap((code) => evidenceLine(view, code, known.get(code.id), seen))],
    settle: [{ kind: 'connection', subject: `connection:${view.device.connectionId}` }],
    marks: bookings.flatMap((key): Mark[] => [
      { kind: 'booking', key, why: 'step' },
      { kind: 'messages', key, why: 'step' },
    ]),
    timers: [{ kind: 'device', key: view.device.id, at: nextLook(engine, after, steps, now) }],
  })
}

/** What a person reads when the evidence of a code has moved. */
function evidenceLine(
  { doorName }: DeviceView,
  code: Code,
  before: Code | undefined,
  { keypad }: Seen,
): TimelineEntry[] {
  if (before?.evidence === code.evidence && before.want === code.want) return []
  const line = (kind: string, text: string): TimelineEntry[] => [
    { bookingId: code.bookingId, kind, text, cause: 'vendor' },
  ]
  const gone = code.want === 'absent'
  switch (code.evidence) {
    case 'accepted':
      return line(
        gone ? 'removal-accepted' : 'code-accepted',
        `${keypad.vendor} ${gone ? 'no longer lists the code' : 'has the code'} for ${doorName}; the door itself is still to confirm it.`,
      )
    case 'confirmed':
      return line(
        gone ? 'code-gone' : 'code-confirmed',
        gone ? `The code at ${doorName} is gone, read back.` : `The code is on ${doorName}, read back.`,
      )
    case 'used':
      return line('code-used', `${doorName} was opened with the code.`)
    case 'planned':
    case 'sent':
      return before && before.evidence !== 'planned' && before.evidence !== 'sent'
        ? line('code-lost', `The code at ${doorName} is not as it should be any more; it is written again.`)
        : []
  }
}

function foreignOf(step: CodeStep): ForeignCode[] {
  if (step.do !== 'report') return []
  const { vendorRef, label, pin, window } = step.observed
  return [
    {
      vendorRef,
      label,
      kind: step.as,
      ...(pin === undefined ? {} : { pin }),
      ...(window?.until ? { until: window.until } : {}),
    },
  ]
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

/** Soon while something is unproven, often while an arrival or departure is near, daily otherwise. */
function nextLook(engine: Engine, codes: readonly Code[], steps: readonly CodeStep[], now: Instant): Instant {
  const { pace } = engine
  const near = codes.some(({ window }) =>
    [window.from, window.until].some((edge) => Math.abs(between(now, edge)) < 86_400_000),
  )
  const sweep = plus(now, jittered(engine, near ? limits.sweepNear : limits.sweepFar))
  const open = codes.filter(({ evidence }) => evidence !== 'confirmed' && evidence !== 'used')
  const waits = steps.flatMap((step) =>
    step.do === 'wait' ? [step.until > now ? step.until : plus(now, pace.proofAgain)] : [],
  )
  const oldest = open.flatMap(({ writtenAt }) => writtenAt ?? []).sort()[0]
  // The longer a proof is missing, the more slowly it is asked for.
  const again =
    oldest === undefined
      ? []
      : [plus(now, Math.min(Math.max(pace.proofAgain, between(oldest, now) / 2), limits.sweepNear))]
  const unfinished = steps.some(({ do: step }) => step === 'write' || step === 'remove')
    ? [plus(now, pace.proofAgain)]
    : []
  return earliest(sweep, ...waits, ...again, ...unfinished)
}

function unproven({ codes }: DeviceView): string[] {
  return [
    ...new Set(
      codes.filter(({ evidence }) => evidence !== 'confirmed' && evidence !== 'used').map(({ bookingId }) => bookingId),
    ),
  ]
}
