import type { Code, Drifted, Evidence, ObservedCode } from './code.ts'
import type { DriftPolicy } from './drift-policy.ts'
import type { Instant } from './instant.ts'

/** What the planner has to know of a keypad; manifest data. */
export interface KeypadTraits {
  readonly windowStep: number
  readonly canUpdate: boolean
  readonly capacity?: number
  /** Milliseconds before its start from which a code may go there. */
  readonly pushAhead?: number
  readonly readBack: 'device' | 'synced' | 'heartbeat' | 'cloud'
  /** Milliseconds after a write until it has to show in a listing. */
  readonly showsWithin: number
}

export interface CodesInput {
  /** Every code of ours for this device that is not proven gone: wanted present or absent. */
  readonly codes: readonly Code[]
  /** A complete reading of the device, made in this look. */
  readonly observed: readonly ObservedCode[]
  readonly traits: KeypadTraits
  /** Marks of ours that the reading before showed beside those of `codes`; absent: nobody knows. */
  readonly unclaimed?: readonly string[]
  /** When the device's gateway was last heard of (`readBack: 'heartbeat'`). */
  readonly lastSeen?: Instant
  readonly heartbeatAfterWrite: number
  /** What is done about codes that somebody has changed here; `restore` when absent. */
  readonly ifChanged?: DriftPolicy
  /** A person asked for this look, or changed something that it is about. */
  readonly commanded?: boolean
  readonly now: Instant
}

export type CodeStep =
  /**
   * Make it, or with `vendorRef` change it, listed or not; every field is written. `restores`: it had been as it is wanted, and somebody
   * else has changed it.
   */
  | {
      readonly do: 'write'
      readonly code: Code
      readonly vendorRef?: string
      readonly because: WriteCause
      readonly restores?: true
    }
  | {
      readonly do: 'remove'
      readonly code: Code
      readonly vendorRef: string
      /** `unlisted`: ended like the others; its id is known, and no list shows it. */
      readonly because: 'ended' | 'unlisted' | 'double' | 'cannot-update'
      readonly restores?: true
    }
  /**
   * Somebody has changed it on the device: the code with what is kept of that. Nothing `found`: what was changed is over,
   * and the code is without it.
   */
  | { readonly do: 'drift'; readonly code: Code; readonly found: readonly Drifted[] }
  /** What was read shows more, or less, than was known. */
  | { readonly do: 'note'; readonly code: Code; readonly evidence: Evidence; readonly vendorRef?: string }
  /** Nothing can be done before then: look again. */
  | {
      readonly do: 'wait'
      readonly code: Code
      readonly until: Instant
      readonly because: WaitCause
    }
  /** Another code on the device has this PIN: the stay needs a new one. */
  | { readonly do: 'repin'; readonly code: Code }
  /** Not ours: never touched. `ours-unknown`: it carries a mark of our shape that this ledger does not know. */
  | { readonly do: 'report'; readonly observed: ObservedCode; readonly as: 'foreign' | 'ours-unknown' }

/**
 * `unread`: the entry is there, and whether it holds what was last wanted is in a field that the vendor hides. `outlives`:
 * its end there was moved beyond the end of the stay. `adopted`: somebody made it by hand, and a person gave it to the stay.
 */
export type WriteCause = 'new' | 'window' | 'pin' | 'disabled' | 'missing' | 'unread' | 'outlives' | 'adopted'

/**
 * `pending`: a write may still be on its way. `unproven`: it shows, but not yet on the device itself. `full`: the device
 * has no room. `early`: a device with little room takes codes only shortly before they begin. `leaving`: the stay's own
 * ended code still holds the PIN. `unheeded`: the last write did not make the device agree, so the next one takes its time.
 * `vanished`: a code was there and is not listed, and nobody of ours removed it: believed when it is missing for a while,
 * because a list may be short for a moment. `contested`: somebody changes it again each time it is put right. `asked`:
 * somebody changed it, and a person is to say what becomes of that. `taken-away`: a person took it from its guest, and it
 * stays so. `restoring`: the store was set back and nobody has confirmed it. `clock`: nobody can say what time it is.
 * `in-house`: its guest is in the house, and a code of theirs is touched for nothing but their own booking or a person's
 * command. `double`: a second entry of it was removed lately, and is listed still.
 */
export type WaitCause =
  | 'pending'
  | 'early'
  | 'unproven'
  | 'full'
  | 'leaving'
  | 'double'
  | 'unheeded'
  | 'vanished'
  | 'contested'
  | 'restoring'
  | 'clock'
  | 'in-house'
  | 'asked'
  | 'taken-away'
