import type { Code } from '../domain/code.ts'
import type { CodeStep } from '../domain/code-step.ts'
import { changedText, decideCommand, foundIn } from '../domain/drift-words.ts'
import type { DeviceView, TimelineEntry } from '../ports/stores.ts'

/** The codes that a plan found changed by somebody else. */
export function changedOutside(steps: readonly CodeStep[]): string[] {
  return steps.flatMap((step) => (step.do === 'drift' && step.found.length > 0 ? [step.code.id] : []))
}

/** What a person reads about codes that somebody has changed on their device. */
export function driftLines({ doorName }: Pick<DeviceView, 'doorName'>, steps: readonly CodeStep[]): TimelineEntry[] {
  return steps.flatMap((step) => (step.do === 'drift' ? [lineOf(doorName, step)] : []))
}

function lineOf(door: string, { code, found }: Extract<CodeStep, { do: 'drift' }>): TimelineEntry {
  const { bookingId, drift } = code
  const what = changedText(foundIn(code, found))
  if (found.length === 0)
    return {
      bookingId,
      kind: 'drift-over',
      text: `What somebody had changed of the code at ${door} is over.`,
      cause: 'vendor',
    }
  if (drift?.state === 'asked')
    return {
      bookingId,
      kind: 'drift-asked',
      text: `Somebody changed the code at ${door} outside the hub: ${what}. Nothing is done about it until you decide.`,
      remedy: `Put it right: ${decideCommand(code, 'restore')}. Or let it stand: ${decideCommand(code, 'accept')}`,
      cause: 'vendor',
    }
  const taken = found.includes('missing') || found.includes('disabled')
  return {
    bookingId,
    kind: 'drift-accepted',
    text: taken
      ? `A person took the code away at ${door}: ${what}. It stays so, and its guest does not get in there with it.`
      : `Somebody changed the code at ${door} outside the hub: ${what}. It stays so, though never beyond the end of the stay.`,
    ...(drift === undefined ? {} : { remedy: `To put it right after all: ${decideCommand(code, 'restore')}` }),
    cause: 'vendor',
  }
}

export function shortenedLine(door: string, { bookingId, window }: Code): TimelineEntry {
  return {
    bookingId,
    kind: 'drift-shortened',
    text: `The end of the code at ${door} was moved beyond the end of the stay; it ends at ${minuteOf(window.until)} again.`,
    remedy: 'To let the guest stay longer, change the booking in the booking system.',
    cause: 'vendor',
  }
}

/** `2026-07-10 14:03 UTC`. */
const minuteOf = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`

/** What a person's word about one code brings about. */
export function decidedDriftEffects(code: Pick<Code, 'bookingId' | 'deviceId'>, decision: 'restore' | 'accept') {
  const text =
    decision === 'restore'
      ? 'A person decided that the code which somebody had changed is put right.'
      : 'A person decided that the code stays as somebody has changed it.'
  return {
    timeline: [{ bookingId: code.bookingId, kind: 'drift-decided', text, cause: 'person' }],
    marks: [
      { kind: 'device', key: code.deviceId, why: 'edit' },
      { kind: 'booking', key: code.bookingId, why: 'edit' },
    ],
  } as const
}
