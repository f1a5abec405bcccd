import { type Code, reaches } from '../domain/code.ts'
import { windowWanted } from '../domain/drift.ts'
import { type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import type { CodeStep } from '../domain/code-step.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { DeviceView, TimelineEntry } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import { shortenedLine } from './drift-story.ts'
import type { DeviceEngine } from './engine.ts'
import { noted } from './note-steps.ts'
import type { OpenKeypad } from './read-device.ts'
import { needsPerson, troubleLines } from './trouble.ts'

type WriteStep = Extract<CodeStep, { do: 'write' | 'remove' }>

export interface Performed {
  /** Codes as they stand after the calls, by id. */
  readonly codes: ReadonlyMap<string, Code>
  readonly wrote: boolean
  readonly story: readonly TimelineEntry[]
  /** The failure that the queue has to hear of. Later steps were still tried unless the whole vendor is out of reach. */
  readonly failure?: AdapterError
}

/** An effect that nobody saw is waited for this many times the pace of proof before the device is believed instead. */
const doubtFactor = 3

/** Performs the writes and removals of a plan through the port, intent before effect (rule 4). */
export async function performSteps(
  engine: DeviceEngine,
  look: Look,
  view: DeviceView,
  keypad: OpenKeypad,
  steps: readonly CodeStep[],
): Promise<Performed> {
  const due = steps.filter((step): step is WriteStep => step.do === 'write' || step.do === 'remove')
  const codes = new Map<string, Code>()
  if (due.length === 0) return { codes, wrote: false, story: [] }
  const sentAt = engine.clock.now()
  for (const step of due)
    if (!codes.has(step.code.id)) codes.set(step.code.id, sent(step, sentAt, plus(sentAt, doubt(engine, keypad))))
  await engine.store.saveDevice(look, { deviceId: view.device.id, update: [...codes.values()] }, { now: sentAt })

  const story: TimelineEntry[] = []
  const left = new Set<string>()
  let failure: AdapterError | undefined
  for (const step of due) {
    look.signal.throwIfAborted()
    const code = codes.get(step.code.id) ?? step.code
    try {
      const after =
        step.do === 'write'
          ? await write(engine, look, view, keypad, { ...step, code }, story)
          : await remove(engine, look, view, keypad, { ...step, code }, left.has(code.id) ? code : step.code)
      codes.set(code.id, after)
      left.add(code.id)
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      if (isNotThere(step, error)) {
        const { vendorRef: _gone, ...anew } = unsent(step, sentAt)
        codes.set(code.id, anew)
        left.add(code.id)
        continue
      }
      if (mayHaveHappened(error)) {
        left.add(code.id)
        // Earlier steps and this call may have taken their time: it is waited for from now on.
        codes.set(code.id, { ...code, pendingUntil: plus(engine.clock.now(), doubt(engine, keypad)) })
      } else if (isPaced(step, error)) {
        left.add(code.id)
        codes.set(code.id, { ...step.code, writtenAt: sentAt })
      }
      story.push(...troubleLines([code.bookingId], error))
      if (!failure || needsPerson(error.code)) failure = error
      if (stopsAll(error)) break
    }
  }
  for (const step of due) {
    if (left.has(step.code.id)) continue
    left.add(step.code.id)
    codes.set(step.code.id, unsent(step, sentAt))
  }
  return { codes, wrote: true, story, ...(failure ? { failure } : {}) }
}

async function write(
  engine: DeviceEngine,
  look: Look,
  { device, doorName }: DeviceView,
  keypad: OpenKeypad,
  { code, vendorRef, because }: Extract<WriteStep, { do: 'write' }>,
  story: TimelineEntry[],
): Promise<Code> {
  const { provider, capabilities, vendor } = keypad
  const { mark, pin } = code
  const window = windowWanted(code)
  const label = code.label.slice(0, capabilities.labelMaxLength)
  const receipt = await provider.writeCode(
    device.vendorId,
    { mark, label, pin, window, ...(vendorRef === undefined ? {} : { vendorRef }) },
    look,
  )
  if (receipt.status === 'refused') {
    const { reason } = receipt
    // Taken by whom? A code that was there, is not listed and whose PIN is "taken" is there still: the list is doubted, and
    // not the guest's PIN changed.
    const isDoubted = reason === 'pin-taken' && because === 'missing' && code.vendorRef !== undefined
    story.push({
      bookingId: code.bookingId,
      kind: `refused-${reason}`,
      text: `${vendor} refuses the code for ${doorName}: ${refusals[reason].text}.`,
      remedy: isDoubted ? unlisted : refusals[reason].remedy,
      cause: 'vendor',
    })
    const { pendingUntil: _pending, ...rest } = code
    const times = code.refusals + 1
    if (isDoubted) return { ...rest, pendingUntil: plus(code.writtenAt ?? code.wantedSince, limits.repairNear) }
    return { ...rest, evidence: 'planned', refusal: reason, refusals: times }
  }
  if (because === 'outlives') story.push(shortenedLine(doorName, code))
  const { refusal: _mended, ...taken } = code
  return answered(engine, keypad, {
    ...taken,
    evidence: 'accepted',
    ...(receipt.vendorRef === undefined ? {} : { vendorRef: receipt.vendorRef }),
    ...(receipt.pin === undefined ? {} : { pin: receipt.pin }),
  })
}

async function remove(
  engine: DeviceEngine,
  look: Look,
  { device }: DeviceView,
  keypad: OpenKeypad,
  { code, vendorRef, because }: Extract<WriteStep, { do: 'remove' }>,
  before: Code,
): Promise<Code> {
  await keypad.provider.removeCode(device.vendorId, vendorRef, look)
  switch (because) {
    case 'ended':
    case 'unlisted':
      return answered(engine, keypad, { ...code, evidence: 'sent' })
    case 'double':
      return answered(engine, keypad, { ...code, evidence: before.evidence })
    case 'cannot-update': {
      const { vendorRef: _gone, ...rest } = code
      return answered(engine, keypad, { ...rest, evidence: 'planned' }) // it is to be made anew
    }
  }
}

const unlisted =
  "The code was there and is not listed now: the hub doubts the list, and keeps the PIN. If it lasts, look into the lock's app."

const refusals = {
  'pin-taken': { text: 'the PIN is in use there', remedy: 'Nothing to do: the stay gets another PIN.' },
  'pin-not-allowed': { text: 'it does not take this PIN', remedy: 'Nothing to do: the stay gets another PIN.' },
  'no-capacity': { text: 'it is full', remedy: "Remove old codes in the lock's app." },
  'window-not-supported': {
    text: 'it cannot hold these dates',
    remedy: "Check the lock's model and the dates of the stay.",
  },
  'not-allowed': {
    text: 'this account may not write codes',
    remedy: 'Give the account administrator rights on the lock.',
  },
} as const

/**
 * `writtenAt` and a deadline stand in the ledger before anything leaves, so that a crash leaves no doubt unnoticed; and so does
 * the entry that is changed, which may hide whether it was.
 */
function sent(step: WriteStep, at: Instant, pendingUntil: Instant): Code {
  const { code, restores, vendorRef } = step
  const restored = (code.restored ?? 0) + (restores ? 1 : 0)
  const isOfDouble = step.because === 'double'
  const changes = step.do === 'write' ? step.because !== 'adopted' : step.because === 'cannot-update'
  return {
    ...code,
    // What is known of the other entry stays known.
    evidence: isOfDouble && reaches(code.evidence, 'accepted') ? code.evidence : 'sent',
    writtenAt: at,
    pendingUntil,
    ...(changes && vendorRef !== undefined ? { vendorRef } : {}),
    ...(restored > 0 ? { restored } : {}),
  }
}

/**
 * Nothing left for the vendor: the code stands where it stood, and what was read of it counts, for nothing newer will be read
 * from a vendor that refuses every call. A copy, because the ledger says `sent` by now.
 */
function unsent(step: WriteStep, readAt: Instant): Code {
  return { ...noted(step.code, step, readAt) }
}

/** After the vendor's yes only what it shows later has to be waited for. */
function answered({ clock }: DeviceEngine, { capabilities }: OpenKeypad, code: Code): Code {
  const { pendingUntil: _pending, ...rest } = code
  if (capabilities.writesAreVisible === 'now') return rest
  return { ...rest, pendingUntil: plus(clock.now(), capabilities.showsWithin ?? 0) }
}

function doubt({ pace }: DeviceEngine, { capabilities }: OpenKeypad): number {
  return Math.max(pace.proofAgain * doubtFactor, capabilities.showsWithin ?? 0)
}

/** Missing from the list, and its vendor knows its id no more: it has to be made anew. */
function isNotThere(step: WriteStep, { code }: AdapterError): boolean {
  return step.do === 'write' && step.because === 'missing' && step.vendorRef !== undefined && code === 'gone'
}

/**
 * A code of which nobody knows whether it is there is given ever more slowly, whatever else comes in between: the queue's
 * own back-off begins anew with every look that only waits. A vendor that says when to come again is taken at its word.
 */
function isPaced({ code }: WriteStep, { code: failure }: AdapterError): boolean {
  return code.evidence === 'sent' && failure !== 'rate-limited'
}

function mayHaveHappened({ code }: AdapterError): boolean {
  return code === 'outcome-unknown'
}

/** Whether the next step would meet the same wall. */
function stopsAll({ code }: AdapterError): boolean {
  switch (code) {
    case 'auth':
    case 'rate-limited':
    case 'unreachable':
    case 'device-offline':
    case 'outcome-unknown':
      return true
    case 'refused':
    case 'bad-response':
    case 'gone':
      return false
  }
}
