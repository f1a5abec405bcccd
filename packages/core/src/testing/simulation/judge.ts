import type { Claim } from '../../ports/work-queue.ts'
import type { HubProcess } from './hub-process.ts'
import type { EntryWords, SimulatedKeypad } from './world/keypad.ts'
import type { Text } from './world/phones.ts'
import type { Stay, Version } from './world/stays.ts'
import type { CallRecord } from './world/weather.ts'

/** One family of invariants: what it wants to be told of, as it happens in truth. */
export interface Judge {
  /** A booking became, or became something else, in its booking system. */
  staged?(stay: Stay, version: Version): void
  /** The device itself holds other codes. */
  doorChanged?(keypad: SimulatedKeypad): void
  writeAsked?(keypad: SimulatedKeypad, words: EntryWords, ref: string | undefined): void
  removeAsked?(keypad: SimulatedKeypad, ref: string): void
  /** A channel has taken a text for this stay. */
  taken?(stay: Stay, channel: 'sms' | 'inbox', text: Text): void
  /** A text for this stay has reached its guest. */
  arrived?(stay: Stay, channel: 'sms' | 'inbox', text: Text): void
  /** A text has reached the operator's alarm address. */
  alarmed?(text: Text): void
  callStarted?(call: Pick<CallRecord, 'where' | 'operation' | 'about' | 'call'>): void
  callEnded?(record: CallRecord): void
  /** A call of the store came back. */
  stored?(name: string, args: readonly unknown[], answer: unknown): void
  /** It was stored, and whoever asked does not know. */
  answerLost?(name: string): void
  claimed?(process: HubProcess, claim: Claim): void
  /** A look is over, one way or another, in a process that lives. */
  finished?(claim: Claim): void
  /** A look has ended with an error, in a process that still had its key. */
  failed?(claim: Claim, error: Error): void
  died?(process: HubProcess, claims: readonly Claim[]): void
  /** A webhook was answered with success. */
  acknowledged?(ref: string): void
  /** Every five minutes while a door opens for somebody whom it should not; see `ticking.ts`. */
  tick?(): void
  /** The calm phase is over. */
  ended?(): void
}
