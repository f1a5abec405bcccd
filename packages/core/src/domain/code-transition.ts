import type { Code, ObservedCode } from './code.ts'
import { handMadeEntry } from './hand-made.ts'
import type { Instant } from './instant.ts'

/**
 * What brought the hub to the look that changed a code: `booking` a new version of the booking, or what followed from it;
 * `person` an edit or a command; `sweep` a device read for its own sake; `vendor` an event that a vendor announced; `timer`
 * a time that was due for the booking; `outside` somebody changed it on the device, and the hub found it so.
 */
export type TransitionCause = 'booking' | 'person' | 'sweep' | 'vendor' | 'timer' | 'outside'

/** What a transition is about: everything of a code that a person may ask "since when, and why" of, but the PIN itself. */
export interface CodeState {
  readonly want: Code['want']
  readonly evidence: Code['evidence']
  readonly from: Instant
  readonly until: Instant
}

/** `drift`: what is kept of a change that somebody made on the device. */
export type CodeChange = 'made' | 'want' | 'evidence' | 'window' | 'pin' | 'drift'

/** What the vendor returned of an entry and was compared; `absence`: the listing does not hold it. */
export type ComparedField = 'pin' | 'window' | 'enabled' | 'sync' | 'presence' | 'absence'

/** One change of one code. Never holds a PIN: only that it is another one. */
export interface CodeTransition {
  readonly codeId: string
  readonly bookingId: string
  readonly deviceId: string
  readonly at: Instant
  /** Absent: the code was made. */
  readonly was?: CodeState
  readonly became: CodeState
  readonly changed: readonly CodeChange[]
  readonly cause: TransitionCause
  /** Of the booking as the hub knew it then. */
  readonly bookingVersion: number
  readonly compared: readonly ComparedField[]
}

export function stateOf({ want, evidence, window }: Code): CodeState {
  return { want, evidence, from: window.from, until: window.until }
}

/** What of a code has changed; nothing, where only what left for the vendor is noted. */
export function changesBetween(before: Code | undefined, after: Code): readonly CodeChange[] {
  if (!before) return ['made']
  const changes: CodeChange[] = []
  if (before.want !== after.want) changes.push('want')
  if (before.evidence !== after.evidence) changes.push('evidence')
  if (before.window.from !== after.window.from || before.window.until !== after.window.until) changes.push('window')
  if (before.pin !== after.pin) changes.push('pin')
  if (driftKey(before) !== driftKey(after)) changes.push('drift')
  return changes
}

/** What a reading let the hub compare of one code. Fields that the vendor hides are not compared. */
export function comparedIn(observed: readonly ObservedCode[], code: Code): readonly ComparedField[] {
  const byHand = handMadeEntry(code, observed)
  const seen = observed.filter((one) => one.mark === code.mark || one === byHand)
  if (seen.length === 0) return ['absence']
  const shows = (field: 'pin' | 'window' | 'enabled' | 'synced') => seen.some((one) => one[field] !== undefined)
  return [
    'presence',
    ...(shows('pin') ? (['pin'] as const) : []),
    ...(shows('window') ? (['window'] as const) : []),
    ...(shows('enabled') ? (['enabled'] as const) : []),
    ...(shows('synced') ? (['sync'] as const) : []),
  ]
}

/** Equal when and only when the same is kept, whatever was told of it when. */
function driftKey({ drift }: Code): string {
  return drift === undefined ? '' : JSON.stringify([drift.what, drift.state, drift.window?.from, drift.window?.until])
}
